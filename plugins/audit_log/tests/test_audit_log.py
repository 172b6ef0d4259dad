"""The audit log writes what happened, and no token."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.clock import MovedClock
from tests.support.journal import article, author, journal_on

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from orcid_connect_audit_log import AUDIT_LOG, VARIABLE, AuditLog


@pytest.mark.anyio
async def test_a_delivery_leaves_its_lines(
    database_path: Path, clock: MovedClock, tmp_path: Path
) -> None:
    """Delivering and withdrawing are two lines with person, record and put-code."""
    path = tmp_path / "audit.jsonl"
    async with journal_on(database_path, clock, [AuditLog(path)]) as journal:
        orcid = journal.person()
        token = await journal.connect("ada", orcid)
        await journal.declare(article(author()))
        await journal.withdraw("a1")
    text = path.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["what"], line["orcid"]) for line in lines] == [
        ("delivered", orcid),
        ("withdrawn", orcid),
    ]
    assert token not in text


@pytest.mark.anyio
async def test_without_a_file_it_writes_nothing(
    database_path: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed but not configured, it is silent."""
    monkeypatch.delenv(VARIABLE, raising=False)
    async with journal_on(database_path, clock, [AUDIT_LOG]) as journal:
        await journal.connect("ada", journal.person())
        await journal.declare(article(author()))
        assert journal.services.plugins.counters["raised"] == 0
