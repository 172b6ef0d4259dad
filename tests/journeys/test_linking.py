"""The flow of connecting without any page: what is stored, told, queued and revoked."""

import asyncio
import re
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from orcid_connect.declarations import Person
from orcid_connect.errors import LinkingError, SettingsError, StoreError
from orcid_connect.journeys import linking
from orcid_connect.journeys.arriving import Proven
from orcid_connect.journeys.link_states import read_state
from orcid_connect.journeys.linking import Completion, Leaving, Outcome
from orcid_connect.journeys.record_states import RecordState
from orcid_connect.journeys.revoking import BATCH
from orcid_connect.journeys.settling_links import Settlement
from orcid_connect.services import Services
from orcid_connect.store import people
from orcid_connect.store.people import NewLink
from tests.web.host import Journal, query, running_journal

pytestmark = pytest.mark.anyio

ANNE = Person(tenant="rivers", key="anne")
BERT = Person(tenant="rivers", key="bert")
BROWSER = "a browser"


@pytest.fixture
async def journal(tmp_path: Path, database: str, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal whose credential may write."""
    async with running_journal(tmp_path, database=database) as running:
        yield running


@pytest.fixture
def ada(journal: Journal) -> str:
    """The iD of somebody at ORCID."""
    return journal.sim.add_person("Ada", "Lovelace").orcid


async def rename(services: Services, table: str, name: str) -> None:
    """Give a table another name."""
    async with services.database.writing() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


async def connect(
    journal: Journal, person: Person, orcid: str, scope: str | None = None
) -> Completion:
    """Send a person to ORCID, have them agree, and take them back."""
    url = await linking.begin(journal.services, person, Leaving(), BROWSER)
    back = query(journal.answer(url, orcid, scope))
    return await linking.complete(journal.services, BROWSER, back.items(), person)


async def rows(services: Services, table: str) -> list[dict[str, Any]]:
    """Return everything in a table."""
    async with services.database.reading() as connection:
        result = await connection.execute(text(f"SELECT * FROM {table}"))
        return [dict(row) for row in result.mappings()]


async def test_begin_writes_nothing(journal: Journal) -> None:
    """Leaving for ORCID stores nothing, so nobody can fill the database by pressing a button."""
    for _ in range(3):
        await linking.begin(journal.services, ANNE, Leaving("/x"), BROWSER)
    for table in ("oc_used_states", "oc_links", "oc_notices", "oc_revocations"):
        assert await rows(journal.services, table) == []


def layers(state: str) -> str:
    """Return a state with everything in it that reads as base64, one layer after another."""
    found, texts = state, [state]
    while texts:
        for part in texts.pop().split("."):
            with suppress(ValueError):
                text = urlsafe_b64decode(part + "==").decode("utf-8", "replace")
                found += text
                texts += [text] if part else []
    return found


async def test_state_tells_nothing(journal: Journal) -> None:
    """The state lands in logs and at ORCID: neither person, browser nor destination is in it."""
    person = Person(tenant="rivers-of-asia", key="anne@rivers.example")
    url = await linking.begin(
        journal.services, person, Leaving("/submissions/secret-title"), BROWSER
    )
    travelling = query(url)["state"]
    for fact in ("anne", "rivers", "asia", "secret-title", "default", "simulator", BROWSER):
        assert fact not in layers(travelling)
    state = read_state(journal.settings, journal.sim.clock.now, travelling)
    assert state.return_to == "/submissions/secret-title"
    for fact in ("anne@", "asia", BROWSER):
        assert fact not in str(state)
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,600}", travelling)


@pytest.mark.parametrize("character", ["k", "語", "\U0001f41f"])
async def test_long_keys(journal: Journal, ada: str, character: str) -> None:
    """However long a host's keys are, the state stays short enough for ORCID and comes back."""
    person = Person(tenant=character * 400, key=character * 500)
    back = "/" + "a" * 799
    url = await linking.begin(journal.services, person, Leaving(back), BROWSER)
    assert len(query(url)["state"]) < 2000
    answer = query(journal.answer(url, ada))
    done = await linking.complete(journal.services, BROWSER, answer.items(), person)
    assert done.outcome is Outcome.CONNECTED
    assert done.state is not None
    assert done.state.return_to == back


async def test_return_address_that_cannot_be_carried(journal: Journal) -> None:
    """An address that is too long in UTF-8 is refused before anybody leaves."""
    with pytest.raises(LinkingError) as raised:
        await linking.begin(journal.services, ANNE, Leaving("/" + "語" * 700), BROWSER)
    assert raised.value.outcome == "return-address"


async def test_nobody_there(journal: Journal, ada: str) -> None:
    """With nobody signed in at the host nothing is linked, and the state is good for later."""
    url = await linking.begin(journal.services, ANNE, Leaving(), BROWSER)
    back = query(journal.answer(url, ada))
    done = await linking.complete(journal.services, BROWSER, back.items(), None)
    assert (done.outcome, done.link) == (Outcome.NOBODY, None)
    assert not journal.requests_of("/oauth/token")
    assert await rows(journal.services, "oc_links") == []
    assert await rows(journal.services, "oc_used_states") == []
    done = await linking.complete(journal.services, BROWSER, back.items(), ANNE)
    assert done.outcome is Outcome.CONNECTED


async def test_no_credential_for_the_tenant(tmp_path: Path) -> None:
    """A tenant that no credential serves is a fault of the settings, told with its name."""
    async with running_journal(tmp_path) as journal:
        credential = journal.credential.model_copy(update={"tenants": ("lakes",)})
        settings = journal.settings.model_copy(update={"credentials": (credential,)})
        services = replace(journal.services, settings=settings)
        with pytest.raises(SettingsError, match="rivers"):
            await linking.begin(services, ANNE, Leaving(), BROWSER)


async def test_kept(journal: Journal, ada: str) -> None:
    """A link keeps the iD, name, scopes and expiry; both tokens are sealed for their owner."""
    done = await connect(journal, ANNE, ada)
    assert done.outcome is Outcome.CONNECTED
    [link] = await rows(journal.services, "oc_links")
    assert (link["orcid"], link["name"], link["state"]) == (ada, "Ada Lovelace", "active")
    assert link["environment"] == "simulator"
    assert link["expires_at"] > journal.sim.clock.now() + 600_000_000
    assert done.link is not None
    token = done.link.token(journal.services.vault)
    assert token is not None
    assert [token.get_secret_value()] == journal.tokens(ada)
    for secret in journal.sim.secrets():
        assert secret not in str(link)


async def test_told_once(journal: Journal, ada: str) -> None:
    """Plugins are told of a new link, not of its renewal, and of its end with the reason."""
    await connect(journal, ANNE, ada)
    await connect(journal, ANNE, ada)
    await linking.disconnect(journal.services, ANNE.tenant, ANNE.key)
    told = [(row["hook"], row["facts"]) for row in await rows(journal.services, "oc_notices")]
    assert [hook for hook, _ in told] == ["orcid_link_made", "orcid_link_ended"]
    assert all(ada in facts for _, facts in told)
    assert "disconnected" in told[1][1]
    assert not any(secret in str(told) for secret in journal.sim.secrets())


async def test_two_accounts_at_once(journal: Journal, ada: str) -> None:
    """Of two accounts that come back with one iD at the same moment exactly one gets it."""
    done = await asyncio.gather(connect(journal, ANNE, ada), connect(journal, BERT, ada))
    assert {item.outcome for item in done} == {Outcome.CONNECTED, Outcome.OTHER_ACCOUNT}
    assert await linking.revoke_due(journal.services) == 1
    assert len(journal.tokens(ada)) == 1


async def test_one_state_twice_at_once(journal: Journal, ada: str) -> None:
    """Of two requests with one state at the same moment only one exchanges the code."""
    url = await linking.begin(journal.services, ANNE, Leaving(), BROWSER)
    back = query(journal.answer(url, ada))
    both = [linking.complete(journal.services, BROWSER, back.items(), ANNE) for _ in range(2)]
    done = await asyncio.gather(*both)
    assert {item.outcome for item in done} == {Outcome.CONNECTED, Outcome.STALE}
    assert len(journal.requests_of("/oauth/token")) == 1


async def test_used_states_are_forgotten_in_time(journal: Journal, ada: str) -> None:
    """A used state is remembered until it would be refused as expired, and then dropped."""
    await connect(journal, ANNE, ada)
    journal.sim.clock.move(journal.settings.state_lifetime + 61)
    await connect(journal, ANNE, ada)
    assert len(await rows(journal.services, "oc_used_states")) == 1


async def test_credential_gone_meanwhile(journal: Journal, ada: str) -> None:
    """If the credential was taken out of the settings meanwhile, the code is not sent anywhere."""
    url = await linking.begin(journal.services, ANNE, Leaving(), BROWSER)
    back = query(journal.answer(url, ada))
    renamed = journal.credential.model_copy(update={"name": "another"})
    settings = journal.settings.model_copy(update={"credentials": (renamed,)})
    services = replace(journal.services, settings=settings)
    done = await linking.complete(services, BROWSER, back.items(), ANNE)
    assert (done.outcome, done.reason) == (Outcome.FAILED, "settings")
    assert not journal.requests_of("/oauth/token")


async def test_database_breaks_after_the_exchange(journal: Journal, ada: str) -> None:
    """A token that can be neither kept nor queued is revoked at once, and the error is told."""
    url = await linking.begin(journal.services, ANNE, Leaving(), BROWSER)
    back = query(journal.answer(url, ada))
    await rename(journal.services, "oc_links", "oc_lost")
    with pytest.raises(StoreError):
        await linking.complete(journal.services, BROWSER, back.items(), ANNE)
    await rename(journal.services, "oc_lost", "oc_links")
    assert journal.tokens(ada) == []


async def test_the_same_token_again_is_not_revoked(journal: Journal, ada: str) -> None:
    """Who connects again and is given the token they have keeps it, here and at ORCID."""
    services = journal.services
    done = await connect(journal, ANNE, ada)
    assert done.link is not None
    assert done.state is not None
    token = done.link.token(services.vault)
    assert token is not None
    again = NewLink(
        tenant=ANNE.tenant,
        person_key=ANNE.key,
        realm=done.link.realm,
        orcid=ada,
        name=None,
        scopes=done.link.scopes,
        access_token=token,
        refresh_token=None,
        expires_at=None,
    )
    proven = Proven(journal.credential, again)
    async with services.database.writing() as connection:
        await Settlement(services, done.state, proven, RecordState()).decide(connection)
    assert await rows(services, "oc_revocations") == []
    states = sorted(row["state"] for row in await rows(services, "oc_links"))
    assert states == ["active", "ended"]


async def test_reconnecting_after_the_record_was_merged(journal: Journal, ada: str) -> None:
    """Who was moved to a primary iD connects that one in one go."""
    done = await connect(journal, ANNE, ada)
    assert done.link is not None
    async with journal.services.database.writing() as connection:
        await people.end_link(connection, done.link, "moved", "merged", 1.0)
    primary = journal.sim.add_person("Ada", "King").orcid
    assert (await connect(journal, ANNE, primary)).outcome is Outcome.MOVED
    states = {row["orcid"]: row["state"] for row in await rows(journal.services, "oc_links")}
    assert states == {ada: "ended", primary: "active"}


async def test_disconnect_nothing(journal: Journal) -> None:
    """Who is not connected has nothing to disconnect, and nothing is told."""
    assert await linking.disconnect(journal.services, ANNE.tenant, ANNE.key) is None
    assert await rows(journal.services, "oc_notices") == []


async def test_disconnect_forgets_the_token(journal: Journal, ada: str) -> None:
    """After disconnecting the link holds no token; it waits sealed for its revocation alone."""
    await connect(journal, ANNE, ada)
    await linking.disconnect(journal.services, ANNE.tenant, ANNE.key)
    [link] = await rows(journal.services, "oc_links")
    assert (link["state"], link["token_sealed"], link["refresh_sealed"]) == ("ended", None, None)
    assert len(await rows(journal.services, "oc_revocations")) == 1
    assert await linking.revoke_due(journal.services) == 1
    assert await rows(journal.services, "oc_revocations") == []
    assert journal.tokens(ada) == []


async def test_revocations_back_off(journal: Journal, ada: str) -> None:
    """A refused revocation waits longer each time, up to the limit, and is never lost."""
    await connect(journal, ANNE, ada)
    await linking.disconnect(journal.services, ANNE.tenant, ANNE.key)
    journal.sim.add_fault("status", path="/oauth/revoke", status=503)
    waits = []
    for _ in range(14):
        assert await linking.revoke_due(journal.services) == 0
        [row] = await rows(journal.services, "oc_revocations")
        waits.append(row["due_at"] - journal.sim.clock.now())
        assert await linking.revoke_due(journal.services) == 0  # not due yet
        journal.sim.clock.move(waits[-1])
    assert len(journal.requests_of("/oauth/revoke")) == 14
    assert waits[0] <= journal.settings.backoff_base < waits[2] < waits[5]
    assert max(waits) <= journal.settings.backoff_limit
    journal.sim.clear_faults()
    assert await linking.revoke_due(journal.services) == 1


async def test_unreachable_registry_is_asked_once_a_round(journal: Journal) -> None:
    """With ORCID unreachable a round ends at the first time-out; the others stay due."""
    journal.sim.clock.freeze()  # or the first is due again on a slow machine
    for number in range(3):
        orcid = journal.sim.add_person(f"Person {number}").orcid
        person = Person(tenant="rivers", key=str(number))
        await connect(journal, person, orcid)
        await linking.disconnect(journal.services, person.tenant, person.key)
    journal.sim.add_fault("cut-before", path="/oauth/revoke")
    await linking.revoke_due(journal.services)
    assert sum(row["tries"] for row in await rows(journal.services, "oc_revocations")) == 1
    journal.sim.clear_faults()
    assert await linking.revoke_due(journal.services) == 2
    assert BATCH >= 3


async def test_revocation_that_cannot_be_sent_now(journal: Journal, ada: str) -> None:
    """Without its credential or its key a revocation waits, and is sent once they are back."""
    await connect(journal, ANNE, ada)
    await linking.disconnect(journal.services, ANNE.tenant, ANNE.key)
    renamed = journal.credential.model_copy(update={"name": "another"})
    settings = journal.settings.model_copy(update={"credentials": (renamed,)})
    assert await linking.revoke_due(replace(journal.services, settings=settings)) == 0
    journal.sim.clock.move(journal.settings.backoff_limit)
    other_vault = type(journal.services.vault)((type(journal.settings.secret_keys[0])("k" * 32),))
    assert await linking.revoke_due(replace(journal.services, vault=other_vault)) == 0
    journal.sim.clock.move(journal.settings.backoff_limit)
    assert await linking.revoke_due(journal.services) == 1


async def test_realms_do_not_mix(journal: Journal, ada: str) -> None:
    """A link of one environment is none in another, even for the same credential name."""
    await connect(journal, ANNE, ada)
    sandbox = journal.credential.model_copy(
        update={"environment": "sandbox", "site_url": "", "api_url": ""}
    )
    settings = journal.settings.model_copy(update={"credentials": (sandbox,)})
    services = replace(journal.services, settings=settings)
    assert await linking.current_link(services, ANNE) is None
    # Disconnecting ends what there is, of whatever environment: it must not write unseen.
    assert await linking.disconnect(services, ANNE.tenant, ANNE.key) is not None
    ended = await linking.current_link(journal.services, ANNE)
    assert ended is not None
    assert ended.state == "ended"
