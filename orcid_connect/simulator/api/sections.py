"""The sections of a record: their paths, scopes and families (REGISTRY 3.2)."""

from dataclasses import dataclass

from orcid_connect.simulator.judging import AFFILIATIONS


@dataclass(frozen=True, slots=True)
class Section:
    """Where items of one kind live and what it takes to touch them."""

    kind: str
    segment: str  # of single items, and in Location
    plural: str  # of the list
    read_limited: str
    create: frozenset[str]  # any one of these scopes
    update: frozenset[str]
    delete: frozenset[str]
    is_person: bool = False


def _activity(kind: str, plural: str, family: str) -> Section:
    update = frozenset({f"/{family}/update"})
    create = update | {f"/{family}/create"}
    return Section(kind, kind, plural, f"/{family}/read-limited", create, update, update)


def _person(kind: str, plural: str, write: str = "/orcid-bio/update") -> Section:
    delete = frozenset({"/orcid-bio/update"})
    written = frozenset({write})
    limited = "/orcid-bio/read-limited"
    return Section(kind, plural, plural, limited, written, written, delete, is_person=True)


SECTIONS: dict[str, Section] = {
    section.kind: section
    for section in (
        _activity("work", "works", "orcid-works"),
        _activity("funding", "fundings", "funding"),
        _activity("peer-review", "peer-reviews", "peer-review"),
        *(_activity(kind, f"{kind}s", "affiliations") for kind in sorted(AFFILIATIONS)),
        _activity("research-resource", "research-resources", "affiliations"),
        _person("researcher-url", "researcher-urls"),
        _person("other-name", "other-names"),
        _person("keyword", "keywords"),
        _person("address", "address"),
        _person(
            "external-identifier",
            "external-identifiers",
            "/orcid-bio/external-identifiers/create",
        ),
    )
}

PERSON_KINDS = tuple(kind for kind, section in SECTIONS.items() if section.is_person)
EMAIL_SCOPE = "/email/read-private"
BIO_LIMITED = "/orcid-bio/read-limited"


def family_of(kind: str) -> frozenset[str]:
    """Give the kinds that share one number space with this one (REGISTRY 7.1)."""
    return AFFILIATIONS if kind in AFFILIATIONS else frozenset({kind})
