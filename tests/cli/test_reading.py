"""`record` and `search` as a person runs them, against a running simulator."""

import json
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Run
from tests.simulator import bodies


@pytest.fixture
def zora(simulator_url: str) -> str:
    """Somebody with a work and a keyword."""
    person = _control(simulator_url, "people", given="Zora", family="Zeppelin")
    for kind, item in (
        ("work", bodies.work("10.5555/zora", "On [bold]airships[/bold]")),
        ("keyword", {"content": "airships"}),
    ):
        _control(simulator_url, "items", orcid=person["orcid"], kind=kind, item=item)
    return str(person["orcid"])


def test_record(run: Run, zora: str) -> None:
    """A record is shown as a summary that a person reads, in the credential's name."""
    done = run("record", f"https://orcid.org/{zora}")
    assert done.returncode == 0, done.stderr
    assert f"Zora Zeppelin   https://orcid.org/{zora}" in done.stdout
    assert "keywords: airships" in done.stdout
    assert "works: 1" in done.stdout
    assert "On [bold]airships[/bold]" in done.stdout
    assert "doi 10.5555/zora" in done.stdout


def test_record_as_json(run: Run, simulator_url: str, zora: str) -> None:
    """With --json the whole comes as ORCID's own JSON, also without credentials."""
    words = ("record", zora, "--json", "--environment", "simulator", "--site", simulator_url)
    done = run(*words)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    (group,) = body["activities-summary"]["works"]["group"]
    assert group["work-summary"][0]["title"]["title"]["value"] == "On [bold]airships[/bold]"
    assert body["orcid-identifier"]["path"] == zora


def test_no_record(run: Run, simulator_url: str) -> None:
    """Not found, closed and merged records are told in a sentence."""
    merged, primary = (
        _control(simulator_url, "people", given=name, family="Twin")["orcid"]
        for name in ("First", "Second")
    )
    _control(simulator_url, f"people/{merged}", state="deprecated", primary=primary)
    closed = _control(simulator_url, "people", given="Gone", family="Away")["orcid"]
    _control(simulator_url, f"people/{closed}", state="deactivated")
    for orcid, sentence in (
        ("0000-0002-1825-0097", "There is no record 0000-0002-1825-0097"),
        (merged, f"merged into another record: {primary}"),
        (closed, "is deactivated"),
    ):
        done = run("record", orcid)
        assert done.returncode == 1
        assert sentence in done.stderr
    assert run("record", "0000-0002-1825-0098").returncode == 2
    assert run("record", closed, "--environment", "moon").returncode == 2


def test_search(run: Run, simulator_url: str, zora: str) -> None:
    """People are found page by page; what is left out is said."""
    for number in range(3):
        _control(simulator_url, "people", given=f"Airship{number}", family="Captain")
    done = run("search", "family-name:Captain", "--limit", "2")
    assert done.returncode == 0, done.stderr
    assert "Airship0 Captain" in done.stdout
    assert "2 of " in done.stderr
    done = run("search", f"orcid:{zora}", "--json", "--site", simulator_url)
    assert [json.loads(line)["orcid"] for line in done.stdout.splitlines()] == [zora]
    assert "Nobody was found" in run("search", "family-name:Nobody").stdout
    refused = run("search", "(", "--site", simulator_url)
    assert refused.returncode == 1
    assert "9012" in refused.stderr
    assert run("search", " ").returncode == 2


def _control(url: str, path: str, **body: Any) -> dict[str, Any]:
    answer = httpx.post(f"{url}/_control/{path}", json=body)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
