"""Two smaller documents: a record's summary in numbers, and the list of identifier types."""

import json
from collections.abc import Iterable

from orcid_connect.simulator import judging
from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.digests import digest_of
from orcid_connect.simulator.api.grouping import affiliation_order
from orcid_connect.simulator.api.guards import check_state, require_scope
from orcid_connect.simulator.entities import Item
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.oauth.scopes import READ_PUBLIC
from orcid_connect.simulator.wire import Answer
from orcid_connect.simulator.writing import orcid_json

LATEST = 3  # items shown of each kind of affiliation
PROFESSIONAL = ("distinction", "invited-position", "membership", "service")
EDUCATION = ("education", "qualification")


def read_summary_document(context: Context) -> Answer:
    """Answer GET of `/summary`: counts and latest items, public ones only."""
    if not context.world.settings.summary:
        return Answer(404, decision="the summary feature is off")
    require_scope(context.caller, frozenset({READ_PUBLIC}))
    person = check_state(context)
    value = {
        "created-date": {"value": person.created},
        "last-modified-date": {"value": person.modified},
        "credit-name": person.public_name,
        "orcid-identifier": orcid_json(person.orcid),
        "external-identifiers": _external_identifiers(context),
        "employments": _affiliations(context, ("employment",), "employment"),
        "professional-activities": _affiliations(context, PROFESSIONAL, "professional-activity"),
        "fundings": _counts(context, "funding"),
        "works": _counts(context, "work"),
        "peer-reviews": _reviews(context),
        "education-qualifications": _affiliations(context, EDUCATION, "education-qualification"),
        "research-resources": _counts(context, "research-resource"),
        "email-domains": None,
    }
    return context.reply(value, "read summary")


def _public(context: Context, kinds: Iterable[str]) -> list[Item]:
    records = context.world.records
    return [
        item
        for kind in kinds
        for item in records.of_kind(context.orcid, kind)
        if item.visibility == "public"
    ]


def _external_identifiers(context: Context) -> JSON | None:
    items = _public(context, ("external-identifier",))
    if not items:
        return None
    return {"external-identifier": [_external_identifier(item) for item in items]}


def _external_identifier(item: Item) -> JSON:
    shown: JSON = json.loads(item.content)
    return {
        "put-code": item.put_code,
        "external-id-type": shown["external-id-type"],
        "external-id-value": shown["external-id-value"],
        "external-id-url": shown["external-id-url"],
        "validated": item.client_id is not None,
    }


def _affiliations(context: Context, kinds: Iterable[str], name: str) -> JSON | None:
    items = sorted(_public(context, kinds), key=affiliation_order, reverse=True)
    if not items:
        return None
    return {"count": len(items), name: [_affiliation(item) for item in items[:LATEST]]}


def _affiliation(item: Item) -> JSON:
    summary = digest_of(item).summary
    return {
        "put-code": item.put_code,
        "type": item.kind,
        "organization-name": (summary["organization"] or {}).get("name"),
        "role": summary["role-title"],
        "url": (summary["url"] or {}).get("value"),
        "start-date": summary["start-date"],
        "end-date": summary["end-date"],
        "validated": item.client_id is not None,
    }


def _counts(context: Context, kind: str) -> JSON | None:
    items = _public(context, (kind,))
    if not items:
        return None
    validated = sum(item.client_id is not None for item in items)
    return {"self-asserted-count": len(items) - validated, "validated-count": validated}


def _reviews(context: Context) -> JSON | None:
    items = _public(context, ("peer-review",))
    if not items:
        return None
    groups = {digest_of(item).summary["review-group-id"] for item in items}
    own = sum(item.client_id is None for item in items)
    return {
        "peer-review-publication-grants": len(groups),
        "self-asserted-count": own,
        "total": len(items),
    }


def list_identifier_types(context: Context) -> Answer:
    """Answer GET of `/identifiers` on the Public API."""
    found = [
        {
            "name": name,
            "description": name,
            "resolution-prefix": prefix,
            "case-sensitive": case_sensitive,
            "deprecated": False,
        }
        for name, prefix, case_sensitive in judging.identifier_types()
    ]
    return context.reply(found, "listed identifier types")
