"""What a search can find of a person: the public part of the record, field by field (REGISTRY 10).

Values that are words are searched word by word, identifiers and iDs as a whole.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from orcid_connect.simulator.entities import Item, Person
from orcid_connect.simulator.judging import AFFILIATIONS, JSON
from orcid_connect.simulator.world import World

# Fields whose values are looked up as a whole; all others are cut into words.
WHOLE = frozenset(
    {
        "orcid",
        "email",
        "digital-object-ids",
        "external-id-type-and-value",
        "external-id-reference",
        "ringgold-org-id",
        "grid-org-id",
        "ror-org-id",
        "fundref-org-id",
        "grant-numbers",
        "peer-review-group-id",
        "profile-submission-date",
        "profile-last-modified-date",
    }
)
WHOLE_ENDINGS = ("-self", "-part-of", "-version-of")
_ORGANIZATION_FIELDS = {
    "RINGGOLD": "ringgold-org-id",
    "GRID": "grid-org-id",
    "ROR": "ror-org-id",
    "FUNDREF": "fundref-org-id",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One person as a search sees them: fields with their values, in the record's order."""

    orcid: str
    fields: dict[str, list[str]]

    def values(self, field: str) -> list[str]:
        """Give the values of a field."""
        return self.fields.get(field, [])

    def first(self, field: str) -> str | None:
        """Give the first value of a field."""
        return next(iter(self.values(field)), None)


def is_whole(field: str) -> bool:
    """Tell whether a field's values are looked up as a whole."""
    return field in WHOLE or field.endswith(WHOLE_ENDINGS)


def everybody(world: World) -> list[Found]:
    """Give everybody whose record is open, by iD."""
    people = (person for person in world.people if person.state == "active")
    return [_index(world, person) for person in sorted(people, key=lambda it: it.orcid)]


def _index(world: World, person: Person) -> Found:
    fields: dict[str, list[str]] = defaultdict(list)
    _add(fields, "orcid", person.orcid)
    _index_person(fields, person)
    for item in world.records.all_of(person.orcid):
        if item.visibility == "public":
            _index_item(fields, item)
    for name, moment in (("submission", person.created), ("last-modified", person.modified)):
        text = datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        _add(fields, f"profile-{name}-date", text)
    fields["text"] = [value for name, all_of in fields.items() for value in all_of]
    return Found(person.orcid, dict(fields))


def _index_person(fields: dict[str, list[str]], person: Person) -> None:
    if person.name_visibility == "public":
        _add(fields, "given-names", person.given)
        _add(fields, "family-name", person.family)
        _add(fields, "credit-name", person.credit_name)
        _add(fields, "given-and-family-names", person.real_name)
    if person.biography_visibility == "public":
        _add(fields, "biography", person.biography)
    for mail in person.emails:
        if mail["verified"] and mail["visibility"] == "public":
            _add(fields, "email", str(mail["email"]))


def _index_item(fields: dict[str, list[str]], item: Item) -> None:
    content: JSON = json.loads(item.content)
    if item.kind == "work":
        _index_work(fields, content)
    elif item.kind == "funding":
        _index_funding(fields, content)
    elif item.kind in AFFILIATIONS:
        _index_affiliation(fields, content)
    elif item.kind == "peer-review":
        _index_review(fields, content)
    elif item.kind == "keyword":
        _add(fields, "keyword", content["content"])
    elif item.kind == "other-name":
        _add(fields, "other-names", content["content"])
    elif item.kind == "external-identifier":
        kind, value = content["external-id-type"], content["external-id-value"]
        _add(fields, "external-id-reference", value)
        _add(fields, "external-id-type-and-value", f"{kind}={value}")


def _index_work(fields: dict[str, list[str]], content: JSON) -> None:
    for name in ("title", "subtitle"):
        _add(fields, "work-titles", _value((content["title"] or {}).get(name)))
    for identifier in _identifiers(content, "external-ids"):
        kind, value = identifier["external-id-type"], identifier["external-id-value"]
        relationship = identifier["external-id-relationship"]
        if kind == "doi":
            _add(fields, "digital-object-ids", value)
        if relationship in {"self", "part-of", "version-of"}:
            _add(fields, f"{kind}-{relationship}", value)


def _index_funding(fields: dict[str, list[str]], content: JSON) -> None:
    _add(fields, "funding-titles", _value((content["title"] or {}).get("title")))
    for identifier in _identifiers(content, "external-ids"):
        _add(fields, "grant-numbers", identifier["external-id-value"])
    _index_organization(fields, content["organization"])


def _index_affiliation(fields: dict[str, list[str]], content: JSON) -> None:
    organization = content["organization"] or {}
    _add(fields, "affiliation-org-name", organization.get("name"))
    when = "past" if content["end-date"] else "current"
    _add(fields, f"{when}-institution-affiliation-name", organization.get("name"))
    _index_organization(fields, organization)


def _index_organization(fields: dict[str, list[str]], organization: JSON | None) -> None:
    known = (organization or {}).get("disambiguated-organization") or {}
    field = _ORGANIZATION_FIELDS.get(str(known.get("disambiguation-source")))
    if field is not None:
        _add(fields, field, known.get("disambiguated-organization-identifier"))


def _index_review(fields: dict[str, list[str]], content: JSON) -> None:
    _add(fields, "peer-review-type", content["review-type"])
    _add(fields, "peer-review-role", content["reviewer-role"])
    _add(fields, "peer-review-group-id", content["review-group-id"])


def _identifiers(content: JSON, member: str) -> Iterable[JSON]:
    return (content[member] or {}).get("external-id") or []


def _value(wrapper: JSON | None) -> str | None:
    return None if wrapper is None else wrapper["value"]


def _add(fields: dict[str, list[str]], name: str, value: str | None) -> None:
    if value and value not in fields[name]:
        fields[name].append(value)
