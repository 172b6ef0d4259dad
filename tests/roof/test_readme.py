"""What the README says is true: its code runs, and its tables are those of the code."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from orcid_connect.simulator import Simulator, serving
from tests.support.readme import README, python_blocks, rewritten

TEXT = README.read_text(encoding="utf-8")
FIRST, SECOND, THIRD = (code for _, code in python_blocks(TEXT)[:3])
APIS = next(code for _, code in python_blocks(TEXT) if "RegistryClient" in code)


def test_the_first_example_ends_by_line_25() -> None:
    """A stranger sees a whole runnable example in the first 25 lines."""
    last_line, _ = python_blocks(TEXT)[0]
    assert last_line <= 25


def test_the_tables_are_the_codes() -> None:
    """Every setting and hook is documented as it is; else run python -m tests.support.readme."""
    assert rewritten(TEXT) == TEXT


@pytest.mark.anyio
async def test_the_example_mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's own lines give a page with a button, and the button leads to ORCID."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(FIRST, "README.md", "exec"), names)
    transport = httpx.ASGITransport(app=names["app"])
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        page = await client.get("/orcid/my")
        leaving = await client.get("/orcid/connect")
    await names["orcid"].close()
    assert "Connect your ORCID iD" in page.text
    asked = urlsplit(leaving.headers["location"])
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == "http://127.0.0.1:8700/oauth/authorize"
    assert parse_qs(asked.query)["redirect_uri"] == ["http://127.0.0.1:8000/orcid/callback"]


@pytest.mark.anyio
async def test_the_second_example_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's declaration is recorded, and the receipt says whom it waits for."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(FIRST + SECOND, "README.md", "exec"), names)
    await names["on_publish"]()
    await names["orcid"].close()
    printed = capsys.readouterr().out
    assert "Recorded" in printed
    assert "('Ada Lovelace', 'Waits until" in printed


@pytest.mark.anyio
async def test_the_third_example_credits_a_reviewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's review is recorded, and nothing holds it back."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(FIRST + SECOND + THIRD, "README.md", "exec"), names)
    await names["on_review"]()
    await names["orcid"].close()
    assert "Recorded; it is delivered" in capsys.readouterr().out


@pytest.mark.anyio
async def test_the_example_of_the_apis(capsys: pytest.CaptureFixture[str]) -> None:
    """The README's lines about ORCID's own APIs write, read, and tell a duplicate."""
    sim = Simulator()
    orcid = sim.add_person("Ada", "Lovelace").orcid
    token = sim.issue_token("APP-DEMOJOURNAL00001", orcid, "/person/update")
    names: dict[str, Any] = {}
    async with serving(sim) as url:
        here = f'environment="simulator", site_url="{url}"'
        exec(compile(APIS.replace('environment="simulator"', here), "README.md", "exec"), names)
        for _ in range(2):
            await names["add_keyword"](orcid, token)
    first, second = capsys.readouterr().out.split("requests left today\n")[:2]
    assert "['engines']" in first
    assert "(9030)" in second


def test_every_setting_of_make_is_there() -> None:
    """The commands that the README names exist in the Makefile."""
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "soak", "wheel-test"):
        assert f"make {target}" in TEXT
        assert f"\n{target}:" in makefile
