"""Items merged by the identifiers they share, and the order of lists (REGISTRY 3.6)."""

import json
from collections.abc import Iterable
from typing import Any

from orcid_connect.simulator.api.digests import digest_of
from orcid_connect.simulator.entities import Item
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.records import Key

Group = list[Item]
DateKey = tuple[int, int, int]
NO_DATE: DateKey = (0, 0, 0)


def merge(items: Iterable[Item]) -> list[Group]:
    """Put items that share a key, directly or through others, into one group each."""
    groups: dict[int, Group] = {}
    home: dict[Key, int] = {}
    for number, item in enumerate(items):
        touched = sorted({home[key] for key in digest_of(item).keys if key in home})
        target = touched[0] if touched else number
        group = groups.setdefault(target, [])
        for other in touched[1:]:
            _pour(groups.pop(other), group, home, target)
        group.append(item)
        home.update(dict.fromkeys(digest_of(item).keys, target))
    return list(groups.values())


def _pour(source: Group, group: Group, home: dict[Key, int], target: int) -> None:
    group.extend(source)
    for item in source:
        home.update(dict.fromkeys(digest_of(item).keys, target))


def sort_inside(kind: str, group: Group) -> Group:
    """Sort one group: display-index descending; works then oldest first. The first is preferred."""
    if kind == "work":
        return sorted(group, key=lambda item: (-item.display_index, item.created, item.put_code))
    return sorted(group, key=lambda item: -item.display_index)


def group_ids(group: Group) -> list[JSON]:
    """Give the union of the groupable identifiers, each once."""
    unique = {json.dumps(each): each for item in group for each in digest_of(item).group_ids}
    return list(unique.values())


def date_key(date: Any) -> DateKey:
    """Turn a fuzzy date into something comparable; missing parts count as nothing."""
    if not date:
        return NO_DATE
    year, month, day = (_number(date.get(part)) for part in ("year", "month", "day"))
    return year, month, day


def _number(part: Any) -> int:
    text = str(part.get("value") or "") if part else ""
    return int(text) if text.isascii() and text.isdigit() else 0


def sort_works(groups: list[Group]) -> list[Group]:
    """Sort groups of works: newest publication first, then by title and type."""

    def by_title(group: Group) -> tuple[str, str]:
        summary = digest_of(group[0]).summary
        title = ((summary["title"] or {}).get("title") or {}).get("value") or ""
        return title, summary["type"] or ""

    def by_date(group: Group) -> DateKey:
        return date_key(digest_of(group[0]).summary["publication-date"])

    return sorted(sorted(groups, key=by_title), key=by_date, reverse=True)


def affiliation_order(item: Item) -> tuple[int, DateKey, DateKey, int]:
    """Key for `sorted(..., reverse=True)`: undated first, then current ones, then by end."""
    summary = digest_of(item).summary
    start, end = date_key(summary["start-date"]), date_key(summary["end-date"])
    if start == end == NO_DATE:
        return 2, NO_DATE, NO_DATE, item.created
    if end == NO_DATE:
        return 1, start, NO_DATE, item.put_code
    return 0, end, start, item.put_code


def funding_order(item: Item) -> tuple[int, int, int]:
    """Key for `sorted`: display-index descending, then created."""
    return -item.display_index, item.created, item.put_code


def review_order(item: Item) -> tuple[DateKey, int]:
    """Key for `sorted(..., reverse=True)`: completion date, newest first."""
    return date_key(digest_of(item).summary["completion-date"]), -item.put_code


def order_items(kind: str, items: list[Item], affiliations: frozenset[str]) -> list[Item]:
    """Put items into the order in which they enter the grouping."""
    if kind in affiliations:
        return sorted(items, key=affiliation_order, reverse=True)
    if kind == "funding":
        return sorted(items, key=funding_order)
    if kind == "peer-review":
        return sorted(items, key=review_order, reverse=True)
    return items
