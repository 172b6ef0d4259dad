"""What the README says is true: its code runs, and its tables are those of the code."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from orcid_connect import Article, Credential, OrcidConnect, Settings
from orcid_connect.simulator import Simulator, serving
from tests.support.keys import SECRET_KEY
from tests.support.readme import README, python_blocks, rewritten

TEXT = README.read_text(encoding="utf-8")
FIRST, SECOND, THIRD = (code for _, code in python_blocks(TEXT)[:3])
APIS = next(code for _, code in python_blocks(TEXT) if "RegistryClient" in code)
MOUNTED = next(code for _, code in python_blocks(TEXT) if "orcid.services()" in code)

TRANSACTION = next(code for _, code in python_blocks(TEXT) if "orcid.statement" in code)
WORDS = next(code for _, code in python_blocks(TEXT) if "RecordItem(" in code)
TENANTS = next(code for _, code in python_blocks(TEXT) if "tenants = [" in code)
BYLINE = next(code for _, code in python_blocks(TEXT) if "display.unauthenticated" in code)
NIGHTLY = next(code for _, code in python_blocks(TEXT) if "orcid.backfill" in code)


def said_by(code: str, **names: Any) -> dict[str, Any]:
    """Run code of the README, which may use these names; return all names it leaves."""
    exec(compile(code, "README.md", "exec"), names)
    return names


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
    names = said_by(FIRST)
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
    names = said_by(FIRST + SECOND)
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
    names = said_by(FIRST + SECOND + THIRD)
    await names["on_review"]()
    await names["orcid"].close()
    assert "Recorded; it is delivered" in capsys.readouterr().out


@pytest.mark.anyio
async def test_the_examples_of_a_role_and_a_grant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's role and its item are recorded, and nothing holds them back."""
    monkeypatch.chdir(tmp_path)
    names = said_by(FIRST + SECOND + THIRD + WORDS)
    await names["on_appointment"]()
    await names["on_grant"]()
    await names["orcid"].close()
    assert capsys.readouterr().out.count("Recorded; it is delivered") == 2


@pytest.mark.anyio
async def test_the_example_of_a_byline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's authors are shown: the one with an iD that nobody proved as such."""
    monkeypatch.chdir(tmp_path)
    names = said_by(FIRST + BYLINE)
    html = await names["byline"]()
    await names["orcid"].close()
    assert "Unauthenticated ORCID iD of Ada Lovelace" in html
    assert "Grace Hopper" in html
    assert "https://orcid.org/0000-0002-1825-0097 (unauthenticated)" in capsys.readouterr().out


def test_the_example_of_tenants() -> None:
    """The README's tenants make a double-anonymous journal under its press."""
    names = said_by(TENANTS)
    settings = Settings(
        public_url="https://press.example/orcid",
        secret_keys=[SECRET_KEY],
        credentials=[Credential(client_id="A", client_secret="b", environment="simulator")],
        tenants=names["tenants"],
    )
    policy = settings.tree.policy("our-journal")
    assert policy.review_model == "double-anonymous"
    assert policy.works.elsewhere == "skip"
    assert policy.reviews["double-anonymous"].group_id == "orcid-generated:our-press"


@pytest.mark.anyio
async def test_the_example_of_the_apis(capsys: pytest.CaptureFixture[str]) -> None:
    """The README's lines about ORCID's own APIs write, read, and tell a duplicate."""
    sim = Simulator()
    orcid = sim.add_person("Ada", "Lovelace").orcid
    token = sim.issue_token("APP-DEMOJOURNAL00001", orcid, "/person/update")
    async with serving(sim) as url:
        here = f'environment="simulator", site_url="{url}"'
        names = said_by(APIS.replace('environment="simulator"', here))
        for _ in range(2):
            await names["add_keyword"](orcid, token)
    first, second = capsys.readouterr().out.split("requests left today\n")[:2]
    assert "['engines']" in first
    assert "(9030)" in second


@pytest.mark.anyio
async def test_the_example_of_the_apis_beside_a_mount(tmp_path: Path) -> None:
    """The README's lines read a record through what the mounted object holds open."""
    sim = Simulator()
    found = sim.add_person("Ada", "Lovelace").orcid
    async with serving(sim) as url:
        settings = Settings(
            public_url="http://127.0.0.1:8000/orcid",
            secret_keys=[SECRET_KEY],
            database=str(tmp_path / "host.sqlite"),
            credentials=[
                Credential(
                    client_id="APP-DEMOJOURNAL00001",
                    client_secret=SecretStr("demo-journal-secret-not-for-production"),
                    environment="simulator",
                    site_url=url,
                )
            ],
        )
        async with OrcidConnect(settings).running() as orcid:
            names = said_by(MOUNTED, orcid=orcid)
            assert (await names["whole_record"](found)).orcid == found


def test_every_setting_of_make_is_there() -> None:
    """The commands that the README names exist in the Makefile."""
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "soak", "wheel-test"):
        assert f"make {target}" in TEXT
        assert f"\n{target}:" in makefile


@pytest.mark.anyio
async def test_the_examples_of_own_transactions_and_nights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the README publishes in a host's own transactions is known at night, and one is new."""
    monkeypatch.chdir(tmp_path)
    names = said_by(FIRST + SECOND + TRANSACTION + NIGHTLY)
    orcid = names["orcid"]
    async with orcid.running():
        engine = create_async_engine("sqlite+aiosqlite:///orcid_connect.sqlite", poolclass=NullPool)
        articles = [_article(key) for key in ("a1", "a2", "a3")]
        await names["publish"](engine, articles[0])
        await asyncio.to_thread(_by_sqlite3, names["publish_by_any_driver"], articles[1])
        await names["every_night"](_each(articles))
    assert capsys.readouterr().out == "1 0 2 0 ()\n"


def _by_sqlite3(publish: Callable[..., None], one: Article) -> None:
    with closing(sqlite3.connect("orcid_connect.sqlite")) as connection, connection:
        publish(connection, one)


def _article(key: str) -> Article:
    return Article(
        tenant="our-journal", key=key, as_of=datetime(2026, 5, 1, tzinfo=UTC), title="Engines"
    )


async def _each(articles: list[Article]) -> AsyncIterator[Article]:
    for one in articles:
        yield one
