"""`publish` and `withdraw`: who got which key, what holds back, and how it is taken back."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.interrupting import interrupted
from tests.cli.test_commands import ARTICLE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good article, one with an ISSN that is none, and a map for the first."""
    (tmp_path / "good.xml").write_text(ARTICLE, encoding="utf-8")
    bad = ARTICLE.replace("2049-3630", "2049-3631").replace("10.5555/engine", "10.5555/other")
    (tmp_path / "bad.xml").write_text(bad, encoding="utf-8")
    people = "article,position,person_key\n10.5555/engine,1,ada\n10.5555/missing,1,zoe\n"
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    return tmp_path


def lines(output: str) -> list[dict[str, Any]]:
    """Return JSON lines."""
    return [json.loads(line) for line in output.splitlines()]


def test_a_preview_shows_keys_and_what_holds_back(run: Run, folder: Path) -> None:
    """The text says who got which key and which finding stops a delivery; stray rows come once."""
    done = run("publish", "good.xml", "bad.xml", "--preview", "--people", "people.csv")
    assert done.returncode == 1
    assert "Ada Lovelace (ada), Charles Babbage" in done.stdout
    assert "caution, holds it back: issns[0]: “2049-3631”" in done.stdout
    assert done.stdout.count("10.5555/missing") == 1
    assert "people.csv:\n  caution: Line 3" in done.stdout


def test_rows_for_other_articles_are_no_error(run: Run, folder: Path) -> None:
    """A row for an article that was not read is told at the end, with exit code 0."""
    words = ("publish", "good.xml", "--people", "people.csv")
    for done in (run(*words, "--preview", "--json"), run(*words, "--json")):
        assert done.returncode == 0, done.stderr
        article, stray = lines(done.stdout)
        assert article["problems"] == []
        assert (stray["file"], stray["article"]) == ("people.csv", None)
        (problem,) = stray["problems"]
        assert (problem["code"], problem["holds"]) == ("people-elsewhere", False)


def test_what_holds_back_is_said_once(run: Run, folder: Path) -> None:
    """The receipt's sentence names the problem; it is not listed again, and JSON marks it."""
    done = run("publish", "bad.xml")
    assert done.returncode == 1
    assert done.stdout.count("2049-3631") == 1
    assert "held back until this is corrected" in done.stdout
    (told,) = lines(run("publish", "bad.xml", "--json").stdout)
    assert [(one["code"], one["holds"]) for one in told["problems"]] == [("issn-malformed", True)]
    assert "problems" not in told["receipt"]


def test_an_own_key_and_its_withdrawal(run: Run, folder: Path) -> None:
    """An article published under an own key is withdrawn by it; a wrong key is told."""
    assert run("publish", "good.xml", "--key", "VB-17", "--people", "people.csv").returncode == 0
    assert run("publish", "good.xml", "bad.xml", "--key", "VB-17").returncode == 2
    gone = run("withdraw", "VB-17", "--reason", "an error", "--json")
    assert gone.returncode == 0, gone.stderr
    (told,) = lines(gone.stdout)
    assert (told["key"], told["receipt"]["holds"]) == ("VB-17", True)
    assert "taken off the records" in run("withdraw", "VB-17").stdout
    for words in (["VB-18"], ["VB-17", "--kind", "review"], ["VB-17", "--tenant", "other"]):
        unknown = run("withdraw", *words)
        assert unknown.returncode == 1
        assert "was ever declared" in unknown.stderr
    assert run("withdraw", "VB-17", "--kind", "letter").returncode == 2


def test_ctrl_c_is_clean(run: Run, folder: Path, variables: dict[str, str]) -> None:
    """Stopped in the middle it says what is recorded; all given again, nothing is there twice."""
    words = ["publish", "pipe.xml", "good.xml", "bad.xml"]
    content = ARTICLE.replace("10.5555/engine", "10.5555/pipe").encode()
    code, output, errors = interrupted(words, folder, variables, folder / "pipe.xml", content)
    assert (code, output.count("Recorded")) == (1, 1)
    assert "Stopped after 1 of 3 files; those are recorded." in errors
    (folder / "pipe.xml").write_bytes(content)
    assert run(*words).stdout.count("Recorded") == 3
