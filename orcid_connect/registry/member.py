"""The Member API v3.0 for works and peer reviews: add, change, remove, read, list.

Every call sends once and raises typed errors. Accept and Content-Type are always explicit: without
them the registry answers XML (REGISTRY.md 3.1).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from orcid_connect.codec import Payload, put_body, self_identifiers
from orcid_connect.errors import RegistryUnreadable
from orcid_connect.records import ActivityKind
from orcid_connect.registry.refusals import refusal_of
from orcid_connect.registry.transport import Answer, Transport
from orcid_connect.settings import Credential

JSON_TYPE = "application/json"
_PLURAL: dict[ActivityKind, str] = {"work": "works", "peer-review": "peer-reviews"}
_PUT_CODE = re.compile(r"[1-9]\d{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Item:
    """What we need of an item on a record: its put-code, who put it there, what it is about."""

    put_code: int
    client_id: str | None
    self_ids: frozenset[tuple[str, str]]
    content: dict[str, Any]


class MemberApi:
    """One credential's view of records."""

    def __init__(self, transport: Transport, credential: Credential) -> None:
        self._transport = transport
        self._base = f"{credential.api}/v3.0"
        self.client_id = credential.client_id

    async def add(
        self, token: SecretStr, orcid: str, activity: ActivityKind, payload: Payload
    ) -> int:
        """Add an item and return its put-code."""
        answer = await self._send("POST", token, f"/{orcid}/{activity}", payload)
        _expect(answer, 201)
        return _put_code(answer)

    async def change(
        self,
        token: SecretStr,
        orcid: str,
        activity: ActivityKind,
        put_code: int,
        payload: Payload,
    ) -> None:
        """Replace an item of ours."""
        body = put_body(payload, put_code)
        answer = await self._send("PUT", token, f"/{orcid}/{activity}/{put_code}", body)
        _expect(answer, 200)
        answer.json_object()

    async def remove(
        self, token: SecretStr, orcid: str, activity: ActivityKind, put_code: int
    ) -> None:
        """Delete an item of ours."""
        answer = await self._send("DELETE", token, f"/{orcid}/{activity}/{put_code}")
        _expect(answer, 204)

    async def read(
        self, token: SecretStr, orcid: str, activity: ActivityKind, put_code: int
    ) -> Item:
        """Read one item in full."""
        answer = await self._send("GET", token, f"/{orcid}/{activity}/{put_code}")
        _expect(answer, 200)
        return _item(activity, answer.json_object())

    async def items(self, token: SecretStr, orcid: str, activity: ActivityKind) -> list[Item]:
        """List the items of a section that the token may see, in summary."""
        answer = await self._send("GET", token, f"/{orcid}/{_PLURAL[activity]}")
        _expect(answer, 200)
        return [_item(activity, found) for found in _summaries(activity, answer.json_object())]

    async def registry_time(self) -> float | None:
        """Ask for ORCID's status and return what its clock says, in seconds since the epoch."""
        answer = await self._transport.send(
            "GET", f"{self._base}/status", headers={"Accept": JSON_TYPE}
        )
        _expect(answer, 200)
        try:
            return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except ValueError:
            return None

    async def _send(
        self, method: str, token: SecretStr, path: str, payload: Payload | None = None
    ) -> Answer:
        headers = {
            "Accept": JSON_TYPE,
            "Authorization": f"Bearer {token.get_secret_value()}",
        }
        content = None
        if payload is not None:
            headers["Content-Type"] = JSON_TYPE
            content = json.dumps(payload).encode()
        return await self._transport.send(
            method, self._base + path, headers=headers, content=content
        )


def _expect(answer: Answer, status: int) -> None:
    if answer.status == status:
        return
    if answer.status < 300:
        raise RegistryUnreadable(
            f"ORCID answered {answer.status} where {status} was due", status=answer.status
        )
    raise refusal_of(answer)


def _put_code(answer: Answer) -> int:
    last = urlsplit(answer.headers.get("location", "")).path.rsplit("/", 1)[-1]
    if _PUT_CODE.fullmatch(last) is None:
        raise RegistryUnreadable(
            "ORCID added an item but did not say its put-code", status=answer.status
        )
    return int(last)


def _summaries(activity: ActivityKind, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk the groups; peer reviews have one level more (REGISTRY.md 3.6)."""
    try:
        for group in data["group"] or []:
            inner = group["peer-review-group"] if activity == "peer-review" else [group]
            for level in inner or []:
                yield from level[f"{activity}-summary"] or []
    except (KeyError, TypeError):
        raise RegistryUnreadable("ORCID's list has an unknown shape", status=200) from None


def _item(activity: ActivityKind, data: Any) -> Item:
    try:
        put_code, source = data["put-code"], data.get("source") or {}
        client = source.get("source-client-id") or {}
        if not isinstance(put_code, int):
            raise TypeError
        return Item(put_code, client.get("path"), self_identifiers(activity, data), data)
    except (KeyError, TypeError, AttributeError):
        raise RegistryUnreadable("ORCID's item has an unknown shape", status=200) from None
