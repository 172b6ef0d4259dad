"""The endpoint table: which path and method leads to which handler (REGISTRY 3.2)."""

from orcid_connect.simulator.api import (
    bulk,
    group_records,
    items,
    lists,
    notifications,
    overview,
    person,
    record,
    searching,
)
from orcid_connect.simulator.api.context import Endpoint
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.api.sections import SECTIONS, Section

# The key: the word after the iD, and how many segments follow it ("summary" in between).
ShapedKey = tuple[str, str]
LIST, ITEM, SUMMARY = "", "item", "summary"

_WRITES = frozenset({"POST", "PUT", "DELETE"})


def _activity_endpoints(section: Section) -> dict[ShapedKey, Endpoint]:
    kind, plural = section.kind, section.plural
    base = f"/{{orcid}}/{section.segment}"
    single = {"GET": items.read_item, "PUT": items.update_item, "DELETE": items.delete_item}
    return {
        (plural, LIST): Endpoint(f"/{{orcid}}/{plural}", {"GET": lists.read_list}, kind),
        (kind, LIST): Endpoint(base, {"POST": items.create_item}, kind, reads="item"),
        (kind, ITEM): Endpoint(f"{base}/{{put-code}}", single, kind, reads="item"),
        (kind, SUMMARY): Endpoint(
            f"{base}/summary/{{put-code}}", {"GET": items.read_summary}, kind
        ),
    }


def _person_endpoints(section: Section) -> dict[ShapedKey, Endpoint]:
    kind, plural = section.kind, section.plural
    base = f"/{{orcid}}/{plural}"
    listed = {"GET": person.read_person_list, "POST": items.create_item}
    single = {"GET": items.read_item, "PUT": items.update_item, "DELETE": items.delete_item}
    return {
        (plural, LIST): Endpoint(base, listed, kind, reads="item"),
        (plural, ITEM): Endpoint(f"{base}/{{put-code}}", single, kind, reads="item"),
    }


def _record_endpoints() -> dict[ShapedKey, Endpoint]:
    table: dict[ShapedKey, Endpoint] = {
        ("", LIST): Endpoint("/{orcid}", {"GET": record.read_record}),
        ("record", LIST): Endpoint("/{orcid}/record", {"GET": record.read_record}),
        ("person", LIST): Endpoint("/{orcid}/person", {"GET": person.read_person}),
        ("personal-details", LIST): Endpoint(
            "/{orcid}/personal-details", {"GET": person.read_personal_details}
        ),
        ("biography", LIST): Endpoint("/{orcid}/biography", {"GET": person.read_biography}),
        ("email", LIST): Endpoint("/{orcid}/email", {"GET": person.read_email}),
        ("activities", LIST): Endpoint("/{orcid}/activities", {"GET": lists.read_activities}),
    }
    for section in SECTIONS.values():
        make = _person_endpoints if section.is_person else _activity_endpoints
        table.update(make(section))
    works = {"GET": lists.read_list, "POST": bulk.create_works}
    table["works", LIST] = Endpoint("/{orcid}/works", works, "work", reads="bulk")
    table["works", ITEM] = Endpoint("/{orcid}/works/{put-codes}", {"GET": bulk.read_works}, "work")
    return table


RECORD_ENDPOINTS = _record_endpoints()
STATUS = Endpoint("/status", {"GET": record.read_status}, open=True)
FULL_STATUS = Endpoint("/apiStatus", {"GET": record.read_full_status}, open=True)
CLIENT = Endpoint("/client/{client_id}", {"GET": record.read_client})
IDENTIFIERS = Endpoint("/identifiers", {"GET": overview.list_identifier_types})
GROUPS = Endpoint(
    "/group-id-record",
    {"GET": group_records.list_or_find, "POST": group_records.create_group},
    group_records.KIND,
    reads="item",
)
GROUP = Endpoint(
    "/group-id-record/{put-code}",
    {
        "GET": group_records.read_group,
        "PUT": group_records.update_group,
        "DELETE": group_records.delete_group,
    },
    group_records.KIND,
    reads="item",
)
SEARCHES = {
    "search": Endpoint("/search", {"GET": searching.search}),
    "expanded-search": Endpoint("/expanded-search", {"GET": searching.expanded_search}),
    "csv-search": Endpoint("/csv-search", {"GET": searching.csv_search}, csv=True),
}
NOTIFICATIONS = Endpoint(
    "/{orcid}/notification-permission",
    {"GET": notifications.list_notifications, "POST": notifications.send_notification},
)
NOTIFICATION = Endpoint(
    "/{orcid}/notification-permission/{id}",
    {"GET": notifications.read_notification, "DELETE": notifications.archive_notification},
)
SUMMARY_DOCUMENT = Endpoint("/{orcid}/summary", {"GET": overview.read_summary_document})


def find_endpoint(segments: list[str], *, public: bool) -> tuple[Endpoint, str, str]:
    """Find the endpoint of a path below the version: with the iD and the tail; raise Problem."""
    found = _top_level(segments, public=public) or _on_record(segments)
    if found is None:
        raise Problem(9001, status=404, detail=f"there is nothing at /{'/'.join(segments)}")
    endpoint, orcid, tail = found
    if public and not _WRITES.isdisjoint(endpoint.methods):
        if "GET" not in endpoint.methods:
            raise Problem(9001, status=404, detail="the Public API only reads")
        reading = {"GET": endpoint.methods["GET"]}
        endpoint = Endpoint(endpoint.template, reading, endpoint.kind)
    return endpoint, orcid, tail


def _top_level(segments: list[str], *, public: bool) -> tuple[Endpoint, str, str] | None:
    if segments == ["status"]:
        return STATUS, "", ""
    if segments == ["pubStatus" if public else "apiStatus"]:
        return FULL_STATUS, "", ""
    if len(segments) == 2 and segments[0] == "client":
        return CLIENT, "", segments[1]
    if len(segments) == 1 and segments[0] in SEARCHES:
        return SEARCHES[segments[0]], "", ""
    if public:
        return (IDENTIFIERS, "", "") if segments == ["identifiers"] else None
    if segments[:1] == ["group-id-record"] and len(segments) <= 2:
        return (GROUP, "", segments[1]) if len(segments) == 2 else (GROUPS, "", "")
    if len(segments) == 2 and segments[1] == "summary":
        return SUMMARY_DOCUMENT, segments[0], ""
    return _notifications(segments)


def _notifications(segments: list[str]) -> tuple[Endpoint, str, str] | None:
    if segments[1:2] != ["notification-permission"] or len(segments) > 3:
        return None
    if len(segments) == 2:
        return NOTIFICATIONS, segments[0], ""
    return NOTIFICATION, segments[0], segments[2]


def _on_record(segments: list[str]) -> tuple[Endpoint, str, str] | None:
    if not segments:
        return None
    orcid, name, *rest = [*segments, ""] if len(segments) == 1 else segments
    shape = {0: LIST, 1: ITEM}.get(len(rest))
    if len(rest) == 2 and rest[0] == SUMMARY:
        shape = SUMMARY
    if shape is None:
        return None
    endpoint = RECORD_ENDPOINTS.get((name, shape))
    return None if endpoint is None else (endpoint, orcid, rest[-1] if rest else "")
