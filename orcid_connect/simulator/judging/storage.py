"""What an item becomes by being stored and read again: identifier types, normalised values, roles.

The converters differ by kind (REGISTRY.md 4.8-4.10): works, reviews and resources keep hyphens and
normalise; affiliations and fundings come back with underscores.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from orcid_connect.simulator.judging import refusals, roles
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.blanks import is_blank, without_controls
from orcid_connect.simulator.judging.normalization import normalized_value
from orcid_connect.simulator.judging.reading import AFFILIATIONS

NORMALIZATION_FAILED = "8001"

Convert = Callable[[JSON], JSON]


def _with_hyphens(name: str) -> str:
    stored = name.upper().replace("-", "_")
    return "grant_number" if stored == "GRANT_NUMBER" else stored.lower().replace("_", "-")


def _with_underscores(name: str) -> str:
    return name.upper().replace("-", "_").lower()


def _failure(name: str, value: str) -> JSON:
    return {
        "error-code": NORMALIZATION_FAILED,
        "error-message": f"Cannot normalize identifier value {name}:{value}",
        "transient": True,
    }


def _stored_identifier(
    identifier: JSON, name: str, value: str | None, url: JSON | None, normalize: bool
) -> JSON:
    shown, failure = None, None
    if normalize and value is not None:
        normalized = normalized_value(name, value)
        if normalized and not is_blank(normalized):
            shown = {"value": normalized, "transient": True}
        elif not normalized:
            failure = _failure(name, value)
    return {
        "external-id-type": name,
        "external-id-value": value,
        "external-id-normalized": shown,
        "external-id-normalized-error": failure,
        "external-id-url": url,
        "external-id-relationship": identifier["external-id-relationship"],
    }


def _value(identifier: JSON) -> str | None:
    value: str | None = identifier["external-id-value"]
    return None if is_blank(value) else value


def _filled_url(identifier: JSON) -> JSON | None:
    url: JSON | None = identifier["external-id-url"]
    return None if url is None or is_blank(url["value"]) else url


def _of_work(identifier: JSON) -> JSON:
    name = _with_hyphens(identifier["external-id-type"] or "other-id")
    return _stored_identifier(
        identifier, name, _value(identifier), identifier["external-id-url"], True
    )


def _of_review_subject(identifier: JSON) -> JSON:
    name = _with_hyphens(identifier["external-id-type"] or "other-id")
    return _stored_identifier(
        identifier, name, _value(identifier), identifier["external-id-url"], False
    )


def _of_affiliation(identifier: JSON) -> JSON:
    name = _with_underscores(identifier["external-id-type"])
    return _stored_identifier(identifier, name, _value(identifier), _filled_url(identifier), True)


def _of_funding(identifier: JSON) -> JSON:
    name = _with_underscores(identifier["external-id-type"])
    return _stored_identifier(identifier, name, _value(identifier), _filled_url(identifier), False)


def _converted(container: JSON | None, convert: Convert) -> JSON | None:
    if container is None:
        return None
    identifiers = container["external-id"] or []
    converted = [convert(one) for one in identifiers if one is not None]
    return {"external-id": converted or None}  # an empty list comes back as null


def _stored_work(item: JSON) -> JSON:
    return item | {"external-ids": _converted(item["external-ids"], _of_work)}


def _stored_review(item: JSON) -> JSON:
    subject = item["subject-external-identifier"]
    return item | {
        "review-identifiers": _converted(item["review-identifiers"], _of_work),
        "subject-external-identifier": None if subject is None else _of_review_subject(subject),
    }


def _stored_funding(item: JSON) -> JSON:
    return item | {"external-ids": _converted(item["external-ids"], _of_funding)}


def _stored_affiliation(item: JSON) -> JSON:
    return item | {"external-ids": _converted(item["external-ids"], _of_affiliation)}


def _stored_resource(item: JSON) -> JSON:
    return item | {
        "proposal": _stored_work(item["proposal"]),
        "resource-item": [_stored_work(one) for one in item["resource-item"]],
    }


_STORED: Mapping[str, Convert] = MappingProxyType(
    {
        "work": _stored_work,
        "peer-review": _stored_review,
        "funding": _stored_funding,
        "research-resource": _stored_resource,
        **dict.fromkeys(AFFILIATIONS, _stored_affiliation),
    }
)
_WITH_ROLES = frozenset({"work", "funding"})


def _stored_group(item: JSON) -> JSON:
    return item | {"name": without_controls(item["name"])}


def with_stored_identifiers(kind: str, item: JSON) -> JSON:
    """Give an item with its external ids as they come back from storage; a new dict on top."""
    convert = _STORED.get(kind)
    return dict(item) if convert is None else convert(item)


def stored_form(kind: str, item: JSON) -> JSON:
    """Give what reading the item back gives: external ids, roles, and no list left out."""
    if kind == "group-id-record":
        return _stored_group(item)
    stored = with_stored_identifiers(kind, item)
    if kind in _WITH_ROLES:
        stored["contributors"] = _stored_contributors(kind, stored["contributors"])
    return stored


def _stored_contributors(kind: str, contributors: JSON | None) -> JSON | None:
    """Give contributors with canonical roles; a work without any gets an empty list."""
    if contributors is None:
        return {"contributor": []} if kind == "work" else None
    return {
        "contributor": [
            _stored_contributor(kind, one)
            for one in contributors["contributor"] or ()
            if one is not None
        ]
    }


def _stored_contributor(kind: str, contributor: JSON) -> JSON:
    role = roles.role_of(contributor)
    if role is None:
        return contributor
    canonical = roles.canonical_role(kind, role)
    if canonical == role:
        return contributor
    attributes = contributor["contributor-attributes"] | {"contributor-role": canonical}
    return contributor | {"contributor-attributes": attributes}


def check(kind: str, item: JSON) -> None:
    """Refuse what cannot be stored: unknown roles (9058), identifier URLs without value (9008)."""
    if kind not in _WITH_ROLES:
        return
    for identifier in (item["external-ids"] or {}).get("external-id") or ():
        url = identifier["external-id-url"]
        if url is not None and url["value"] is None:
            raise refusals.unexpected()
    roles.validate(kind, item)
