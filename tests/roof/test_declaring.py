"""Every kind is declared and taken back by the calls of the object, and by a host's own hooks."""

from collections.abc import AsyncIterator

import pluggy
import pytest

from orcid_connect import OrcidConnect, hookspecs
from orcid_connect.errors import InputError
from tests.journeys.test_intake import keyword, role
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, Journal, article, author, journal_on, review

pytestmark = pytest.mark.anyio

EVERYTHING = "/activities/update /person/update /read-limited openid"


@pytest.fixture
async def journal(database: str, clock: MovedClock) -> AsyncIterator[Journal]:
    """A journal whose objects only record; it delivers when a test says so."""
    async with journal_on(database, clock, engine="off") as opened:
        opened.simulator.know_organizations("all")
        yield opened


def held(journal: Journal, orcid: str, kind: str) -> int:
    """Return how many items of a kind are on a record."""
    return len(list(journal.simulator.items(orcid, kind)))


async def test_roles_and_items_come_and_go_by_the_calls(journal: Journal) -> None:
    """A role is started, ended and retracted, a keyword declared and retracted; all is told."""
    orcid_id = journal.person()
    await journal.connect("ada", orcid_id, scope=EVERYTHING)
    async with OrcidConnect(journal.services.settings, clock=journal.clock).running() as orcid:
        await orcid.role_started(role())
        await orcid.declare(keyword())
        await journal.work()
        assert held(journal, orcid_id, "service") == held(journal, orcid_id, "keyword") == 1
        await orcid.role_ended(TENANT, "editor", "2026-06")
        await journal.work()
        (service,) = journal.simulator.items(orcid_id, "service")
        assert service["end-date"]["year"]["value"] == "2026"
        assert [one.state for one in await orcid.deliveries(TENANT, "editor", "role")] == [
            "delivered"
        ]
        await orcid.retract(TENANT, "role", "editor", "an error")
        await orcid.retract(TENANT, "item", "word")
        await journal.work()
        states = [
            one.state
            for kind, key in (("role", "editor"), ("item", "word"))
            for one in await orcid.deliveries(TENANT, key, kind)  # type: ignore[arg-type]
        ]
    assert states == ["withdrawn", "withdrawn"]
    assert held(journal, orcid_id, "service") == held(journal, orcid_id, "keyword") == 0


async def test_a_versions_deliveries_are_found_by_its_own_key(journal: Journal) -> None:
    """The editor asks by the key that they know, though versions share one delivery."""
    await journal.connect("ada", journal.person())
    await journal.declare(article(author(), key="v2", lineage="paper"))
    async with OrcidConnect(journal.services.settings, clock=journal.clock).running() as orcid:
        by_version = await orcid.deliveries(TENANT, "v2")
        by_lineage = await orcid.deliveries(TENANT, "paper")
    assert [one.state for one in by_version] == ["delivered"]
    assert by_version == by_lineage


async def test_hooks_declare_every_kind(journal: Journal) -> None:
    """A host that runs pluggy starts and ends roles, declares and retracts anything by hooks."""
    orcid_id = journal.person()
    await journal.connect("ada", orcid_id, scope=EVERYTHING)
    host = pluggy.PluginManager("orcid_connect")
    host.add_hookspecs(hookspecs)
    host.register(OrcidConnect(journal.services.settings, clock=journal.clock).triggers)
    host.hook.orcid_role_started(role=role())
    host.hook.orcid_declare(declaration=keyword())
    host.hook.orcid_review_completed(review=review())
    host.hook.orcid_role_ended(tenant=TENANT, key="editor", end="2026-06")
    await journal.work()
    (service,) = journal.simulator.items(orcid_id, "service")
    assert service["end-date"]["year"]["value"] == "2026"
    assert held(journal, orcid_id, "keyword") == held(journal, orcid_id, "peer-review") == 1
    host.hook.orcid_review_withdrawn(tenant=TENANT, key="r1", reason="")
    host.hook.orcid_retract(tenant=TENANT, kind="item", key="word", reason="")
    await journal.work()
    assert held(journal, orcid_id, "keyword") == held(journal, orcid_id, "peer-review") == 0
    with pytest.raises(InputError, match="was ever declared"):
        host.hook.orcid_role_ended(tenant=TENANT, key="nobody", end="2026-06")
