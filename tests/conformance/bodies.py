"""Smallest valid bodies of every kind of item (REGISTRY.md 4.11), each with its own identifier."""

from typing import Any

from tests.conformance.world import unique

Body = dict[str, Any]

ORGANIZATION: Body = {
    "name": "ORCID",
    "address": {"city": "Bethesda", "region": "MD", "country": "US"},
    "disambiguated-organization": {
        "disambiguated-organization-identifier": "https://ror.org/04fa4r544",
        "disambiguation-source": "ROR",
    },
}
PLAIN_ORGANIZATION: Body = {"name": "N", "address": {"city": "C", "country": "GB"}}
ISSN = "issn:1741-4857"
"""A group of an ISSN the seeded world knows."""

AFFILIATIONS = {
    "distinction": "distinctions",
    "education": "educations",
    "employment": "employments",
    "invited-position": "invited-positions",
    "membership": "memberships",
    "qualification": "qualifications",
    "service": "services",
}
"""Segment of an item and of its list."""
ACTIVITIES = {
    "work": "works",
    "funding": "fundings",
    "peer-review": "peer-reviews",
    "research-resource": "research-resources",
    **AFFILIATIONS,
}
PERSON_ITEMS = {
    "researcher-urls": "researcher-url",
    "other-names": "other-name",
    "keywords": "keyword",
    "address": "address",
    "external-identifiers": "external-identifier",
}
"""Segment of the list and of its items, and the name of an item."""


def external_id(
    value: str | None = None, kind: str = "doi", relationship: str | None = "self"
) -> Body:
    """One external identifier."""
    made = {
        "external-id-type": kind,
        "external-id-value": unique("10.5555/conformance.") if value is None else value,
        "external-id-relationship": relationship,
    }
    return {name: text for name, text in made.items() if text is not None}


def external_ids(*ids: Body) -> Body:
    """The member that holds identifiers."""
    return {"external-id": list(ids)}


def work(*ids: Body, title: Any = "A small study of bees", **members: object) -> Body:
    """A work."""
    return {
        "title": {"title": {"value": title}},
        "type": "journal-article",
        "external-ids": external_ids(*(ids or (external_id(),))),
        **members,
    }


def peer_review(*ids: Body, **members: object) -> Body:
    """A peer review for a journal whose ISSN is known."""
    given = ids or (external_id(unique("review-"), "source-work-id"),)
    return {
        "reviewer-role": "reviewer",
        "review-type": "review",
        "review-completion-date": {"year": {"value": "2024"}},
        "review-group-id": ISSN,
        "review-identifiers": external_ids(*given),
        "convening-organization": PLAIN_ORGANIZATION,
        **members,
    }


def funding(*ids: Body, **members: object) -> Body:
    """A grant."""
    return {
        "type": "grant",
        "title": {"title": {"value": "G"}},
        "organization": ORGANIZATION,
        "external-ids": external_ids(*(ids or (external_id(unique("G-"), "grant_number"),))),
        **members,
    }


def affiliation(*ids: Body, **members: object) -> Body:
    """An affiliation of any of the seven kinds."""
    given = {"external-ids": external_ids(*ids)} if ids else {}
    return {"organization": ORGANIZATION, **given, **members}


def research_resource(*ids: Body, **members: object) -> Body:
    """A research resource with one item."""
    hosts = {"organization": [ORGANIZATION]}
    given = ids or (external_id(unique("P-"), "proposal-id"),)
    item = {
        "resource-name": "Telescope hours",
        "resource-type": "equipment",
        "hosts": hosts,
        "external-ids": external_ids(external_id(unique("item-"), "source-work-id")),
    }
    proposal = {
        "title": {"title": {"value": "Night sky"}},
        "hosts": hosts,
        "external-ids": external_ids(*given),
    }
    return {"proposal": proposal, "resource-item": [item], **members}


def activity(kind: str, *ids: Body, **members: object) -> Body:
    """The smallest body of an activity, by the segment it is posted to."""
    makers = {
        "work": work,
        "funding": funding,
        "peer-review": peer_review,
        "research-resource": research_resource,
    }
    return makers.get(kind, affiliation)(*ids, **members)


def person_item(segment: str) -> Body:
    """The smallest body of a person item, by the segment it is posted to."""
    url = {"value": f"https://ada.example/{unique('page-')}"}
    makers: dict[str, Body] = {
        "researcher-urls": {"url-name": "Home", "url": url},
        "other-names": {"content": unique("A. Lovelace ")},
        "keywords": {"content": unique("bees ")},
        "address": {"country": {"value": "GB"}},
        "external-identifiers": {
            "external-id-type": "Example ID",
            "external-id-value": unique("E-"),
            "external-id-url": url,
            "external-id-relationship": "self",
        },
    }
    return makers[segment]


def group(group_id: str | None = None, **members: object) -> Body:
    """A group of reviews."""
    return {
        "name": unique("Group "),
        "group-id": group_id or unique("orcid-generated:conformance-"),
        "description": "D",
        "type": "journal",
        **members,
    }
