"""Each command does what its help says, in words and in JSON, with the right exit code."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ARTICLE = """<?xml version="1.0"?>
<article article-type="research-article" xml:lang="en">
 <front><journal-meta><journal-title-group><journal-title>Journal of Engines</journal-title>
 </journal-title-group><issn pub-type="epub">2049-3630</issn></journal-meta>
 <article-meta><article-id pub-id-type="doi">10.5555/engine</article-id>
 <title-group><article-title>On the <italic>Analytical</italic> Engine</article-title></title-group>
 <contrib-group>
  <contrib contrib-type="author">
   <name><surname>Lovelace</surname><given-names>Ada</given-names></name></contrib>
  <contrib contrib-type="author">
   <name><surname>Babbage</surname><given-names>Charles</given-names></name></contrib>
 </contrib-group>
 <pub-date pub-type="epub"><day>9</day><month>5</month><year>2026</year></pub-date>
 </article-meta></front></article>"""


@pytest.fixture
def jats(tmp_path: Path) -> Path:
    """A short article of two authors."""
    path = tmp_path / "engine.xml"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_help_explains(run: Run) -> None:
    """Without a word, the commands are listed with what they are for."""
    shown = run("--help")
    assert shown.returncode == 0
    for command in (
        "demo",
        "serve",
        "worker",
        "simulator",
        "publish",
        "withdraw",
        "deliveries",
        "check",
    ):
        assert command in shown.stdout


def test_preview_shows_the_payload_and_records_nothing(run: Run, jats: Path) -> None:
    """The preview in JSON is one line per file with article, works and problems."""
    shown = run("publish", str(jats), "--preview", "--json")
    assert shown.returncode == 0
    (line,) = shown.stdout.splitlines()
    facts = json.loads(line)
    assert set(facts) == {"file", "article", "works", "problems"}
    assert facts["works"][0]["title"]["title"]["value"] == "On the Analytical Engine"
    assert not (jats.parent / "journal.sqlite").exists()


def test_preview_needs_no_settings(run: Run, jats: Path) -> None:
    """What only shows needs no credential."""
    assert run("publish", str(jats), "--preview", ORCID_CONNECT_PUBLIC_URL="").returncode == 0


def test_publish_records_and_says_who_waits(run: Run, jats: Path) -> None:
    """With a map of people the authors wait for their connection; the listing shows them."""
    people = jats.parent / "people.csv"
    people.write_text("position,person_key\n1,ada\n2,charles\n", encoding="utf-8")
    done = run("publish", str(jats), "--people", str(people), "--deliver")
    assert done.returncode == 0
    assert "Waits until this person connects" in done.stdout
    listed = run("deliveries", "--json")
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {(row["person"], row["state"]) for row in rows} == {
        ("key:ada", "waiting"),
        ("key:charles", "waiting"),
    }
    shown = run("deliveries", "show", rows[0]["id"][:8])
    assert "article" in shown.stdout


def test_publish_without_a_map_says_who_cannot_be_delivered(run: Run, jats: Path) -> None:
    """Authors of whom nothing says who they are are named, not skipped in silence."""
    done = run("publish", str(jats))
    assert done.stdout.count("neither a person key nor an authenticated iD") == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<article", "line 1"),
        (b"<html/>", "not"),
        (
            b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'
            + ARTICLE.split("?>")[1].replace("Analytical", "&y;").encode(),
            "entit",
        ),
    ],
    ids=["empty", "malformed", "not JATS", "entities"],
)
def test_bad_input_is_one_line(run: Run, tmp_path: Path, content: bytes, words: str) -> None:
    """A file that cannot be read is one line and exit code 1, and the good ones are recorded."""
    bad, good = tmp_path / "bad.xml", tmp_path / "good.xml"
    bad.write_bytes(content)
    good.write_text(ARTICLE, encoding="utf-8")
    done = run("publish", str(bad), str(good))
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert words in line.lower()
    assert "good.xml: Recorded" in done.stdout


def test_a_missing_file_is_a_sentence(run: Run) -> None:
    """A file that is not there is said, not raised."""
    done = run("publish", "nowhere.xml", "--preview")
    assert done.returncode == 1
    assert "No such file" in done.stdout


def test_wrong_usage_is_exit_code_two(run: Run, jats: Path) -> None:
    """What the caller got wrong is exit code 2 with a sentence."""
    assert run("publish").returncode == 2
    assert run("publish", str(jats), "--as-of", "yesterday").returncode == 2
    assert run("db", "upgrade").returncode == 0
    assert run("deliveries", "show", "zzz").returncode == 2
    assert run("worker", "--app", "nowhere").returncode == 2
    missing = run("check", ORCID_CONNECT_PUBLIC_URL="nonsense")
    assert missing.returncode == 2
    assert "public_url must be a full address" in missing.stderr


def test_check_tells_what_is_in_order(run: Run) -> None:
    """All well: exit code 0, and the redirect URI to register is shown."""
    done = run("check")
    assert done.returncode == 0, done.stdout
    assert "http://j.test/callback" in done.stdout
    assert "accepts it" in done.stdout


def test_check_finds_a_wrong_secret(run: Run, variables: dict[str, str]) -> None:
    """A secret that ORCID refuses is found before the first author is."""
    credential = json.loads(variables["ORCID_CONNECT_CREDENTIALS"])[0]
    wrong = json.dumps([credential | {"client_secret": "misspelt"}])
    done = run("check", "--json", ORCID_CONNECT_CREDENTIALS=wrong)
    assert done.returncode == 1
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["about"] for one in found if one["state"] == "wrong"] == [
        "credential default (simulator, member)"
    ]


def test_db_upgrade_makes_the_tables(run: Run, tmp_path: Path) -> None:
    """The upgrade may be run at any time and says the version."""
    for _ in range(2):
        done = run("db", "upgrade", "--json")
        assert json.loads(done.stdout)["version"] == "0003"
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM oc_deliveries").fetchone() == (0,)
    connection.close()


def test_a_credential_is_paused_and_resumed(run: Run) -> None:
    """A pause shows in the check with its reason and the way on, until it is resumed."""
    assert run("db", "upgrade").returncode == 0
    assert run("pause", "default", "--reason", "we look at it").returncode == 0
    checked = run("check")
    assert checked.returncode == 1
    assert "we look at it" in checked.stdout
    assert "goes on" in run("resume").stdout
    assert run("check").returncode == 0
    assert "was not paused, so nothing changes" in run("resume").stdout
    unknown = run("resume", "nobody")
    assert unknown.returncode == 2
    assert "there is: default" in unknown.stderr


def test_a_resume_says_only_what_is_true(run: Run) -> None:
    """A canary that counts is told, also for what was not paused; one that cannot count is not."""
    assert run("db", "upgrade").returncode == 0
    nothing = run("resume", "--canary", "5").stdout
    assert "nothing changes and nothing is counted" in nothing
    assert "After 5" not in nothing
    assert run("pause", "--tenant", "journal").returncode == 0
    assert run("resume", "--tenant", "journal").stdout.startswith("tenant journal goes on")
    again = run("resume", "--tenant", "journal", "--canary", "5").stdout
    assert again == (
        "tenant journal was not paused and goes on. After 5 new items it waits for you.\n"
    )
    assert "waits for you" in run("resume", "--canary", "5").stdout


def test_a_tenant_of_which_something_was_declared_is_known(run: Run, jats: Path) -> None:
    """Also before anything of it was planned, or if it is for nobody, its name is not doubted."""
    assert run("publish", str(jats), "--tenant", "our-journal", "--deliver").returncode == 0
    assert "nothing changes" in run("resume", "--tenant", "our-journal").stdout
    paused = run("pause", "--tenant", "our-journal")
    assert "misspelt" not in paused.stdout
    assert "tenant our-journal is paused" in paused.stdout


def test_missing_settings_name_the_way_to_the_applications(
    run: Run, variables: dict[str, str]
) -> None:
    """Where no variables are set, it is said how to take the settings of an application."""
    for name in ("PUBLIC_URL", "SECRET_KEYS", "CREDENTIALS"):
        del variables[f"ORCID_CONNECT_{name}"]
    for words in (("status",), ("deliveries",), ("check",)):
        done = run(*words)
        assert done.returncode == 2
        assert "is missing" in done.stderr
        assert "--app MODULE:NAME" in done.stderr


def test_a_misspelt_tenant_is_told(run: Run) -> None:
    """A pause of a tenant nobody heard of asks whether it is misspelt; a resume is refused."""
    assert run("db", "upgrade").returncode == 0
    refused = run("resume", "--tenant", "jornal")
    assert refused.returncode == 2
    assert "is it misspelt" in refused.stderr
    paused = run("pause", "--tenant", "jornal")
    assert "is it misspelt" in paused.stdout
    assert run("resume", "--tenant", "jornal").returncode == 0
