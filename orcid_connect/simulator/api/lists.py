"""The lists of a record's sections, grouped and filtered (REGISTRY 3.6, 3.7)."""

from collections.abc import Callable
from typing import Any

from orcid_connect.simulator.api import grouping
from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.digests import digest_of
from orcid_connect.simulator.api.grouping import Group
from orcid_connect.simulator.api.guards import check_state, may_see
from orcid_connect.simulator.api.sections import SECTIONS, Section
from orcid_connect.simulator.entities import Item
from orcid_connect.simulator.judging import AFFILIATIONS, JSON
from orcid_connect.simulator.wire import Answer

Sees = Callable[[Item], bool]


def read_list(context: Context) -> Answer:
    """Answer GET of a section of activities."""
    check_state(context)
    section = context.section
    value = activity_list(context, section, filter_first=True)
    return context.reply(value, f"read {section.plural}")


def activity_list(context: Context, section: Section, *, filter_first: bool) -> JSON:
    """Write the list of a section, filtered before grouping or, in `activities`, after it."""

    def sees(item: Item) -> bool:
        return may_see(context, item, section.read_limited)

    items = list(context.world.records.of_kind(context.orcid, section.kind))
    if filter_first:
        items = [item for item in items if sees(item)]
    items = grouping.order_items(section.kind, items, AFFILIATIONS)
    if section.kind == "peer-review":
        groups = _review_groups(items, sees)
    else:
        groups = _plain_groups(section.kind, items, sees)
    name = "affiliation-group" if section.kind in AFFILIATIONS else "group"
    return {
        "last-modified-date": _newest(groups),
        name: groups,
        "path": f"/{context.orcid}/{section.plural}",
    }


def _plain_groups(kind: str, items: list[Item], sees: Sees) -> list[JSON]:
    merged = _visible(kind, grouping.merge(items), sees)
    if kind == "work":
        merged = grouping.sort_works(merged)
    return [_group(kind, group) for group in merged]


def _visible(kind: str, groups: list[Group], sees: Sees) -> list[Group]:
    """Keep what the reader may see: groups stay merged through items that are not shown."""
    kept = ([item for item in grouping.sort_inside(kind, group) if sees(item)] for group in groups)
    return [group for group in kept if group]


def _group(kind: str, group: Group) -> JSON:
    summaries: list[Any] = [digest_of(item).summary for item in group]
    if kind in AFFILIATIONS:
        summaries = [{f"{kind}-summary": summary} for summary in summaries]
    return {
        "last-modified-date": {"value": max(item.modified for item in group)},
        "external-ids": {"external-id": grouping.group_ids(group)},
        "summaries" if kind in AFFILIATIONS else f"{kind}-summary": summaries,
    }


def _review_groups(items: list[Item], sees: Sees) -> list[JSON]:
    by_group: dict[str, list[Item]] = {}
    for item in items:
        by_group.setdefault(digest_of(item).summary["review-group-id"], []).append(item)
    found = []
    for group_id, members in by_group.items():
        merged = _visible("peer-review", grouping.merge(members), sees)
        if merged:
            inner = [_group("peer-review", each) for each in merged]
            found.append(_review_group(group_id, inner))
    return found


def _review_group(group_id: str, inner: list[JSON]) -> JSON:
    pseudo = {
        "external-id-type": "peer-review",
        "external-id-value": group_id,
        "external-id-normalized": None,
        "external-id-normalized-error": None,
        "external-id-url": None,
        "external-id-relationship": None,
    }
    return {
        "last-modified-date": _newest(inner),
        "external-ids": {"external-id": [pseudo]},
        "peer-review-group": inner,
    }


def _newest(groups: list[JSON]) -> JSON | None:
    if not groups:
        return None
    return {"value": max(group["last-modified-date"]["value"] for group in groups)}


def all_activities(context: Context) -> JSON:
    """Write the `activities` document: every section, filtered after grouping."""
    names = {
        section.plural: activity_list(context, section, filter_first=False)
        for section in SECTIONS.values()
        if not section.is_person
    }
    dates = [each["last-modified-date"] for each in names.values() if each["last-modified-date"]]
    newest = max(dates, key=lambda date: int(date["value"])) if dates else None
    ordered = {name: names[name] for name in sorted(names)}
    return {"last-modified-date": newest, **ordered, "path": f"/{context.orcid}/activities"}


def read_activities(context: Context) -> Answer:
    """Answer GET of all activities."""
    check_state(context)
    return context.reply(all_activities(context), "read activities")
