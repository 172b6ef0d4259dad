"""By what declared things are told to be the same, whatever key a host gave them.

What we named a thing by ourselves tells nothing of it: of two keys, it differs always.
"""

import json

from orcid_connect import codec
from orcid_connect.codec import Identity, Payload
from orcid_connect.mapping import own_role_id
from orcid_connect.records import ItemKind
from orcid_connect.store.declared import Subject


def likeness(subject: Subject, kind: ItemKind, payload: Payload) -> Identity:
    """Return by what something declared is the same as another."""
    besides: Identity = frozenset()
    if subject.kind == "role":
        besides = frozenset({own_role_id(kind, subject.tenant, subject.key)})
    return codec.identity(kind, payload, besides=besides)


def likeness_of_body(subject: Subject, kind: ItemKind, body: str) -> Identity:
    """Return it of a payload as it is kept."""
    return likeness(subject, kind, json.loads(body))
