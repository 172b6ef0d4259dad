"""Reading a permission message and writing it down: its schema and its checks (REGISTRY 9.3)."""

from typing import Any
from urllib.parse import urlsplit

from orcid_connect.simulator.api.problems import Problem, from_refusal
from orcid_connect.simulator.entities import Notification
from orcid_connect.simulator.judging import JSON, facets
from orcid_connect.simulator.judging.answers import Refused, Unreadable, Violation
from orcid_connect.simulator.judging.refusals import invalid_json
from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.nodes import Field, Leaf, Listing, Record
from orcid_connect.simulator.judging.uris import is_any_uri
from orcid_connect.simulator.judging.validators.shared import check_identifiers
from orcid_connect.simulator.writing import client_json

LONGEST = 1000  # characters of the introduction and of item names
ITEM_TYPES = (
    "employment",
    "education",
    "qualification",
    "invited-position",
    "distinction",
    "membership",
    "service",
    "funding",
    "work",
    "peer-review",
)
_LONG = Leaf(check=facets.at_most(LONGEST))
_ITEM = Record(
    (
        Field("put-code", common.PLAIN),
        Field("item-type", common.enumeration(ITEM_TYPES), required=True),
        Field("item-name", _LONG, required=True),
        Field("external-id", common.EXTERNAL_ID),
    )
)
_URL = Record(
    (
        Field("uri", common.PLAIN),
        Field("path", common.PLAIN),
        Field("host", common.PLAIN),
    )
)
_MESSAGE = Record(
    (
        common.PUT_CODE,
        Field("notification-type", common.enumeration(("permission",)), required=True),
        Field("authorization-url", _URL, required=True),
        Field("notification-subject", common.PLAIN, required=True),
        Field("notification-intro", _LONG, required=True),
        Field("items", Record((Field("item", Listing(_ITEM, least=1), required=True),))),
    ),
    ignored=frozenset(
        {"created-date", "sent-date", "read-date", "actioned-date", "archived-date", "source"}
    ),
)
_READ = _MESSAGE.reader()
_CHECK = _MESSAGE.checker()


def read_message(payload: Any, site: str) -> JSON:
    """Read the body of a new message; raise Problem."""
    try:
        message: JSON = _READ(payload)
        if _CHECK is not None:
            _CHECK(message)
    except (Unreadable, Violation) as reason:
        raise from_refusal(invalid_json(str(reason))) from reason
    if message["put-code"] is not None:
        raise Problem(9006, detail="a new notification has no put-code")
    message["authorization-url"] = _authorization(message["authorization-url"], site)
    identifiers = [item["external-id"] for item in (message["items"] or {"item": []})["item"]]
    try:
        check_identifiers([one for one in identifiers if one is not None])
    except Refused as refused:
        raise from_refusal(refused.refusal) from refused
    return message


def _authorization(given: JSON, site: str) -> JSON:
    """Complete the address: a path alone is one on the registry's own site."""
    uri = given["uri"] or f"{site}{given['path'] or ''}"
    parts = urlsplit(uri) if is_any_uri(uri) else None
    if parts is None or not parts.scheme or not parts.netloc:
        raise Problem(9020, detail="the authorization-url is not an address")
    query = f"?{parts.query}" if parts.query else ""
    return {"uri": uri, "path": f"{parts.path}{query}", "host": parts.netloc}


def show_message(notification: Notification, client_name: str) -> JSON:
    """Write a message the way its sender reads it."""
    message = notification.message
    return {
        "put-code": notification.put_code,
        "notification-type": "PERMISSION",
        "authorization-url": message["authorization-url"],
        "notification-subject": message["notification-subject"],
        "notification-intro": message["notification-intro"],
        "items": message["items"],
        "created-date": notification.created,
        "sent-date": None,
        "read-date": notification.read,
        "actioned-date": None,
        "archived-date": notification.archived,
        "source": {
            "source-orcid": None,
            "source-client-id": client_json(notification.client_id),
            "source-name": {"value": client_name},
        },
    }
