"""`check` looks and changes nothing, and its advice fits what it found."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.support.signing import HOST_SECRET
from tests.support.waiting import free_port


def found(output: str) -> dict[str, dict[str, str]]:
    """Return the findings by what they are about."""
    lines = [json.loads(line) for line in output.splitlines()]
    return {line["about"]: line for line in lines}


def test_a_database_that_is_not_there_is_a_note(run: Run, tmp_path: Path) -> None:
    """The other checks go on, and no database is made."""
    done = run("check", "--json")
    assert done.returncode == 0, done.stdout
    facts = found(done.stdout)
    path = tmp_path / "journal.sqlite"
    assert facts["database"]["state"] == "note"
    assert facts["database"]["sentence"] == f"not made yet: {path}; it is made at first start"
    assert facts["credential default (simulator, member)"]["state"] == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_nothing_will_make_is_wrong(run: Run, tmp_path: Path) -> None:
    """A folder that does not exist, or migrations by hand, need a person."""
    by_hand = run("check", "--json", ORCID_CONNECT_MIGRATE="check")
    assert by_hand.returncode == 1
    assert "db upgrade" in found(by_hand.stdout)["database"]["sentence"]
    away = str(tmp_path / "away" / "journal.sqlite")
    folder = found(run("check", "--json", ORCID_CONNECT_DATABASE=away).stdout)["database"]
    assert folder["state"] == "wrong"
    assert "does not exist" in folder["sentence"]


def test_how_it_is_known_who_is_there(run: Run) -> None:
    """Where neither a plugin nor a host's key says who is signed in, the setting is named."""
    nobody = found(run("check", "--json").stdout)["hosts"]
    assert nobody["state"] == "note"
    assert "ORCID_CONNECT_HOST_KEYS" in nobody["sentence"]
    keys = json.dumps([{"name": "our-journal", "secret": HOST_SECRET}])
    host = found(run("check", "--json", ORCID_CONNECT_HOST_KEYS=keys).stdout)["hosts"]
    assert (host["state"], "our-journal" in host["sentence"]) == ("ok", True)


def test_an_unreachable_registry_is_not_the_credentials_fault(
    run: Run, variables: dict[str, str]
) -> None:
    """Where ORCID does not answer, the network is to be looked at."""
    credential = json.loads(variables["ORCID_CONNECT_CREDENTIALS"])[0]
    away = credential | {"site_url": f"http://127.0.0.1:{free_port()}"}
    done = run("check", "--json", ORCID_CONNECT_CREDENTIALS=json.dumps([away]))
    assert done.returncode == 1
    assert found(done.stdout)["credential default (simulator, member)"]["sentence"] == (
        "ORCID could not be reached from here: check the network or its status page"
    )


def test_a_refused_credential_is_said_once(run: Run, variables: dict[str, str]) -> None:
    """The advice to look at the credential stands once in the sentence."""
    credential = json.loads(variables["ORCID_CONNECT_CREDENTIALS"])[0]
    wrong = json.dumps([credential | {"client_secret": "misspelt"}])
    done = run("check", "--json", ORCID_CONNECT_CREDENTIALS=wrong)
    sentence = found(done.stdout)["credential default (simulator, member)"]["sentence"]
    assert sentence.count("client_id") == 1


def test_variables_that_are_no_settings_are_told(run: Run) -> None:
    """A misspelt variable is noticed; a plugin's own is no error."""
    done = run("check", "--json", ORCID_CONNECT_AUDIT_LOG="audit.jsonl", ORCID_CONNECT_DATABSE="x")
    assert done.returncode == 0
    facts = found(done.stdout)
    for name in ("ORCID_CONNECT_AUDIT_LOG", "ORCID_CONNECT_DATABSE"):
        assert facts[f"variable {name}"]["state"] == "note"
        assert facts[f"variable {name}"]["sentence"] == (
            "not a setting of orcid_connect; a plugin's?"
        )
    assert "variable ORCID_CONNECT_DATABASE" not in facts
