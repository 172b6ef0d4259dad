"""Small valid bodies for the Member API (REGISTRY 4.11)."""

from typing import Any

ROR = {
    "disambiguated-organization-identifier": "https://ror.org/02feahw73",
    "disambiguation-source": "ROR",
}


def identifier(value: str, kind: str = "doi", relationship: str | None = "self") -> dict[str, Any]:
    """An external id."""
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-relationship": relationship,
    }


def work(doi: str = "10.5555/x", title: str = "T", /, **members: Any) -> dict[str, Any]:
    """The smallest work."""
    return {
        "title": {"title": {"value": title}},
        "type": "journal-article",
        "external-ids": {"external-id": [identifier(doi)]},
        **members,
    }


def review(value: str = "r1", group: str = "issn:1741-4857", /, **members: Any) -> dict[str, Any]:
    """The smallest peer review."""
    return {
        "reviewer-role": "reviewer",
        "review-type": "review",
        "review-completion-date": {"year": {"value": "2024"}},
        "review-group-id": group,
        "review-identifiers": {"external-id": [identifier(value, "source-work-id")]},
        "convening-organization": {"name": "N", "address": {"city": "C", "country": "GB"}},
        **members,
    }


def organization(**members: Any) -> dict[str, Any]:
    """An organisation that the seeded world knows."""
    address = {"city": "Lyon", "region": "ARA", "country": "FR"}
    found = {"name": "N", "address": address, "disambiguated-organization": dict(ROR)}
    return found | members


def affiliation(**members: Any) -> dict[str, Any]:
    """The smallest employment, or any other affiliation."""
    return {"organization": organization(), **members}


def funding(value: str = "G-1", /, **members: Any) -> dict[str, Any]:
    """The smallest funding."""
    return {
        "type": "grant",
        "title": {"title": {"value": "G"}},
        "organization": organization(),
        "external-ids": {"external-id": [identifier(value, "grant_number")]},
        **members,
    }


def resource(value: str = "P-1", /, **members: Any) -> dict[str, Any]:
    """The smallest research resource."""
    hosts = {"organization": [organization()]}
    return {
        "proposal": {
            "title": {"title": {"value": "Night sky"}},
            "hosts": hosts,
            "external-ids": {"external-id": [identifier(value, "proposal-id")]},
        },
        "resource-item": [
            {
                "resource-name": "Telescope hours",
                "resource-type": "equipment",
                "hosts": hosts,
                "external-ids": {"external-id": [identifier("item", "source-work-id")]},
            }
        ],
        **members,
    }
