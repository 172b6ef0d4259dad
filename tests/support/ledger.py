"""Rows for tests that look at the ledger and need no registry."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect import Credential, Settings
from orcid_connect.plugins import Plugins
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store.declared import Subject
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Realm
from orcid_connect.store.schema import deliveries
from tests.support.clock import MovedClock
from tests.support.keys import SECRET_KEY

REALM = Realm("default", "simulator")
ORCID = "0000-0002-1825-0097"


def settings_without_registry(database: str, **changes: Any) -> Settings:
    """Return settings whose registry is nowhere: nothing is sent."""
    credential = Credential(
        client_id="APP-NOWHERE",
        client_secret=SecretStr("nobody's"),
        environment="simulator",
        site_url="http://127.0.0.1:9",
    )
    values: dict[str, Any] = {
        "public_url": "http://journal.test/orcid",
        "secret_keys": [SECRET_KEY],
        "credentials": [credential],
        "database": database,
        "load_plugins": False,
        "engine": "off",
        "hook_timeout": 0.2,
    }
    return Settings(**(values | changes))


@asynccontextmanager
async def services_on(
    database: str, clock: MovedClock, *plugins: object, **changes: Any
) -> AsyncIterator[Services]:
    """Open services without a registry."""
    settings = settings_without_registry(database, **changes)
    loaded = Plugins(plugins, timeout=settings.hook_timeout, clock=clock)
    services = await Services.open(settings, loaded, clock=clock)
    try:
        yield services
    finally:
        await services.close()


def delivery(number: int, **changes: Any) -> Delivery:
    """Return a row whose id begins with its number in eight digits."""
    tenant, key = changes.pop("tenant", "journal"), changes.pop("key", f"a{number}")
    row = Delivery(
        id=f"{number:08x}{UUID(int=number).hex[8:]}",
        subject=Subject(tenant, changes.pop("kind", "article"), key),
        realm=REALM,
        person="key:ada",
        activity="work",
        state="waiting",
    )
    return replace(row, **changes)


async def fill(services: Services, *rows: Delivery, changed_at: float | None = None) -> None:
    """Store rows as if they changed at a time, now unless said otherwise."""
    at = services.clock() if changed_at is None else changed_at
    async with services.database.writing() as connection:
        await ledger.add(connection, list(rows), at)


async def keep(services: Services, text: str, at: float) -> str:
    """Keep a payload that says this; return its hash."""
    digest = sha256(text.encode()).hexdigest()
    async with services.database.writing() as connection:
        await ledger.keep_payload(connection, digest, f'{{"title": "{text}"}}', at)
    return digest


async def row_of(services: Services, number: int) -> Delivery:
    """Return the row of this number as it is stored."""
    async with services.database.reading() as connection:
        row = await ledger.get(connection, delivery(number).id)
    assert row is not None
    return row


async def rows_by_id(
    connection: AsyncConnection, *, key: str | None = None, after: str = "", size: int = 1000
) -> list[Delivery]:
    """Return rows by id, from behind `after`: of one article or review, or all."""
    query = select(deliveries).where(deliveries.c.id > after)
    if key is not None:
        query = query.where(deliveries.c.subject_key == key)
    found = await connection.execute(query.order_by(deliveries.c.id).limit(size))
    return [ledger.delivery_of_row(row) for row in found]
