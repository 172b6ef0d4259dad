"""The smallest valid body of every kind, and how to change one place in it."""

from copy import deepcopy
from typing import Any

from orcid_connect.simulator.judging import AFFILIATIONS, JSON

ORGANIZATION: JSON = {
    "name": "Example Observatory",
    "address": {"city": "Lyon", "country": "FR"},
    "disambiguated-organization": {
        "disambiguated-organization-identifier": "https://ror.org/02feahw73",
        "disambiguation-source": "ROR",
    },
}
IDENTIFIER: JSON = {
    "external-id-type": "doi",
    "external-id-value": "10.5555/one",
    "external-id-relationship": "self",
}
IDENTIFIERS: JSON = {"external-id": [IDENTIFIER]}
TITLE: JSON = {"title": {"value": "Bees"}}
RESOURCE: JSON = {
    "hosts": {"organization": [ORGANIZATION]},
    "external-ids": IDENTIFIERS,
}
SMALLEST: dict[str, JSON] = {
    "work": {"title": TITLE, "type": "book", "external-ids": IDENTIFIERS},
    "peer-review": {
        "reviewer-role": "reviewer",
        "review-identifiers": IDENTIFIERS,
        "review-type": "review",
        "review-completion-date": {"year": {"value": "2024"}},
        "review-group-id": "publons:12",
        "convening-organization": ORGANIZATION,
    },
    "funding": {
        "type": "grant",
        "title": TITLE,
        "organization": ORGANIZATION,
        "external-ids": IDENTIFIERS,
    },
    "research-resource": {
        "proposal": {"title": TITLE, **RESOURCE},
        "resource-item": [{"resource-name": "R", "resource-type": "equipment", **RESOURCE}],
    },
    "group-id-record": {
        "name": "N",
        "group-id": "orcid-generated:ab",
        "description": "D",
        "type": "journal",
    },
    "external-identifier": {
        "external-id-type": "Example ID",
        "external-id-value": "E-1",
        "external-id-url": {"value": "https://example.org/e1"},
        "external-id-relationship": "self",
    },
    "keyword": {"content": "bees"},
    "other-name": {"content": "A. B. Writer"},
    "researcher-url": {"url": {"value": "https://example.org/me"}},
    "address": {"country": {"value": "FR"}},
    **{kind: {"organization": ORGANIZATION} for kind in AFFILIATIONS},
}


def changed(kind: str, path: str, value: Any) -> JSON:
    """Give the smallest body of a kind with another value at a dotted path."""
    body = deepcopy(SMALLEST[kind])
    place: Any = body
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in parents:
        place = place[part] if isinstance(part, int) else place.setdefault(part, {})
    place[last] = value
    return body
