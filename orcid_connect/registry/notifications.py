"""Messages to a person's ORCID inbox that ask for a permission; premium (REGISTRY.md 9.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from orcid_connect.codec import Payload
from orcid_connect.errors import RegistryNotAsked, RegistryUnreadable
from orcid_connect.registry.access import Access, Request
from orcid_connect.registry.sections import checked_orcid, checked_put_code, put_code_in
from orcid_connect.registry.transport import Answer
from orcid_connect.registry.values import text_of

SCOPE: Final = "/premium-notification"
LONGEST: Final = 1000
"""Characters of the introduction and of an item's name (REGISTRY.md 9.3)."""
_SEGMENT: Final = "notification-permission"


@dataclass(frozen=True, slots=True)
class NotifiedItem:
    """What the message is about: a kind of item, its name, and an identifier if it has one."""

    kind: str
    name: str
    identifier_type: str | None = None
    identifier: str | None = None
    relationship: str = "self"


@dataclass(frozen=True, slots=True)
class PermissionMessage:
    """A message with the button that leads to `authorization_url`, where permission is given."""

    subject: str
    introduction: str
    authorization_url: str
    items: tuple[NotifiedItem, ...]


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of ours in somebody's inbox, and what became of it."""

    put_code: int
    message: PermissionMessage
    created: datetime | None
    read: datetime | None
    actioned: datetime | None
    archived: datetime | None


class Notifications:
    """The messages that this client sent."""

    def __init__(self, access: Access, base: str, orcid_host: str) -> None:
        self._access, self._base, self._orcid_host = access, base, orcid_host

    async def send(self, orcid: str, message: PermissionMessage) -> int:
        """Send a message and return its put-code; raises `StateRefused` (9032) if refused."""
        answer = await self._send("POST", orcid, payload=_body(message), expected=201)
        return put_code_in(answer, checked_orcid(orcid))

    async def sent(self, orcid: str) -> list[SentMessage]:
        """List our messages to a person, up to 1000."""
        body = (await self._send("GET", orcid)).json_object()
        listed = body.get("notification", body.get("notifications")) or []
        if not isinstance(listed, list):
            raise _unreadable()
        return [_message(one) for one in listed]

    async def read(self, orcid: str, put_code: int) -> SentMessage:
        """Read a message of ours; raises `NotFound` (9029) or `NotTheSource` (9004)."""
        return _message((await self._send("GET", orcid, put_code)).json_object())

    async def archive(self, orcid: str, put_code: int) -> SentMessage:
        """Take a message back; raises `StateRefused` (9009) if the person has read it."""
        return _message((await self._send("DELETE", orcid, put_code)).json_object())

    async def _send(
        self,
        method: str,
        orcid: str,
        put_code: int | None = None,
        *,
        payload: Payload | None = None,
        expected: int = 200,
    ) -> Answer:
        bare = checked_orcid(orcid)
        path = f"/{bare}/{_SEGMENT}"
        if put_code is not None:
            path += f"/{checked_put_code(put_code)}"
        request = Request(
            method,
            path,
            token=await self._access.own_token(SCOPE),
            payload=payload,
            expected=(expected,),
            orcid=bare,
            put_code=put_code,
        )
        return await self._access.send(self._base, request)


def _body(message: PermissionMessage) -> Payload:
    if not message.items:
        raise RegistryNotAsked("a message is about one item at least")
    if any(len(text) > LONGEST for text in (message.introduction, *_names(message))):
        raise RegistryNotAsked(f"introduction and item names have {LONGEST} characters at most")
    return {
        "notification-type": "permission",
        "authorization-url": {"uri": message.authorization_url},
        "notification-subject": message.subject,
        "notification-intro": message.introduction,
        "items": {"item": [_item_body(item) for item in message.items]},
    }


def _names(message: PermissionMessage) -> list[str]:
    return [item.name for item in message.items]


def _item_body(item: NotifiedItem) -> Payload:
    body: Payload = {"item-type": item.kind, "item-name": item.name}
    if item.identifier is not None:
        body["external-id"] = {
            "external-id-type": item.identifier_type,
            "external-id-value": item.identifier,
            "external-id-relationship": item.relationship,
        }
    return body


def _message(body: Any) -> SentMessage:
    if not isinstance(body, Mapping) or type(body.get("put-code")) is not int:
        raise _unreadable()
    url, items = body.get("authorization-url"), body.get("items")
    listed = items.get("item") if isinstance(items, Mapping) else None
    message = PermissionMessage(
        subject=text_of(body.get("notification-subject")) or "",
        introduction=text_of(body.get("notification-intro")) or "",
        authorization_url=text_of(url.get("uri")) or "" if isinstance(url, Mapping) else "",
        items=tuple(_item(one) for one in listed) if isinstance(listed, list) else (),
    )
    created, read, actioned, archived = (
        _moment(body.get(f"{name}-date")) for name in ("created", "read", "actioned", "archived")
    )
    return SentMessage(body["put-code"], message, created, read, actioned, archived)


def _item(body: Any) -> NotifiedItem:
    if not isinstance(body, Mapping):
        raise _unreadable()
    named = body.get("external-id")
    identifier = named if isinstance(named, Mapping) else {}
    return NotifiedItem(
        kind=(text_of(body.get("item-type")) or "").lower().replace("_", "-"),
        name=text_of(body.get("item-name")) or "",
        identifier_type=text_of(identifier.get("external-id-type")),
        identifier=text_of(identifier.get("external-id-value")),
        relationship=text_of(identifier.get("external-id-relationship")) or "self",
    )


def _moment(value: Any) -> datetime | None:
    """A time is milliseconds, in a wrapper or alone (REGISTRY.md 3.5)."""
    inside = value.get("value") if isinstance(value, Mapping) else value
    if type(inside) is not int:
        return None
    try:
        return datetime.fromtimestamp(inside / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _unreadable() -> RegistryUnreadable:
    return RegistryUnreadable("ORCID's message has an unknown shape", status=200)
