"""By what declared things are told to be the same, whatever key a host gave them.

What we named a thing by ourselves tells nothing of it: of two keys, it differs always.
"""

import json
from collections.abc import Iterable

from sqlalchemy import Connection

from orcid_connect import codec
from orcid_connect.codec import Identity, Payload
from orcid_connect.mapping import own_role_id
from orcid_connect.records import ItemKind
from orcid_connect.store import bulk
from orcid_connect.store.declared import Subject
from orcid_connect.store.ledger import Delivery


def likeness(subject: Subject, kind: ItemKind, payload: Payload) -> Identity:
    """Return by what something declared is the same as another."""
    besides: Identity = frozenset()
    if subject.kind == "role":
        besides = frozenset({own_role_id(kind, subject.tenant, subject.key)})
    return codec.identity(kind, payload, besides=besides)


def likeness_of_body(subject: Subject, kind: ItemKind, body: str) -> Identity:
    """Return it of a payload as it is kept."""
    return likeness(subject, kind, json.loads(body))


def stands_unknown(row: Delivery) -> bool:
    """Tell whether an item stands of which is not known what it says: all that it ever was."""
    return row.put_code is not None and row.known_hash is None


def marks_standing(connection: Connection, rows: Iterable[Delivery]) -> frozenset[str]:
    """Return by what those rows are known that are no works, as their items stand on records."""
    standing = [row for row in rows if row.activity != "work" and row.put_code is not None]
    bodies = bulk.bodies_of(connection, (row.known_hash for row in standing))
    return frozenset(
        mark
        for row in standing
        if row.known_hash in bodies
        for mark in codec.marks(
            row.activity, likeness_of_body(row.subject, row.activity, bodies[row.known_hash])
        )
    )
