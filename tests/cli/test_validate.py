"""`orcid-connect validate`: what ORCID would say, told to people and to programs."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from orcid_connect.cli.main import build
from tests.codec.payloads import FULL

VECTORS = Path(__file__).parents[1] / "vectors" / "vectors.jsonl"


def run(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(build(), ["validate", *map(str, arguments)])


def lines(result: Result) -> list[dict[str, Any]]:
    """Return the JSON lines that were printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def write(path: Path, payload: Any) -> Path:
    """Write a payload to a file."""
    path.write_text(json.dumps(payload), "utf-8")
    return path


def test_every_vector_without_caveats_agrees() -> None:
    """One line a vector, accepted or refused as the registry did; the table is printed."""
    table: Counter[tuple[str, str]] = Counter()
    vectors = [json.loads(line) for line in VECTORS.read_text("ascii").splitlines()]
    result = run("--json", VECTORS)
    assert result.exit_code == 1
    told = lines(result)
    assert [line["id"] for line in told] == [vector["id"] for vector in vectors]
    for line, vector in zip(told, vectors, strict=True):
        refused = [one for one in line["problems"] if one["severity"] == "refused"]
        number = refused[0]["registry_error"] if refused else None
        verdict = vector["verdict"]
        expected = (verdict["accepted"], verdict["error_code"])
        outcome = "agrees" if (line["accepted"], number) == expected else "differs"
        table[vector["type"], f"{'caveat, ' * bool(vector.get('caveats'))}{outcome}"] += 1
    for (kind, outcome), count in sorted(table.items()):
        print(f"{kind:20} {outcome:16} {count:5}")
    assert not [row for row in table if row[1] == "differs"]
    assert sum(count for (_, outcome), count in table.items() if outcome == "agrees") == 2897


def test_a_line_says_all_that_is_promised(tmp_path: Path) -> None:
    """A refused payload has path, code, severity, message and the registry's number."""
    file = write(tmp_path / "keyword.json", {"content": " "})
    (line,) = lines(run("--json", "--type", "keyword", file))
    assert line["id"] == str(file)
    assert line["accepted"] is False
    refused, caution = line["problems"]
    assert set(refused) == {"path", "code", "severity", "message", "registry_error"}
    assert (refused["path"], refused["registry_error"]) == ("content", 9020)
    assert (caution["severity"], caution["registry_error"]) == ("caution", None)


def test_only_refusals_count(tmp_path: Path) -> None:
    """A payload with a caution is accepted: exit code 0, and the caution is told."""
    payload = {**FULL["work"], "url": {"value": "javascript:alert(1)"}}
    result = run("--type", "work", write(tmp_path / "work.json", payload))
    assert result.exit_code == 0
    assert "accepted, but" in result.stdout
    assert not result.stderr
    assert "1 of 1 would be accepted." in result.stdout


def test_an_update_names_its_item(tmp_path: Path) -> None:
    """With --put-code a payload is judged as a change of that item and its visibility."""
    body = {"content": "bees", "put-code": 7, "visibility": "private"}
    file = write(tmp_path / "keyword.json", body)
    assert run("--type", "keyword", "--put-code", 7, file).exit_code == 0
    changed = run("--json", "--type", "keyword", "--put-code", 7, "--visibility", "public", file)
    assert lines(changed)[0]["problems"][0]["registry_error"] == 9035
    other = run("--json", "--type", "keyword", "--put-code", 8, file)
    assert lines(other)[0]["problems"][0]["registry_error"] == 9019


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "1" * 5000])
def test_what_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    """A file that cannot be read as JSON is refused like the registry refuses it."""
    file = tmp_path / "bad.json"
    file.write_text(text)
    (line,) = lines(run("--json", "--type", "work", file))
    assert line["problems"][0]["registry_error"] in (9001, 9047)


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("lines.jsonl", '{"content": "bees"}', ()),
        ("lines.jsonl", '{"type": "nothing", "payload": {}}', ()),
        ("lines.jsonl", '{"type": "work", "op": "delete", "payload": {}}', ()),
        ("work.json", "{}", ("--type", "nothing")),
        ("work.json", "{}", ("--type", "work", "--visibility", "friends")),
        ("missing", None, ("--type", "work")),
    ],
)
def test_wrong_usage_is_said(
    tmp_path: Path, name: str, content: str | None, options: tuple[str, ...]
) -> None:
    """What cannot be meant ends with exit code 2 and a sentence, and nothing on standard output."""
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    result = run(*options, file)
    assert result.exit_code == 2
    assert result.stderr
    assert not result.stdout
