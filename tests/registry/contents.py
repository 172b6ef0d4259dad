"""One small valid item of each kind that can be written (REGISTRY.md 4.11)."""

from typing import Any

from orcid_connect.records import ItemKind
from tests.simulator import bodies

AFFILIATIONS: tuple[ItemKind, ...] = (
    "distinction",
    "education",
    "employment",
    "invited-position",
    "membership",
    "qualification",
    "service",
)

CONTENTS: dict[ItemKind, dict[str, Any]] = {
    "work": bodies.work("10.5555/one"),
    "funding": bodies.funding(),
    "peer-review": bodies.review(),
    "research-resource": bodies.resource(),
    **{kind: bodies.affiliation() for kind in AFFILIATIONS},
    "researcher-url": {"url-name": "Home", "url": {"value": "https://grace.example"}},
    "other-name": {"content": "G. Brewster"},
    "keyword": {"content": "compilers"},
    "address": {"country": {"value": "US"}},
    "external-identifier": {
        "external-id-type": "Scopus",
        "external-id-value": "7",
        "external-id-url": {"value": "https://scopus.example/7"},
        "external-id-relationship": "self",
    },
}
