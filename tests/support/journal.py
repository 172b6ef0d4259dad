"""A journal to test with: services on a fresh database, and a simulator behind real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from orcid_connect import Article, Contributor, Credential, Settings
from orcid_connect.declarations import AnyDeclaration, Review
from orcid_connect.engines.embedded import work_through
from orcid_connect.journeys.intake import Receipt, take_in, withdraw
from orcid_connect.plugins import Plugins
from orcid_connect.registry.transport import HttpTransport
from orcid_connect.services import Services, realm_of
from orcid_connect.simulator import Simulator, serving
from orcid_connect.store import people
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import NewLink
from orcid_connect.store.replanning import replan_person
from tests.support.clock import MovedClock
from tests.support.keys import SECRET_KEY
from tests.support.ledger import rows_by_id

TENANT = "journal"
WRITING = "/activities/update /read-limited openid"
EVERYTHING = "/activities/update /person/update /read-limited openid"
TIMEOUT = 2.0
"""Seconds for one request, and how long one without an answer is left alone."""


def settings_for(base_url: str, client: Any, database: Path | str, **changes: Any) -> Settings:
    """Return settings for a journal that uses this simulator."""
    credential = Credential(
        client_id=client.client_id,
        client_secret=client.client_secret,
        environment="simulator",
        site_url=base_url,
    )
    values: dict[str, Any] = {
        "public_url": "http://journal.test/orcid",
        "secret_keys": [SECRET_KEY],
        "credentials": [credential],
        "database": str(database),
        "request_timeout": TIMEOUT,
        "hook_timeout": 0.2,
        "load_plugins": False,
    }
    return Settings(**(values | changes))


@dataclass
class Journal:
    """What a test of the journeys drives: declare, connect, let time pass, look."""

    simulator: Simulator
    services: Services
    clock: MovedClock
    client_id: str

    def person(self, given: str = "Ada", family: str = "Lovelace") -> str:
        """Make a person at ORCID and return their iD."""
        return str(self.simulator.add_person(given=given, family=family).orcid)

    async def connect(
        self, person_key: str, orcid: str, *, tenant: str = TENANT, scope: str = WRITING
    ) -> str:
        """Link a person as a completed sign-in does; return the access token."""
        token = self.simulator.issue_token(self.client_id, orcid, scope)
        realm = realm_of(self.services.settings.credential_for(tenant))
        now = self.clock()
        async with self.services.database.writing() as connection:
            await people.make_link(
                connection,
                self.services.vault,
                NewLink(
                    tenant=tenant,
                    person_key=person_key,
                    realm=realm,
                    orcid=orcid,
                    name=None,
                    scopes=frozenset(scope.split()),
                    access_token=SecretStr(token),
                    refresh_token=None,
                    expires_at=None,
                ),
                now,
            )
            await replan_person(connection, tenant, person_key, orcid, now)
        return token

    async def person_who_allows_everything(self) -> str:
        """Make Ada, with every organization known to ORCID and every scope; return her iD."""
        self.simulator.know_organizations("all")
        orcid = self.person()
        await self.connect("ada", orcid, scope=EVERYTHING)
        return orcid

    def with_new_credential(self) -> "Journal":
        """Return the journal with another credential for its tenant, as after a restart."""
        client = self.simulator.add_client(
            kind="member", name="New", redirect_uris=["http://journal.test/orcid/callback"]
        )
        settings = self.services.settings
        (former,) = settings.credentials
        own = former.model_copy(
            update={
                "name": "anew",
                "client_id": client.client_id,
                "client_secret": client.client_secret,
                "tenants": (TENANT,),
            }
        )
        both = settings.model_copy(update={"credentials": (former, own)})
        services = replace(self.services, settings=both)
        return replace(self, services=services, client_id=client.client_id)

    async def declare(self, declaration: AnyDeclaration) -> Receipt:
        """Declare and let everything that is due happen."""
        receipt = await take_in(self.services, declaration)
        await self.work()
        return receipt

    async def withdraw(self, key: str) -> None:
        """Withdraw an article and let everything that is due happen."""
        await withdraw(self.services, TENANT, "article", key, "")
        await self.work()

    async def work(self, after: float = 0.0) -> None:
        """Let time pass and do all that is due then."""
        self.clock.move(after)
        await work_through(self.services)

    def works(self, orcid: str) -> list[dict[str, Any]]:
        """Return the works on a record, whoever put them there."""
        return list(self.simulator.items(orcid, "work"))

    def reviews(self, orcid: str) -> list[dict[str, Any]]:
        """Return the peer reviews on a record."""
        return list(self.simulator.items(orcid, "peer-review"))

    async def rows(self, key: str | None = None) -> list[Delivery]:
        """Return the deliveries of an article or review, or all."""
        async with self.services.database.reading() as connection:
            return await rows_by_id(connection, key=key)

    async def row(self, key: str = "a1") -> Delivery:
        """Return the only delivery of an article or review."""
        (row,) = await self.rows(key)
        return row

    def writes(self) -> list[tuple[str, int]]:
        """Return method and status of every write that reached the registry's API."""
        return [
            (entry["method"], entry["status"])
            for entry in self.simulator.journal()
            if entry["method"] != "GET" and entry["path"].startswith("/api/")
        ]


@asynccontextmanager
async def journal_on(
    database: Path | str,
    clock: MovedClock,
    plugins: Sequence[object] = (),
    http: HttpTransport | None = None,
    **changes: Any,
) -> AsyncIterator[Journal]:
    """Open a journal with its simulator, and close both."""
    simulator = Simulator()
    async with serving(simulator) as base_url:
        client = simulator.add_client(
            kind="member", name="A journal", redirect_uris=["http://journal.test/orcid/callback"]
        )
        settings = settings_for(base_url, client, database, **changes)
        loaded = Plugins(plugins, timeout=settings.hook_timeout, clock=clock)
        services = await Services.open(settings, loaded, clock=clock, http=http)
        try:
            yield Journal(simulator, services, clock, client.client_id)
        finally:
            await services.close()


def has_works(journal: Journal, orcid: str, count: int) -> Callable[[], Awaitable[bool]]:
    """Return the condition that a record holds so many works."""

    async def condition() -> bool:
        return len(journal.works(orcid)) == count

    return condition


def at(day: int, hour: int = 0) -> datetime:
    """Return a moment in May 2026."""
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def article(*authors: Contributor, key: str = "a1", day: int = 1, **changes: Any) -> Article:
    """Return a published article of these authors."""
    values: dict[str, Any] = {
        "tenant": TENANT,
        "key": key,
        "as_of": at(day),
        "title": "On the Analytical Engine",
        "doi": f"10.5555/{key}",
        "journal": "Journal of Engines",
        "issns": ("2049-3630",),
        "published": "2026-05-01",
        "contributors": authors,
    }
    return Article(**(values | changes))


def author(person_key: str | None = "ada", **changes: Any) -> Contributor:
    """Return an author, Ada unless said otherwise."""
    values: dict[str, Any] = {
        "person_key": person_key,
        "given_names": "Ada",
        "family_name": "Lovelace",
    }
    return Contributor(**(values | changes))


def review(key: str = "r1", *, day: int = 1, **changes: Any) -> Review:
    """Return a completed review by Ada."""
    values: dict[str, Any] = {
        "tenant": TENANT,
        "key": key,
        "as_of": at(day),
        "reviewer": author(),
        "completed": "2026-04",
        "issn": "2049-3630",
        "organization": {"name": "Society of Engines", "city": "London", "country": "GB"},
    }
    return Review(**(values | changes))
