"""`people`: taking over an older system's connections, and seeing who is connected."""

import csv
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Run

SCOPE = "/activities/update /read-limited"


@pytest.fixture
def people(tmp_path: Path, variables: dict[str, str], simulator_url: str) -> Path:
    """A file with a good line, one with somebody else's token and one without any."""
    client_id = json.loads(variables["ORCID_CONNECT_CREDENTIALS"])[0]["client_id"]
    orcids = [made(simulator_url, "people", given="Ada")["orcid"] for _ in range(3)]
    tokens = [
        made(simulator_url, "tokens", client_id=client_id, orcid=orcid, scope=SCOPE)["access_token"]
        for orcid in orcids[:2]
    ]
    path = tmp_path / "people.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("person_key", "orcid", "access_token", "scope"))
        lines.writerow(("ada", orcids[0], tokens[0], SCOPE))
        lines.writerow(("charles", orcids[2], tokens[1], SCOPE))
        lines.writerow(("zoe", orcids[2], "", ""))
    return path


def made(url: str, what: str, **body: str) -> dict[str, Any]:
    """Make something at the simulator."""
    answer: dict[str, Any] = httpx.post(f"{url}/_control/{what}", json=body).json()
    return answer


def secrets_in(path: Path) -> list[str]:
    """Return the tokens of a file."""
    with path.open(newline="") as file:
        return [row["access_token"] for row in csv.DictReader(file) if row["access_token"]]


def test_what_is_proved_is_taken_over(run: Run, people: Path) -> None:
    """The good line is linked, the others are reported by line; again it is taken earlier."""
    people.chmod(0o644)
    (people.parent / "codes.csv").write_text(
        "person_key,kind,key,put_code\nada,article,10.5555/a,17\n=1+1,letter,x,1\n"
    )
    done = run("people", "import", "people.csv", "--put-codes", "codes.csv")
    assert done.returncode == 1
    assert done.stdout == "1 linked, 2 not taken, 2 put-codes not taken.\n"
    assert "others on this machine may read it: chmod 600" in done.stderr
    report = (people.parent / "people.csv.not-taken.csv").read_text(encoding="utf-8")
    reasons = {
        (row["file"], row["line"]): row["reason"] for row in csv.DictReader(report.splitlines())
    }
    assert reasons["people", "3"] == "the token is for another record: nothing of it is kept."
    assert "not authenticated" in reasons["people", "4"]
    assert "declared under this key yet" in reasons["put-codes", "2"]
    assert "kind is one of" in reasons["put-codes", "3"]
    assert ",'=1+1," in report, "no spreadsheet runs it"
    for secret in secrets_in(people):
        assert secret not in report + done.stdout + done.stderr
    people.chmod(0o600)
    again = run("people", "import", "people.csv", "--json")
    assert "chmod" not in again.stderr
    facts = json.loads(again.stdout)
    assert (facts["linked"], facts["known"], facts["refused"]) == (0, 1, 2)


def test_who_is_connected_is_listed(run: Run, people: Path) -> None:
    """The listing names people, iDs and what they allowed, by state, and never a token."""
    run("people", "import", "people.csv")
    shown = run("people", "list", "--json", "--state", "active")
    (ada,) = [json.loads(line) for line in shown.stdout.splitlines()]
    assert (ada["person_key"], ada["state"], ada["scopes"]) == ("ada", "active", SCOPE.split())
    assert "token" not in shown.stdout
    assert not any(secret in shown.stdout for secret in secrets_in(people))
    table = run("people", "list").stdout
    assert ada["orcid"] in table
    assert "Nobody of tenant other" in run("people", "list", "--tenant", "other").stdout


def test_wrong_usage_is_told(run: Run, people: Path) -> None:
    """A file that is not there, a report over the file itself, a state there is not."""
    for words in (
        ("import", "nowhere.csv"),
        ("import", "people.csv", "--report", "people.csv"),
        ("list", "--state", "happy"),
    ):
        assert run("people", *words).returncode == 2
    assert people.read_text().startswith("person_key")
