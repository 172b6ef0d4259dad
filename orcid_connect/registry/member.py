"""The Member API v3.0: reading as a person allows, and adding, changing and removing items.

What may be asked is REGISTRY.md 3.2 and 3.3, who may write 7.1, in which states 7.3.
Every call sends once and raises typed errors; `premium` rooms (webhooks, notifications) and the
groups of peer reviews hang on it.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import SecretStr

from orcid_connect import codec, records
from orcid_connect.codec import Encoded, Identity, Payload, identity, put_body
from orcid_connect.errors import RegistryNotAsked, RegistryUnreadable
from orcid_connect.records import AffiliationKind, ItemKind, PersonKind
from orcid_connect.registry.access import Access, Request
from orcid_connect.registry.groups import Groups
from orcid_connect.registry.kinds import check_member_api
from orcid_connect.registry.notifications import Notifications
from orcid_connect.registry.reading import ReadingApi
from orcid_connect.registry.sections import (
    checked_orcid,
    checked_put_code,
    item_in,
    put_code_in,
    section_of,
)
from orcid_connect.registry.transport import Answer, Transport
from orcid_connect.registry.webhooks import Webhooks
from orcid_connect.registry.workbulk import AddedWork, add_in_hundreds
from orcid_connect.settings import Credential

PERSON_KINDS = frozenset(get_args(PersonKind))
AFFILIATION_KINDS = frozenset(get_args(AffiliationKind))
Content = records.Item | Payload | Encoded
"""What may be written: an item of our types, or its v3.0 JSON, parsed or not."""


@dataclass(frozen=True, slots=True)
class Item:
    """What we need of an item on a record: its put-code, who put it there, what it is about."""

    put_code: int
    client_id: str | None
    identity: Identity
    content: dict[str, Any]


class MemberApi(ReadingApi):
    """One credential's view of records. Calls raise `KindCannot` for a public credential."""

    def __init__(
        self, transport: Transport, credential: Credential, *, access: Access | None = None
    ) -> None:
        access = access or Access(transport, credential)
        super().__init__(access, credential.api, credential.orcid_host)
        self.credential = credential
        self.client_id = credential.client_id
        self.groups = Groups(access, self._base, self.orcid_host)
        self.webhooks = Webhooks(access, credential.api)
        self.notifications = Notifications(access, self._base, self.orcid_host)

    # --- writing -----------------------------------------------------------------------------

    async def add(self, orcid: str, kind: ItemKind, content: Content, *, token: SecretStr) -> int:
        """Add an item and return its put-code; raises `Duplicate` if we have it there already."""
        bare, segment = checked_orcid(orcid), section_of(kind).segment
        request = Request(
            "POST",
            f"/{bare}/{segment}",
            token=token,
            payload=self._payload(content),
            expected=(201,),
            orcid=bare,
        )
        return put_code_in(await self._write(request), bare)

    async def change(
        self, orcid: str, kind: ItemKind, put_code: int, content: Content, *, token: SecretStr
    ) -> None:
        """Replace an item of ours; what is left out is cleared (REGISTRY.md 7.1).

        Raises `RegistryUnreadable`, outcome unknown, if another item is answered (3.1).
        """
        payload = self._payload(content)
        if isinstance(payload, Encoded):
            payload = payload.payload
        body = put_body(payload, checked_put_code(put_code))
        answer = await self._write_item("PUT", orcid, kind, put_code, token, (200,), body)
        item_in(answer, put_code)

    async def remove(self, orcid: str, kind: ItemKind, put_code: int, *, token: SecretStr) -> None:
        """Delete an item of ours; a token its owner withdrew still may (REGISTRY.md 2.4)."""
        await self._write_item("DELETE", orcid, kind, put_code, token, (204,))

    def add_works(
        self, orcid: str, works: Sequence[Content], *, token: SecretStr
    ) -> AsyncIterator[AddedWork]:
        """Add works, 100 a call, and tell of each what became of it (REGISTRY.md 5.4).

        Those added stay even if others fail. Raises in the middle what stops the rest.
        """
        bare = checked_orcid(orcid)

        async def add(body: Encoded) -> Payload:
            request = Request("POST", f"/{bare}/works", token=token, payload=body, orcid=bare)
            return (await self._write(request)).json_object()

        return add_in_hundreds([self._payload(work) for work in works], add)

    # --- what deliveries look at ---------------------------------------------------------------

    async def read(self, orcid: str, kind: ItemKind, put_code: int, *, token: SecretStr) -> Item:
        """Read one item in full, as evidence of what stands there."""
        return _item(kind, await self.item_json(orcid, kind, put_code, token=token))

    async def read_works(
        self, orcid: str, put_codes: Iterable[int], *, token: SecretStr
    ) -> list[Item]:
        """Read works in full, 100 a call; what ORCID does not show of them is left out."""
        found = self.works_json(orcid, put_codes, token=token)
        return [_item("work", one.content) async for one in found if one.content is not None]

    async def items(self, orcid: str, kind: ItemKind, *, token: SecretStr) -> list[Item]:
        """List the items of a section that the token may see, in summary."""
        bare = checked_orcid(orcid)
        path = f"/{bare}/{section_of(kind).plural}"
        answer = await self.get(path, token=token, orcid=bare)
        return [_item(kind, found) for found in _summaries(kind, answer.json_object())]

    async def record_summary(self, orcid: str, *, token: SecretStr | None = None) -> Payload:
        """Read counts and latest items as ORCID's JSON; ORCID may have it switched off (404)."""
        bare = checked_orcid(orcid)
        return (await self.get(f"/{bare}/summary", token=token, orcid=bare)).json_object()

    # --- how -----------------------------------------------------------------------------------

    async def _reading_token(self, token: SecretStr | None) -> SecretStr | None:
        check_member_api(self.credential)
        return await super()._reading_token(token)

    async def _write_item(
        self,
        method: str,
        orcid: str,
        kind: ItemKind,
        put_code: int,
        token: SecretStr,
        expected: tuple[int, ...],
        payload: Payload | None = None,
    ) -> Answer:
        bare, checked = checked_orcid(orcid), checked_put_code(put_code)
        request = Request(
            method,
            f"/{bare}/{section_of(kind).segment}/{checked}",
            token=token,
            payload=payload,
            expected=expected,
            orcid=bare,
            put_code=checked,
        )
        return await self._write(request)

    async def _write(self, request: Request) -> Answer:
        check_member_api(self.credential)
        return await self._access.send(self._base, request)

    def _payload(self, content: Content) -> Payload | Encoded:
        if isinstance(content, dict | Encoded):
            return content
        if isinstance(content, records.Item):
            return codec.encode(content, orcid_host=self.orcid_host)
        raise RegistryNotAsked("an item is one of our types, or a JSON object")


def _summaries(kind: ItemKind, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk a section's list; person items stand in it plainly, activities in groups."""
    try:
        if kind in PERSON_KINDS:
            yield from data[kind] or []
        elif kind in AFFILIATION_KINDS:
            for group in data["affiliation-group"] or []:
                yield from (one[f"{kind}-summary"] for one in group["summaries"] or [])
        else:
            yield from _grouped(kind, data)
    except (KeyError, TypeError):
        raise RegistryUnreadable("ORCID's list has an unknown shape", status=200) from None


def _grouped(kind: ItemKind, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk the groups; peer reviews have one level more (REGISTRY.md 3.6)."""
    for group in data["group"] or []:
        inner = group["peer-review-group"] if kind == "peer-review" else [group]
        for level in inner or []:
            yield from level[f"{kind}-summary"] or []


def _item(kind: ItemKind, data: Any) -> Item:
    try:
        put_code, source = data["put-code"], data.get("source") or {}
        client = source.get("source-client-id") or {}
        if type(put_code) is not int:
            raise TypeError
        return Item(put_code, client.get("path"), identity(kind, data), data)
    except (KeyError, TypeError, AttributeError):
        raise RegistryUnreadable("ORCID's item has an unknown shape", status=200) from None
