"""The record as people see it: every section with its groups, sources and identifiers."""

import json
from collections.abc import Callable
from typing import Any

from orcid_connect.simulator.api import grouping
from orcid_connect.simulator.api.digests import digest_of
from orcid_connect.simulator.core import Core
from orcid_connect.simulator.entities import Item, Person
from orcid_connect.simulator.judging import AFFILIATIONS
from orcid_connect.simulator.pages.rendering import not_found, page
from orcid_connect.simulator.pages.sessions import current_person
from orcid_connect.simulator.pages.signing_in import CLOSED_SENTENCES
from orcid_connect.simulator.wire import Answer, Call, redirect
from orcid_connect.simulator.world import group_key

HEADINGS = {
    "employment": "Employment",
    "education": "Education",
    "qualification": "Qualifications",
    "invited-position": "Invited positions",
    "distinction": "Distinctions",
    "membership": "Memberships",
    "service": "Service",
    "funding": "Funding",
    "research-resource": "Research resources",
    "work": "Works",
    "peer-review": "Peer reviews",
}
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

View = dict[str, Any]


def front_page(core: Core, call: Call) -> Answer:
    """Show who lives in this world."""
    return page(
        "front.html",
        "front page",
        people=list(core.world.people)[:200],
        clients=list(core.world.clients)[:200],
        signed_in=current_person(core, call),
        base_url=core.base_url,
    )


def show(core: Core, call: Call) -> Answer:
    """Show a record."""
    person = core.world.people.get(call.orcid or "")
    if person is None:
        return not_found()
    if person.primary is not None:
        return redirect(f"/{person.primary}", "merged record: sent to the primary one")
    if person.state in {"locked", "deactivated"}:
        sentence = CLOSED_SENTENCES[person.state]
        return page("closed.html", f"record page: {person.state}", person=person, sentence=sentence)
    owner = current_person(core, call)
    is_owner = owner is not None and owner.orcid == person.orcid
    return page(
        "record.html",
        "record page",
        person=person,
        is_owner=is_owner,
        sections=_sections(core, person, is_owner=is_owner),
        about=_about(core, person, is_owner=is_owner),
    )


def _shown(core: Core, person: Person, kind: str, *, is_owner: bool) -> list[Item]:
    items = core.world.records.of_kind(person.orcid, kind)
    return [item for item in items if is_owner or item.visibility == "public"]


def _sections(core: Core, person: Person, *, is_owner: bool) -> list[View]:
    sections = []
    for kind, heading in HEADINGS.items():
        items = grouping.order_items(
            kind, _shown(core, person, kind, is_owner=is_owner), AFFILIATIONS
        )
        if items:
            groups = _groups(core, kind, items)
            sections.append(
                {"kind": kind, "heading": heading, "groups": groups, "count": len(items)}
            )
    return sections


def _groups(core: Core, kind: str, items: list[Item]) -> list[View]:
    if kind == "peer-review":
        return _review_groups(core, items)
    merged = [grouping.sort_inside(kind, group) for group in grouping.merge(items)]
    if kind == "work":
        merged = grouping.sort_works(merged)
    return [{"heading": None, "items": [_view(item) for item in group]} for group in merged]


def _review_groups(core: Core, items: list[Item]) -> list[View]:
    by_group: dict[str, list[Item]] = {}
    for item in items:
        by_group.setdefault(digest_of(item).summary["review-group-id"], []).append(item)
    return [
        {"heading": _group_name(core, group_id), "items": [_view(item) for item in members]}
        for group_id, members in by_group.items()
    ]


def _group_name(core: Core, group_id: str) -> str:
    group = core.world.group_by_id.get(group_key(group_id))
    return f"{group.name} ({group_id})" if group is not None else group_id


def _view(item: Item) -> View:
    content = json.loads(item.content)
    source = content["source"]
    return {
        "kind": item.kind,
        "title": _TITLES.get(item.kind, _affiliation_title)(content),
        "lines": [line for line in _LINES.get(item.kind, _affiliation_lines)(content) if line],
        "identifiers": _identifiers(content),
        "visibility": item.visibility,
        "put_code": item.put_code,
        "source": _value(source["source-name"]) or item.client_id or item.source_orcid or "",
        "asserted": _value(source["assertion-origin-name"]),
        "url": _value(content.get("url") or content.get("review-url")),
        "modified": item.modified,
    }


def _value(wrapped: Any) -> str:
    return str(wrapped.get("value") or "") if isinstance(wrapped, dict) else ""


