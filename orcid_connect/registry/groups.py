"""Group-id records: the venues that peer reviews name (REGISTRY.md 6).

A journal with an ISSN never creates one: asking for `issn:…` makes ORCID look the ISSN up and keep
its own record, and adding a peer review does the same.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from pydantic import SecretStr

from orcid_connect import codec
from orcid_connect.codec import Payload, put_body
from orcid_connect.errors import Duplicate, RegistryNotAsked, RegistryUnreadable
from orcid_connect.records import GroupIdRecord, GroupIdRecords
from orcid_connect.registry.access import Access, Request
from orcid_connect.registry.sections import checked_put_code, item_in, put_code_in, read_as
from orcid_connect.registry.transport import Answer

READ: Final = "/group-id-record/read"
UPDATE: Final = "/group-id-record/update"
PAGE_SIZE: Final = 100
ISSN_PREFIX: Final = "issn:"

_PATH: Final = "/group-id-record"


class Groups:
    """The groups of all of ORCID, read and kept with the client's own tokens."""

    def __init__(self, access: Access, base: str, orcid_host: str) -> None:
        self._access, self._base, self._orcid_host = access, base, orcid_host

    async def find(self, group_id: str) -> GroupIdRecord | None:
        """Return the group of this id; of an ISSN not known yet, ORCID makes one on the way.

        Raises `ContentRefused` (9053) for an ISSN that is malformed or unknown to the portal.
        """
        return await self._find({"group-id": group_id})

    async def find_by_name(self, name: str) -> GroupIdRecord | None:
        """Return the group with exactly this name, in any case of letters."""
        return await self._find({"name": name})

    async def read(self, put_code: int) -> GroupIdRecord:
        """Return the group with this put-code; raises `NotFound` (9026)."""
        answer = await self._send("GET", READ, f"{_PATH}/{checked_put_code(put_code)}")
        return read_as(GroupIdRecord, item_in(answer, put_code), self._orcid_host)

    async def pages(
        self, *, page_size: int = PAGE_SIZE, first: int = 1
    ) -> AsyncIterator[GroupIdRecords]:
        """List all groups, oldest first, a page a request; `total` counts the page only."""
        if page_size < 1 or first < 1:
            raise RegistryNotAsked("pages are counted from 1 and hold 1 group at least")
        page = first
        while True:
            parameters = {"page": str(page), "page-size": str(page_size)}
            answer = await self._send("GET", READ, _PATH, parameters=parameters)
            found = read_as(GroupIdRecords, answer.json_object(), self._orcid_host)
            if found.records:
                yield found
            if len(found.records) < page_size:
                return
            page += 1

    async def create(self, group: GroupIdRecord) -> int:
        """Create a group and return its put-code; raises `Duplicate` (9025) if it exists.

        For a new `issn:` group ORCID makes its own record and answers 9025 all the same.
        """
        body = codec.encode(group)
        return put_code_in(await self._send("POST", UPDATE, _PATH, body, expected=201))

    async def ensure(self, group: GroupIdRecord) -> GroupIdRecord:
        """Return the group of this id, created as given if there is none."""
        found = await self.find(group.group_id)
        if found is None:
            with suppress(Duplicate):  # somebody may be quicker
                await self.create(group)
            found = await self.find(group.group_id)
        if found is None:
            raise RegistryUnreadable("ORCID does not find the group just created", status=200)
        return found

    async def change(self, put_code: int, group: GroupIdRecord) -> None:
        """Replace a group of ours; raises `NotTheSource` for another's (REGISTRY.md 6, 7.1)."""
        checked = checked_put_code(put_code)
        body = put_body(codec.encode(group), checked)
        item_in(await self._send("PUT", UPDATE, f"{_PATH}/{checked}", body), checked)

    async def delete(self, put_code: int) -> None:
        """Delete a group of ours; raises `StateRefused` (9040) while peer reviews name it."""
        checked = checked_put_code(put_code)
        await self._send("DELETE", UPDATE, f"{_PATH}/{checked}", expected=204)

    async def _find(self, parameters: dict[str, str]) -> GroupIdRecord | None:
        """An unknown group is an answer of five nulls (REGISTRY.md 6)."""
        answer = await self._send("GET", READ, _PATH, parameters=parameters)
        body = answer.json_object()
        if body.get("group-id") is None:
            return None
        return read_as(GroupIdRecord, body, self._orcid_host)

    async def _send(
        self,
        method: str,
        scope: str,
        path: str,
        payload: Payload | None = None,
        *,
        parameters: dict[str, str] | None = None,
        expected: int = 200,
    ) -> Answer:
        token: SecretStr | None = await self._access.own_token(scope)
        request = Request(
            method,
            path,
            token=token,
            payload=payload,
            parameters=parameters or {},
            expected=(expected,),
        )
        return await self._access.send(self._base, request)
