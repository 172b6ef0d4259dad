"""Links between people and iDs, the states of connections under way, and revocations to do.

Every function takes the connection of a transaction; the caller decides what belongs together.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import Column, ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.schema import links, revocations, used_states
from orcid_connect.store.vault import Vault

VALUES_PER_QUERY = 500
"""SQLite limits the parameters of one statement."""
LinkState = Literal["active", "revoked", "moved", "ended"]
Closed = Literal["locked", "deactivated"]
"""How ORCID may have closed a record that a link leads to."""


@dataclass(frozen=True, slots=True)
class Realm:
    """Whose word an iD is: a credential in its environment. Realms never mix."""

    credential: str
    environment: str


@dataclass(frozen=True, slots=True)
class Link:
    """A person of a tenant, connected to an iD; the token stays sealed until it is needed."""

    id: str
    tenant: str
    person_key: str
    realm: Realm
    orcid: str
    name: str | None
    scopes: frozenset[str]
    state: LinkState
    token_sealed: str | None
    made_at: float
    reason: str | None
    closed: Closed | None = None

    def token(self, vault: Vault) -> SecretStr | None:
        """Open the access token, if one is kept; raises `SealBroken`."""
        if self.token_sealed is None:
            return None
        return vault.open(self.token_sealed, tenant=self.tenant, person=self.person_key)


@dataclass(frozen=True, slots=True)
class NewLink:
    """What a completed sign-in gives us to keep."""

    tenant: str
    person_key: str
    realm: Realm
    orcid: str
    name: str | None
    scopes: frozenset[str]
    access_token: SecretStr
    refresh_token: SecretStr | None
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class Revocation:
    """A token that ORCID still has to be told to forget."""

    id: str
    realm: Realm
    tenant: str
    person_key: str
    token_sealed: str
    tries: int


async def use_state(connection: AsyncConnection, fingerprint: str, expires_at: float) -> bool:
    """Mark a state as used; false if it was used before."""
    try:
        async with connection.begin_nested():
            await connection.execute(
                insert(used_states).values(fingerprint=fingerprint, expires_at=expires_at)
            )
    except IntegrityError:
        return False
    return True


async def forget_states(connection: AsyncConnection, now: float) -> None:
    """Drop used states that have expired anyway."""
    await connection.execute(delete(used_states).where(used_states.c.expires_at < now))


async def active_link(
    connection: AsyncConnection, realm: Realm, tenant: str, person_key: str
) -> Link | None:
    """Return the person's link, if it may be written to."""
    return await _one(connection, realm, tenant, links.c.person_key == person_key)


async def link_by_orcid(
    connection: AsyncConnection, realm: Realm, tenant: str, orcid: str
) -> Link | None:
    """Return whoever of this tenant is linked to this iD."""
    return await _one(connection, realm, tenant, links.c.orcid == orcid)


async def kept_links(connection: AsyncConnection, tenant: str, person_key: str) -> list[Link]:
    """Return all links of a person that they did not end here, of whatever credential."""
    query = select(links).where(
        links.c.tenant == tenant, links.c.person_key == person_key, links.c.state != "ended"
    )
    return [link_of_row(row) for row in await connection.execute(query.order_by(links.c.state))]