def _work_title(content: View) -> str:
    title = content["title"] or {}
    subtitle = _value(title.get("subtitle"))
    main = _value(title.get("title"))
    return f"{main}: {subtitle}" if subtitle else main


def _affiliation_title(content: View) -> str:
    organization = content.get("organization") or {}
    return str(organization.get("name") or "An organisation")


def _resource_title(content: View) -> str:
    return _work_title(content["proposal"])


def _review_title(content: View) -> str:
    subject = _value((content.get("subject-name") or {}).get("title"))
    role = str(content["reviewer-role"]).capitalize()
    return f"{role} of {subject}" if subject else f"{role} ({content['review-type']})"


def _work_lines(content: View) -> list[str]:
    return [
        _contributors(content),
        _value(content["journal-title"]),
        " · ".join(
            part for part in (_date(content["publication-date"]), _words(content["type"])) if part
        ),
    ]


def _contributors(content: View) -> str:
    people = (content.get("contributors") or {}).get("contributor") or []
    names = [_value(each.get("credit-name")) for each in people]
    shown = [name for name in names if name]
    more = f" and {len(shown) - 10} more" if len(shown) > 10 else ""
    return "; ".join(shown[:10]) + more


def _review_lines(content: View) -> list[str]:
    return [
        f"Completed {_date(content['review-completion-date'])}",
        "For " + str((content.get("convening-organization") or {}).get("name") or ""),
    ]


def _affiliation_lines(content: View) -> list[str]:
    role = content.get("role-title") or ""
    department = content.get("department-name") or ""
    return [
        ", ".join(part for part in (role, department) if part),
        _period(content.get("start-date"), content.get("end-date")),
    ]


def _funding_lines(content: View) -> list[str]:
    organization = str((content.get("organization") or {}).get("name") or "")
    amount = content.get("amount") or {}
    money = f"{amount.get('currency-code')} {amount.get('value')}" if amount else ""
    period = _period(content.get("start-date"), content.get("end-date"))
    return [organization, period, money]


def _resource_lines(content: View) -> list[str]:
    return [str(each.get("resource-name") or "") for each in content.get("resource-item") or []]


def _period(start: Any, end: Any) -> str:
    if not start and not end:
        return ""
    return f"{_date(start) or '?'} to {_date(end) or 'present'}"


def _date(date: Any) -> str:
    year, month, day = grouping.date_key(date)
    words = [str(day) if day else "", MONTHS[month] if month <= 12 else "", str(year or "")]
    return " ".join(word for word in words if word)


def _words(value: Any) -> str:
    return str(value or "").replace("-", " ")


def _identifiers(content: View) -> list[View]:
    container = content.get("external-ids") or content.get("review-identifiers") or {}
    if "proposal" in content:
        container = content["proposal"].get("external-ids") or {}
    return [
        {
            "type": each["external-id-type"],
            "value": each["external-id-value"],
            "relationship": _words(each["external-id-relationship"]),
            "url": _web_address(_value(each["external-id-url"])),
        }
        for each in container.get("external-id") or []
        if each
    ]


def _web_address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def _about(core: Core, person: Person, *, is_owner: bool) -> list[View]:
    rows = []
    for kind, heading in _ABOUT.items():
        values = [
            _about_value(kind, json.loads(item.content))
            for item in _shown(core, person, kind, is_owner=is_owner)
        ]
        if values:
            rows.append({"heading": heading, "values": values})
    return rows


def _about_value(kind: str, content: View) -> View:
    if kind == "researcher-url":
        url = _value(content["url"])
        return {"text": content["url-name"] or url, "url": _web_address(url)}
    if kind == "external-identifier":
        text = f"{content['external-id-type']}: {content['external-id-value']}"
        return {"text": text, "url": _web_address(_value(content["external-id-url"]))}
    if kind == "address":
        return {"text": _value(content["country"]), "url": ""}
    return {"text": content["content"], "url": ""}


_ABOUT = {
    "other-name": "Also known as",
    "address": "Countries",
    "keyword": "Keywords",
    "researcher-url": "Websites",
    "external-identifier": "Other iDs",
}
_TITLES: dict[str, Callable[[View], str]] = {
    "work": _work_title,
    "peer-review": _review_title,
    "funding": _work_title,
    "research-resource": _resource_title,
}
_LINES: dict[str, Callable[[View], list[str]]] = {
    "work": _work_lines,
    "peer-review": _review_lines,
    "funding": _funding_lines,
    "research-resource": _resource_lines,
}
