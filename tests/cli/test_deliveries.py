"""Listing deliveries and nudging them: what is shown is true, and what rests for a reason rests."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.test_commands import ARTICLE

Connect = Callable[[str], str]
PEOPLE = "position,person_key\n1,ada\n"


def publish(run: Run, folder: Path, *words: str, issn: str = "2049-3630") -> dict[str, Any]:
    """Publish the short article for Ada and return her delivery."""
    (folder / "engine.xml").write_text(ARTICLE.replace("2049-3630", issn), encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    run("publish", "engine.xml", "--people", "people.csv", *words)
    return row_of(run)


def row_of(run: Run) -> dict[str, Any]:
    """Return the only delivery there is."""
    (line,) = run("deliveries", "--json").stdout.splitlines()
    row: dict[str, Any] = json.loads(line)
    return row


def kept(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask or change the database beside the program."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as connection, connection:
        return connection.execute(query).fetchall()


def test_what_content_holds_back_stays_parked(run: Run, connect: Connect, tmp_path: Path) -> None:
    """Trying such a row again plans it again, and does not make it look as if it were sent."""
    connect("ada")
    row = publish(run, tmp_path, "--deliver", issn="2049-3631")
    assert row["state"] == "parked"
    done = run("deliveries", "retry", row["id"][:8])
    assert done.returncode == 0, done.stderr
    assert "is planned again; it stays parked as long as this holds: issns[0]" in done.stdout
    assert "Held back" not in done.stdout
    assert row_of(run)["state"] == "parked"
    assert kept(tmp_path, "SELECT count(*) FROM oc_declarations WHERE plan_due_at > 0") == [(1,)]


def test_what_is_corrected_is_sent_by_itself(run: Run, connect: Connect, tmp_path: Path) -> None:
    """A corrected article takes the parked row along."""
    connect("ada")
    assert publish(run, tmp_path, "--deliver", issn="2049-3631")["state"] == "parked"
    assert publish(run, tmp_path, "--deliver")["state"] == "delivered"


def test_what_trouble_parked_is_due_again(run: Run, connect: Connect, tmp_path: Path) -> None:
    """A row that ORCID's answer parked is planned again and due at once."""
    connect("ada")
    row = publish(run, tmp_path, "--deliver")
    refused = run("deliveries", "retry", row["id"][:8])
    assert refused.returncode == 1
    assert "is delivered: only what is parked or due" in refused.stderr
    kept(tmp_path, "UPDATE oc_deliveries SET state = 'parked', sentence = 'ORCID said no.'")
    done = run("deliveries", "retry", row["id"][:8])
    assert "is planned again and due now" in done.stdout
    assert row_of(run)["state"] == "due"


def test_release_is_for_what_the_researcher_removed(run: Run) -> None:
    """The help says what releasing is for, and where a veto's rows are."""
    shown = run("deliveries", "release", "--help").stdout
    assert "researcher removed or refused" in shown
    assert "not declined but parked" in shown


def test_an_empty_list_says_where_to_look(run: Run) -> None:
    """What was declared and is not planned yet is found by status, and the list says so."""
    assert run("db", "upgrade").returncode == 0
    assert "`status` says what waits to be planned" in " ".join(run("deliveries").stdout.split())


def test_filters_are_checked_and_told(run: Run, tmp_path: Path) -> None:
    """A state that does not exist is wrong usage; a filter without hits says so."""
    publish(run, tmp_path, "--deliver")
    wrong = run("deliveries", "--state", "nonsense")
    assert wrong.returncode == 2
    assert "waiting, due, delivered, parked, declined, withdrawn" in wrong.stderr
    none = run("deliveries", "--state", "parked", "--tenant", "default")
    assert none.stdout == "No deliveries match --state parked, --tenant default.\n"


def test_a_narrow_terminal_cuts_no_id(run: Run, connect: Connect, tmp_path: Path) -> None:
    """In 80 columns an iD is folded, not cut."""
    orcid = connect("ada")
    publish(run, tmp_path, "--deliver")
    shown = run("deliveries", COLUMNS="80").stdout
    assert "…" not in shown
    header, *lines = shown.splitlines()
    at, end = header.index("record"), header.index("put-code")
    assert "".join(line[at:end].strip() for line in lines) == orcid


def test_times_in_json_are_of_one_form(run: Run, connect: Connect, tmp_path: Path) -> None:
    """Programs read ISO 8601 with its zone, and null where there is no time."""
    connect("ada")
    row = publish(run, tmp_path, "--deliver")
    assert row["due_at"] is None
    shown = json.loads(run("deliveries", "show", row["id"], "--json").stdout)
    times = [row["changed_at"]]
    times += [attempt[name] for attempt in shown["attempts"] for name in ("started_at",)]
    times += [attempt["finished_at"] for attempt in shown["attempts"]]
    assert len(times) >= 3
    for text in times:
        assert datetime.fromisoformat(text).utcoffset() == timedelta(0)
    assert " due_at  -" in run("deliveries", "show", row["id"]).stdout


def test_what_its_author_decided_is_theirs(run: Run, connect: Connect, tmp_path: Path) -> None:
    """Shown with who decided and when; no command here changes it; `status` tells who is asked."""
    connect("ada")
    row = publish(run, tmp_path, "--deliver")
    kept(tmp_path, "UPDATE oc_deliveries SET wish = 'hold', wished_at = 5, state = 'declined'")
    assert "author_decided  hold" in run("deliveries", "show", row["id"]).stdout
    for deed in ("release", "retry", "park"):
        done = run("deliveries", deed, row["id"])
        assert done.returncode == 1
        assert "the author decided; only they can change it, on their page" in done.stderr
    assert row_of(run)["author_decided_at"] == "1970-01-01T00:00:05+00:00"
    kept(tmp_path, "UPDATE oc_deliveries SET wish = 'ask', state = 'waiting'")
    assert "1 of what waits are for their authors to allow" in run("status").stdout
    assert json.loads(run("status", "--json").stdout)["waits_for_authors"] == 1


@pytest.mark.parametrize("words", [["deliveries"], ["pause"], ["resume"], ["withdraw", "x"]])
def test_looking_makes_no_database(run: Run, tmp_path: Path, words: list[str]) -> None:
    """Where there is no database these commands say where they looked, and make none."""
    done = run(*words)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"no database at {tmp_path / 'journal.sqlite'}" in line
    assert "ORCID_CONNECT_DATABASE" in line
    assert "db upgrade" in line
    assert list(tmp_path.iterdir()) == []


def test_unknown_words_are_refused(run: Run) -> None:
    """A kind or activity there is not is told with those there are, instead of an empty list."""
    assert run("db", "upgrade").returncode == 0
    for option, word in (("--kind", "bogus"), ("--activity", "poem")):
        refused = run("deliveries", option, word)
        assert refused.returncode == 2
        assert f"{option} {word}: say one of" in refused.stderr


def test_a_narrow_terminal_gets_whole_words(run: Run, tmp_path: Path) -> None:
    """Where the table of `status` is too wide it becomes a line for each tenant."""
    (tmp_path / "engine.xml").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "people.csv").write_text("article,position,person_key\n10.5555/engine,1,ada\n")
    assert run("publish", "engine.xml", "--people", "people.csv", "--deliver").returncode == 0
    assert run("status").stdout.startswith("tenant ")
    narrow = run("status", COLUMNS="80").stdout
    assert "default: credential default, waiting 1\n" in narrow
