"""`/metrics`: what Prometheus reads is true, bounded, and not for everybody."""

import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from orcid_connect.hookspecs import hookimpl
from orcid_connect.journeys import standstill
from orcid_connect.store.declared import intake_statement
from orcid_connect.web.recent import FRESH_SECONDS
from tests.support.journal import article
from tests.support.ledger import REALM, delivery, fill
from tests.web.host import Browser, Journal, running_journal
from tests.web.test_admin import Editors, some_deliveries

pytestmark = pytest.mark.anyio

TOKEN = "a token for the scraper alone"


class Raises:
    """A plugin that fails at each visit."""

    @hookimpl
    def orcid_may_administer(self, request: Request) -> None:
        raise ZeroDivisionError


async def read(journal: Journal, account: str = "edith", **headers: str) -> dict[Any, float]:
    """Return all samples by name and labels, as Prometheus' own parser reads them."""
    answer = await Browser(journal, account).get("metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name.removeprefix("orcid_connect_"), *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_the_ledger_in_numbers(tmp_path: Path) -> None:
    """Deliveries by state, what waits how long, and what stands still."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        await some_deliveries(journal)
        services = journal.services
        statement = intake_statement(article(), "event", services.clock() - 90)
        async with services.database.writing() as connection:
            await connection.execute(statement)
        await standstill.pause(services, REALM, "we look")
        await standstill.pause_tenant(services, "journal-1", "we look")
        found = await read(journal)
    assert found[("deliveries", "parked")] == 2
    assert found[("deliveries", "withdrawn")] == 2
    assert found[("due_age_seconds",)] == 7200
    assert found[("planning_backlog",)] == 1
    assert found[("planning_age_seconds",)] == 90
    assert found[("paused_credentials",)] == 1
    assert found[("paused_tenants",)] == 1
    assert found[("delivering",)] == 0


async def test_nothing_yet(tmp_path: Path) -> None:
    """Before anything happened every gauge is there, at nought."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        found = await read(journal)
    assert found[("deliveries", "due")] == found[("due_age_seconds",)] == 0
    assert found[("plugin_failures_total", "raised")] == 0


async def test_what_this_process_did(tmp_path: Path) -> None:
    """Requests by method and class of status, connections by outcome, failures of plugins."""
    async with running_journal(tmp_path, [Raises()], metrics_token=TOKEN) as journal:
        anne = Browser(journal, "anne")
        await anne.connect(journal.sim.add_person("Ada").orcid)
        journal.sim.add_fault("status", path="/oauth/token", status=503, count=1)
        await anne.connect(journal.sim.add_person("Bert").orcid)
        await anne.get("admin/")
        found = await read(journal, "", Authorization=f"Bearer {TOKEN}")
    assert found[("requests_total", "2xx", "POST")] >= 1
    assert found[("requests_total", "5xx", "POST")] == 1
    assert found[("connections_total", "connected")] == 1
    assert found[("plugin_failures_total", "raised")] == 1


async def test_no_label_names_anybody(tmp_path: Path) -> None:
    """However many tenants and people there are, there are no more samples."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        before = set(await read(journal))
        rows = [delivery(n, tenant=f"t{n}", person=f"key:p{n}") for n in range(30)]
        await fill(journal.services, *rows)
        journal.sim.clock.move(FRESH_SECONDS)
        assert set(await read(journal)) == before


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer é{TOKEN}"]
)
async def test_the_token_is_needed(tmp_path: Path, given: str) -> None:
    """With a token in the settings only who sends it gets the numbers, administrators included."""
    async with running_journal(tmp_path, [Editors()], metrics_token=TOKEN) as journal:
        edith = Browser(journal, "edith")
        headers = [(b"Authorization", given.encode()), (b"Accept", b"application/json")]
        answer = await edith.client.get("http://journal.test/orcid/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in answer.text + repr(journal.settings)


async def test_closed_to_strangers(tmp_path: Path) -> None:
    """Without a token in the settings it is as closed as the administration."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        assert (await Browser(journal, "anne").get("metrics")).status_code == 403


async def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is not installed, the answer says what to install."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    async with running_journal(tmp_path, [Editors()]) as journal:
        answer = await Browser(journal, "edith").get("metrics", headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert "pip install 'orcid-connect[metrics]'" in answer.json()["detail"]