async def last_link(
    connection: AsyncConnection, realm: Realm, tenant: str, person_key: str
) -> Link | None:
    """Return the person's newest link in whatever state."""
    query = (
        select(links)
        .where(*_within(realm, tenant), links.c.person_key == person_key)
        .order_by(links.c.made_at.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return None if row is None else link_of_row(row)


async def link_with_id(connection: AsyncConnection, link_id: str) -> Link | None:
    """Return one link in whatever state."""
    row = (await connection.execute(select(links).where(links.c.id == link_id))).first()
    return None if row is None else link_of_row(row)


async def newest_links(
    connection: AsyncConnection, realm: Realm, tenant: str, person_keys: Sequence[str]
) -> dict[str, Link]:
    """Return each person's newest link in whatever state; an active one before any other."""
    found: dict[str, Link] = {}
    async for row in _rows(connection, realm, tenant, links.c.person_key, person_keys):
        link = link_of_row(row)
        known = found.get(link.person_key)
        if known is None or known.state != "active":
            found[link.person_key] = link
    return found


async def links_by_orcid(
    connection: AsyncConnection, realm: Realm, tenant: str, orcids: Sequence[str]
) -> dict[str, Link]:
    """Return who of this tenant is linked to these iDs now."""
    found = [
        link_of_row(row) async for row in _rows(connection, realm, tenant, links.c.orcid, orcids)
    ]
    return {link.orcid: link for link in found if link.state == "active"}


async def authenticated_orcids(
    connection: AsyncConnection, realm: Realm, tenant: str, person_keys: Sequence[str]
) -> dict[str, str]:
    """Return the iDs that these people proved to be theirs and did not take back here.

    A permission that ended at ORCID does not make the proof untrue; disconnecting here does.
    """
    found = await newest_links(connection, realm, tenant, person_keys)
    return {key: link.orcid for key, link in found.items() if link.state != "ended"}


async def _rows(
    connection: AsyncConnection,
    realm: Realm,
    tenant: str,
    column: Column[Any],
    values: Sequence[str],
) -> AsyncIterator[Row[Any]]:
    """Walk the links with one of these values, oldest first."""
    for start in range(0, len(values), VALUES_PER_QUERY):
        part = values[start : start + VALUES_PER_QUERY]
        query = select(links).where(*_within(realm, tenant), column.in_(part))
        for row in await connection.execute(query.order_by(links.c.made_at)):
            yield row


async def make_link(connection: AsyncConnection, vault: Vault, new: NewLink, now: float) -> Link:
    """Store a link, replacing what this person had; the unique indexes refuse a second owner."""
    owner = {"tenant": new.tenant, "person": new.person_key}
    await connection.execute(
        update(links)
        .where(
            *_within(new.realm, new.tenant),
            links.c.person_key == new.person_key,
            or_(links.c.state == "active", links.c.state == "revoked", links.c.state == "moved"),
        )
        .values(state="ended", ended_at=now, reason="replaced by a newer link", token_sealed=None)
    )
    link_id = uuid4().hex
    refresh = new.refresh_token
    await connection.execute(
        insert(links).values(
            id=link_id,
            tenant=new.tenant,
            person_key=new.person_key,
            environment=new.realm.environment,
            credential=new.realm.credential,
            orcid=new.orcid,
            name=new.name,
            scopes=" ".join(sorted(new.scopes)),
            state="active",
            token_sealed=vault.seal(new.access_token, **owner),
            refresh_sealed=None if refresh is None else vault.seal(refresh, **owner),
            expires_at=new.expires_at,
            made_at=now,
        )
    )
    made = await link_with_id(connection, link_id)
    assert made is not None
    return made


async def end_link(
    connection: AsyncConnection, link: Link, state: LinkState, reason: str, now: float
) -> bool:
    """End a link that is still in the state it was read in; false if it is not any more.

    `revoked` and `moved` keep the token, which still deletes; `ended` forgets it.
    """
    kept = {} if state in ("revoked", "moved") else {"token_sealed": None, "refresh_sealed": None}
    done = await connection.execute(
        update(links)
        .where(links.c.id == link.id, links.c.state == link.state)
        .values(state=state, reason=reason, ended_at=now, **kept)
    )
    return done.rowcount == 1


async def reinstate(connection: AsyncConnection, link_id: str) -> Link | None:
    """Make a revoked link active again, unless person or iD have another by now."""
    link = await link_with_id(connection, link_id)
    if link is None or link.state != "revoked":
        return None
    if await active_link(connection, link.realm, link.tenant, link.person_key) is not None:
        return None
    if await link_by_orcid(connection, link.realm, link.tenant, link.orcid) is not None:
        return None
    await connection.execute(
        update(links).where(links.c.id == link_id).values(state="active", reason=None)
    )
    return link


async def others_on_record(connection: AsyncConnection, link: Link) -> list[Link]:
    """Return the other active links to this link's record, of whatever tenant."""
    query = select(links).where(
        links.c.credential == link.realm.credential,
        links.c.environment == link.realm.environment,
        links.c.orcid == link.orcid,
        links.c.state == "active",
        links.c.id != link.id,
    )
    return [link_of_row(row) for row in await connection.execute(query)]


async def queue_revocation(connection: AsyncConnection, link: Link, now: float) -> None:
    """Note that ORCID has to be told to forget this link's token."""
    if link.token_sealed is None:
        return
    await connection.execute(
        insert(revocations).values(
            id=uuid4().hex,
            credential=link.realm.credential,
            environment=link.realm.environment,
            tenant=link.tenant,
            person_key=link.person_key,
            token_sealed=link.token_sealed,
            due_at=now,
            tries=0,
        )
    )


async def due_revocations(connection: AsyncConnection, now: float, limit: int) -> list[Revocation]:
    """Return revocations whose time has come, oldest first."""
    query = (
        select(revocations)
        .where(revocations.c.due_at <= now)
        .order_by(revocations.c.due_at)
        .limit(limit)
    )
    return [
        Revocation(
            id=row.id,
            realm=Realm(row.credential, row.environment),
            tenant=row.tenant,
            person_key=row.person_key,
            token_sealed=row.token_sealed,
            tries=row.tries,
        )
        for row in await connection.execute(query)
    ]


async def revocation_done(connection: AsyncConnection, revocation_id: str) -> None:
    """Forget a revocation that ORCID has answered."""
    await connection.execute(delete(revocations).where(revocations.c.id == revocation_id))


async def postpone_revocation(
    connection: AsyncConnection, revocation_id: str, due_at: float
) -> None:
    """Try a revocation again later."""
    await connection.execute(
        update(revocations)
        .where(revocations.c.id == revocation_id)
        .values(due_at=due_at, tries=revocations.c.tries + 1)
    )


async def links_page(connection: AsyncConnection, after: str, size: int) -> list[Link]:
    """Return one page of the links that may be written to, by id, from behind `after`."""
    query = (
        select(links)
        .where(links.c.state == "active", links.c.id > after)
        .order_by(links.c.id)
        .limit(size)
    )
    return [link_of_row(row) for row in await connection.execute(query)]


async def page(
    connection: AsyncConnection, tenant: str, state: str | None, after: str, size: int
) -> list[Link]:
    """Return one page of a tenant's links by id, from behind `after`, in one state or in any."""
    query = select(links).where(links.c.tenant == tenant, links.c.id > after)
    if state is not None:
        query = query.where(links.c.state == state)
    rows = await connection.execute(query.order_by(links.c.id).limit(size))
    return [link_of_row(row) for row in rows]


async def count_links(connection: AsyncConnection) -> int:
    """Return the number of links that may be written to."""
    query = select(func.count()).select_from(links).where(links.c.state == "active")
    return int((await connection.execute(query)).scalar_one())


def _within(realm: Realm, tenant: str) -> tuple[ColumnElement[bool], ...]:
    return (
        links.c.credential == realm.credential,
        links.c.environment == realm.environment,
        links.c.tenant == tenant,
    )


async def _one(
    connection: AsyncConnection, realm: Realm, tenant: str, condition: ColumnElement[bool]
) -> Link | None:
    query = select(links).where(*_within(realm, tenant), condition, links.c.state == "active")
    row = (await connection.execute(query)).first()
    return None if row is None else link_of_row(row)


def link_of_row(row: Row[Any]) -> Link:
    """Read a link."""
    return Link(
        id=row.id,
        tenant=row.tenant,
        person_key=row.person_key,
        realm=Realm(row.credential, row.environment),
        orcid=row.orcid,
        name=row.name,
        scopes=frozenset(row.scopes.split()),
        state=row.state,
        token_sealed=row.token_sealed,
        made_at=row.made_at,
        reason=row.reason,
        closed=row.closed,
    )
