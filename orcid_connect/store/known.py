"""What is known of declared things: by entry, the newest that was said of each.

An entry is a key of a host's: of a subject, or of one version within its lineage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.store.declared import Entry, Subject, SubjectKind
from orcid_connect.store.people import VALUES_PER_QUERY
from orcid_connect.store.schema import declarations


@dataclass(frozen=True, slots=True)
class Known:
    """The newest that was said of one entry, as it is stored."""

    entry: Entry
    sequence: int
    as_of: float
    received_at: float
    withdrawn: bool
    body: str

    @property
    def own_key(self) -> str:
        """The host's key of it."""
        return self.entry.member or self.entry.subject.key


_NEWEST_AS_OF: Final = select(func.max(declarations.c.as_of)).where(
    declarations.c.tenant == bindparam("tenant"),
    declarations.c.kind == bindparam("kind"),
    declarations.c.key == bindparam("key"),
)
_WHOLE: Final = declarations.c.member.is_(None)
_ENDED: Final = and_(_WHOLE, declarations.c.withdrawn.is_(True))
_NEWEST_OF_SUBJECT: Final = _NEWEST_AS_OF.where(_WHOLE)
_NEWEST_OF_MEMBER: Final = _NEWEST_AS_OF.where(
    or_(declarations.c.member == bindparam("member"), _ENDED)
)


def newest_as_of_entry(connection: Connection, entry: Entry) -> float | None:
    """Return the newest `as_of` known of an entry; what ended its whole lineage counts too."""
    query, given = _NEWEST_OF_SUBJECT, _named(entry.subject)
    if entry.member is not None:
        query, given = _NEWEST_OF_MEMBER, given | {"member": entry.member}
    value = connection.execute(query, given).scalar_one()
    return None if value is None else float(value)


async def newest_as_of(connection: AsyncConnection, subject: Subject) -> float | None:
    """Return the newest `as_of` known of a subject."""
    value = (await connection.execute(_NEWEST_AS_OF, _named(subject))).scalar_one()
    return None if value is None else float(value)


def newest_of(connection: Connection, subject: Subject) -> Known | None:
    """Return the newest that was said of a subject that has no versions."""
    found = connection.execute(_newest(subject.tenant, subject.kind, [subject.key])).first()
    return None if found is None else _known(found)


async def known_of(
    connection: AsyncConnection, tenant: str, kind: SubjectKind, keys: Iterable[str]
) -> dict[Entry, Known]:
    """Return the newest that was said of these subjects, of each version by itself."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Entry, Known] = {}
    for start in range(0, len(wanted), VALUES_PER_QUERY):
        query = _newest(tenant, kind, wanted[start : start + VALUES_PER_QUERY])
        for row in await connection.execute(query):
            one = _known(row)
            found[one.entry] = one
    return found


async def keys_known(
    connection: AsyncConnection, tenant: str, kind: SubjectKind, after: str, size: int
) -> list[str]:
    """Return one page of the keys of all subjects of a kind, in order, from behind `after`."""
    query = (
        select(declarations.c.key)
        .where(
            declarations.c.tenant == tenant,
            declarations.c.kind == kind,
            declarations.c.key > after,
        )
        .distinct()
        .order_by(declarations.c.key)
        .limit(size)
    )
    return [row.key for row in await connection.execute(query)]


def standing(known: Iterable[Known]) -> list[Known]:
    """Return those that are not withdrawn, by themselves or with their whole lineage."""
    listed = list(known)
    whole = {
        one.entry.subject: one.as_of for one in listed if one.entry.member is None and one.withdrawn
    }
    return [
        one
        for one in listed
        if not one.withdrawn and one.as_of > whole.get(one.entry.subject, float("-inf"))
    ]


def _named(subject: Subject) -> dict[str, str]:
    return {"tenant": subject.tenant, "kind": subject.kind, "key": subject.key}


def _newest(tenant: str, kind: SubjectKind, keys: Sequence[str]) -> Select[Any]:
    columns = [
        declarations.c[name]
        for name in (
            "tenant", "kind", "key", "member", "sequence", "as_of", "received_at", "withdrawn",
            "body",
        )
    ]  # fmt: skip
    place = func.row_number().over(
        partition_by=(declarations.c.key, declarations.c.member),
        order_by=(declarations.c.as_of.desc(), declarations.c.sequence.desc()),
    )
    ranked = (
        select(*columns, place.label("place"))
        .where(
            declarations.c.tenant == tenant,
            declarations.c.kind == kind,
            declarations.c.key.in_(keys),
        )
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1)


def _known(row: Any) -> Known:
    return Known(
        entry=Entry(Subject(row.tenant, row.kind, row.key), row.member),
        sequence=row.sequence,
        as_of=row.as_of,
        received_at=row.received_at,
        withdrawn=row.withdrawn,
        body=row.body,
    )
