"""`OrcidConnect` as a host uses it: mounted, without a lifespan, with ORCID up or down."""

import asyncio
from typing import Any

import httpx
import pluggy
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

import orcid_connect
from orcid_connect import OrcidConnect, hookspecs
from orcid_connect.simulator import serving
from tests.support.clock import MovedClock
from tests.support.journal import (
    TENANT,
    article,
    author,
    has_works,
    journal_on,
    review,
    settings_for,
)
from tests.support.waiting import free_port, until

pytestmark = pytest.mark.anyio


async def test_publishing_needs_no_registry(database: str, clock: MovedClock) -> None:
    """With nothing listening where ORCID should be, publishing returns; later the work arrives."""
    port = free_port()
    async with journal_on(database, clock) as journal:
        orcid_id = journal.person()
        await journal.connect("ada", orcid_id)
        client = journal.simulator.add_client(
            kind="member", name="The same", redirect_uris=["http://journal.test/orcid/callback"]
        )
        settings = settings_for(
            f"http://127.0.0.1:{port}",
            client,
            database,
            backoff_base=0.1,
            backoff_limit=0.5,
        )
        async with OrcidConnect(settings).running() as orcid:
            receipt = await orcid.article_published(article(author()))
            assert receipt.holds
            await until(lambda: _tried(orcid), "the engine tried in vain")
            async with serving(journal.simulator, port=port):
                await until(has_works(journal, orcid_id, 1), "the work arrived")


async def _tried(orcid: OrcidConnect) -> bool:
    rows = await orcid.deliveries(TENANT, "a1")
    return [row.state for row in rows] == ["due"] and "could not be reached" in rows[0].sentence


async def test_mounting_alone_works(database: str, clock: MovedClock) -> None:
    """Without any lifespan the first request opens everything."""
    async with journal_on(database, clock) as journal:
        orcid = OrcidConnect(journal.services.settings)
        app = Starlette(routes=[Mount("/orcid", orcid)])
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://journal.test") as client:
            assert (await client.get("/orcid/healthz")).status_code == 200
            answers = await asyncio.gather(*(client.get("/orcid/me") for _ in range(5)))
        await orcid.close()
    assert {answer.status_code for answer in answers} == {403}


async def test_it_can_be_served_by_itself(database: str, clock: MovedClock) -> None:
    """As a whole application it opens and closes with its server's lifespan."""
    sent: list[str] = []
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, Any]:
        return {"type": next(asked)}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async with journal_on(database, clock) as journal:
        await OrcidConnect(journal.services.settings)({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_host_that_runs_pluggy_calls_hooks_instead(
    database: str, clock: MovedClock
) -> None:
    """The triggers record first, in one transaction, whatever the host's other plugins do."""

    class Raises:
        @orcid_connect.hookimpl
        def orcid_article_published(self, article: Any) -> None:
            raise ZeroDivisionError

    async with journal_on(database, clock) as journal:
        orcid_id = journal.person()
        await journal.connect("ada", orcid_id)
        host = pluggy.PluginManager("orcid_connect")
        host.add_hookspecs(hookspecs)
        host.register(OrcidConnect(journal.services.settings, clock=clock).triggers)
        host.register(Raises())
        with pytest.raises(ZeroDivisionError):
            host.hook.orcid_article_published(article=article(author()))
        host.hook.orcid_review_completed(review=review())
        await journal.work()
        assert len(journal.works(orcid_id)) == len(journal.reviews(orcid_id)) == 1
        host.hook.orcid_article_updated(article=article(author(), day=2, title="New"))
        await journal.work()
        assert journal.works(orcid_id)[0]["title"]["title"]["value"] == "New"
        host.hook.orcid_article_withdrawn(tenant=TENANT, key="a1", reason="retracted")
        await journal.work()
        assert journal.works(orcid_id) == []


async def test_all_of_the_interface_declares(database: str, clock: MovedClock) -> None:
    """Every declaring call of the object ends on the record, and its withdrawal takes it off."""
    async with journal_on(database, clock) as journal:
        orcid_id = journal.person()
        await journal.connect("ada", orcid_id)
        settings = journal.services.settings.model_copy(update={"engine": "off"})
        async with OrcidConnect(settings, clock=clock).running() as orcid:
            await orcid.article_published(article(author()))
            await orcid.article_updated(article(author(), day=2, title="New"))
            await orcid.review_completed(review())
            await journal.work()
            assert journal.works(orcid_id)[0]["title"]["title"]["value"] == "New"
            assert len(journal.reviews(orcid_id)) == 1
            await orcid.article_withdrawn(TENANT, "a1", "retracted")
            await orcid.review_withdrawn(TENANT, "r1")
            await journal.work()
    assert journal.works(orcid_id) == journal.reviews(orcid_id) == []


async def test_a_tenant_without_credential_is_kept_and_told(
    database: str, clock: MovedClock
) -> None:
    """An article of a tenant that nobody serves is recorded; the receipt says what is missing."""
    async with journal_on(database, clock) as journal:
        only = journal.services.settings.credentials[0].model_copy(update={"tenants": ("else",)})
        settings = journal.services.settings.model_copy(
            update={"credentials": (only,), "engine": "off"}
        )
        async with OrcidConnect(settings, clock=clock).running() as orcid:
            receipt = await orcid.article_published(article(author()))
    assert receipt.people[0].state == "unserved"
    assert "no credential serves tenant 'journal'" in receipt.people[0].sentence


def test_the_public_list_is_kept() -> None:
    """What others may rely on is what the package exports, by name."""
    assert sorted(orcid_connect.__all__) == [
        "Affiliation",
        "Article",
        "BackfillStopped",
        "Contributor",
        "Credential",
        "DeliveryNotice",
        "Funding",
        "Identifier",
        "LinkNotice",
        "MemberApi",
        "NothingToPrefill",
        "OrcidConnect",
        "OrcidConnectError",
        "Overview",
        "PartialDate",
        "Person",
        "Prefill",
        "PublicApi",
        "Receipt",
        "RecordItem",
        "RegistryClient",
        "RelatedArticle",
        "Review",
        "Role",
        "Settings",
        "SignedIn",
        "Standing",
        "TranslatedTitle",
        "Unreadable",
        "Withdrawal",
        "errors",
        "hookimpl",
        "records",
    ]
