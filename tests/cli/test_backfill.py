"""`backfill`: whole folders against what is known, every night, without wiping anything."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.interrupting import interrupted
from tests.cli.test_commands import ARTICLE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three articles, one in a folder of its own, and something that is no article."""
    whole = tmp_path / "journal"
    (whole / "2026").mkdir(parents=True)
    for name in ("one", "two", "2026/three"):
        write(whole / f"{name}.xml", Path(name).name)
    (whole / "notes.txt").write_text("not read", encoding="utf-8")
    return whole


def write(path: Path, name: str, title: str = "Engine") -> None:
    """Write an article under a DOI of its own."""
    text = ARTICLE.replace("10.5555/engine", f"10.5555/{name}").replace("Engine<", f"{title}<")
    path.write_text(text, encoding="utf-8")


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what was counted, without zeros and empty lists."""
    (line,) = done.stdout.splitlines()
    return {name: value for name, value in json.loads(line).items() if value}


def test_a_folder_is_compared_every_night(run: Run, folder: Path) -> None:
    """First all is new, then nothing changed, then what differs is recorded."""
    first = summary(run("backfill", "journal", "--json"))
    assert first == {"seen": 3, "new": 3, "for_nobody": 3}
    assert summary(run("backfill", "journal", "--json"))["unchanged"] == 3
    write(folder / "one.xml", "one", "Corrected engine")
    done = run("backfill", "journal", "--tenant", "default", "--gone", "keep")
    assert done.returncode == 0
    assert done.stdout.startswith("3 seen, 0 new, 1 changed, 2 unchanged.\n")
    assert "Recorded under" not in done.stdout


def test_a_first_run_says_what_is_missing(run: Run, folder: Path, tmp_path: Path) -> None:
    """Without --people and --tenant it says that nobody is known, and whose the articles became."""
    done = run("backfill", "journal")
    counted, nobody, whose = done.stdout.splitlines()
    assert counted == "3 seen, 3 new, 0 changed, 0 unchanged."
    assert nobody.startswith("3 of them cannot be delivered to anybody")
    assert "--people" in nobody
    assert whose == "Recorded under tenant default: give --tenant for another."
    (tmp_path / "people.csv").write_text(
        "article,position,person_key\n"
        + "".join(f"10.5555/{name},1,ada\n" for name in ("one", "two", "three")),
        encoding="utf-8",
    )
    done = run("backfill", "journal", "--people", "people.csv", "--dry-run")
    assert done.stdout.splitlines() == [
        "3 seen, 0 new, 3 changed, 0 unchanged (dry run: nothing was recorded)."
    ]


def test_what_is_gone_is_named_and_withdrawn_when_asked(run: Run, folder: Path) -> None:
    """A file that is gone is only named, unless --gone withdraw says so within the limit."""
    run("backfill", "journal")
    (folder / "two.xml").unlink()
    refused = run("backfill", "journal", "--gone", "withdraw")
    assert refused.returncode == 1
    assert "gone: 10.5555/two" in refused.stdout
    assert "1 of 3 known are missing, more than 5.0%" in refused.stderr
    done = run("backfill", "journal", "--gone", "withdraw", "--at-most-gone", "0.34", "--json")
    assert done.returncode == 0
    assert summary(done)["withdrawn"] == 1


def test_a_broken_file_stops_no_other(run: Run, folder: Path) -> None:
    """What cannot be read is told with its file; nothing is withdrawn while it cannot."""
    run("backfill", "journal")
    (folder / "two.xml").write_text("<article", encoding="utf-8")
    write(folder / "four.xml", "four")
    done = run("backfill", "journal", "--gone", "withdraw", "--at-most-gone", "1")
    assert done.returncode == 1
    assert "two.xml: " in done.stderr
    assert "nothing is withdrawn" in done.stderr
    assert "4 seen, 1 new" in done.stdout


def test_what_cannot_be_looked_into_is_not_taken_for_gone(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that leads nowhere and a folder that cannot be read withdraw nothing, and say so."""
    run("backfill", "journal")
    (folder / "two.xml").rename(folder.parent / "two.moved")
    (folder / "two.xml").symlink_to("nowhere.xml")
    words = ("backfill", "journal", "--gone", "withdraw", "--at-most-gone", "1")
    done = run(*words)
    assert (done.returncode, "nothing is withdrawn" in done.stderr) == (1, True), done.stderr
    monkeypatch.chdir(folder)
    for _depth in range(20):  # deeper than a path may be long, which holds for root as well
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    monkeypatch.chdir(folder.parent)
    done = run(*words)
    assert (done.returncode, "cannot be read" in done.stderr) == (1, True), done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_without_end_is_not_read_on(run: Run, folder: Path) -> None:
    """A file far larger than any article is refused without being taken into memory."""
    with (folder / "huge.xml").open("wb") as file:
        file.truncate(2**42)
    done = run("backfill", "journal")
    assert (done.returncode, "more than 32 MB" in done.stderr) == (1, True), done.stderr


def test_the_map_of_persons_gives_keys(run: Run, folder: Path, tmp_path: Path) -> None:
    """With --people the authors get their keys; a row for no file is told; no row is no match."""
    people = "article,position,person_key\n10.5555/one,1,ada\n10.5555/missing,1,zoe\n"
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    done = run("backfill", "journal", "--people", "people.csv")
    assert done.returncode == 0, done.stderr
    assert "10.5555/missing" in done.stdout
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database:
        bodies = [row[0] for row in database.execute("SELECT body FROM oc_declarations")]
    assert ['"person_key": "ada"' in body for body in bodies].count(True) == 1


def test_wrong_usage_is_told(run: Run, folder: Path) -> None:
    """A path that is not there, and a word that --gone does not know."""
    for words in (["nowhere"], ["journal", "--gone", "delete"]):
        assert run("backfill", *words).returncode == 2


def test_linked_folders_are_looked_into_once(run: Run, folder: Path) -> None:
    """What lies behind a link is published too, and a link back to its own folder does no harm."""
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    write(elsewhere / "four.xml", "four")
    (folder / "linked").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)
    assert summary(run("backfill", "journal", "--json"))["seen"] == 4


def test_ctrl_c_is_clean(run: Run, folder: Path, variables: dict[str, str]) -> None:
    """Stopped in the middle it says so and withdraws nothing; the next run goes on."""
    for number in range(10):
        write(folder / f"more{number}.xml", f"more{number}")
    words = ["backfill", "pipe.xml", "journal", "--gone", "withdraw", "--json"]
    parent = folder.parent
    code, output, errors = interrupted(
        words, parent, variables, parent / "pipe.xml", ARTICLE.encode()
    )
    assert code == 1, errors
    assert errors == ""
    facts = json.loads(output)
    assert facts["stopped"].startswith("stopped; nothing was withdrawn")
    assert 1 <= facts["new"] < 5
    again = summary(run("backfill", "journal", "--json"))
    assert (again["seen"], again["unchanged"]) == (13, facts["new"] - 1)
