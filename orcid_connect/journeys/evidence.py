"""Reading a record to learn what is true of one delivery, before anything is written again."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import SecretStr

from orcid_connect import codec
from orcid_connect.codec import Payload, identity, same_thing
from orcid_connect.errors import RegistryRefusal, RegistryUnreadable
from orcid_connect.records import ItemKind
from orcid_connect.registry.member import Item, MemberApi
from orcid_connect.registry.workbulk import MOST_WORKS


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Where we look and with whose permission."""

    api: MemberApi
    token: SecretStr
    orcid: str
    activity: ItemKind
    listed: dict[ItemKind, list[Item]] = field(default_factory=dict)
    """What the record listed when this visit began, shared by its rows: nothing of it is believed
    once the visit has written."""
    ahead: dict[int, Item | None] | None = None
    """Works that were read together, shared likewise: in full, or None for one that has to be read
    alone; no dictionary where nothing is read ahead."""

    async def ours(self, payload: Payload) -> list[Item]:
        """Return the items we put there that are about the same thing as the payload."""
        return [item for item in await self._alike(payload) if self._is_ours(item)]

    async def elsewhere(self, payload: Payload) -> Item | None:
        """Return an item of the same thing that another trusted source put there, if any."""
        alike = await self._alike(payload)
        others = (item for item in alike if item.client_id and not self._is_ours(item))
        return next(others, None)

    async def _alike(self, payload: Payload) -> list[Item]:
        wanted = identity(self.activity, payload)
        if self.activity not in self.listed:
            self.listed[self.activity] = await self.api.items(
                self.orcid, self.activity, token=self.token
            )
        return [item for item in self.listed[self.activity] if same_thing(item.identity, wanted)]

    async def has(self, put_code: int) -> bool:
        """Tell whether the record answers and still lists this item; our own are never hidden."""
        listed = await self.api.items(self.orcid, self.activity, token=self.token)
        return any(item.put_code == put_code for item in listed)

    async def item(self, put_code: int) -> Item | None:
        """Return one item in full, or None if the registry says that there is none."""
        try:
            item = await self.api.read(self.orcid, self.activity, put_code, token=self.token)
        except RegistryRefusal as error:
            if error.status == 404 and error.code == 9016:
                return None
            raise
        if item.put_code != put_code:
            raise RegistryUnreadable("ORCID gave another item than was asked for", status=200)
        return item

    async def in_full(self, put_codes: Sequence[int]) -> list[Item]:
        """Return those of these listed items that are there, in full.

        Where several rows of a visit are looked up, works of ours are read by the hundred, newest
        first: what was sent last is what is looked up. To be asked before the visit writes.
        """
        read = [await self._read_ahead(code) or await self.item(code) for code in put_codes]
        return [item for item in read if item is not None]

    async def _read_ahead(self, put_code: int) -> Item | None:
        """Return a work that was read together with others; None: it has to be read alone."""
        ahead = self.ahead
        if ahead is None or self.activity != "work":
            return None
        if put_code not in ahead:
            others = (item.put_code for item in self.listed["work"] if self._is_ours(item))
            unread = sorted((code for code in others if code not in ahead), reverse=True)
            wanted = dict.fromkeys([put_code, *unread[: MOST_WORKS - 1]])
            ahead.update(wanted)
            with suppress(RegistryUnreadable):  # read alone, each says what is wrong with it
                read = await self.api.read_works(self.orcid, wanted, token=self.token)
                ahead.update((item.put_code, item) for item in read)
        return ahead[put_code]

    async def is_ours(self, put_code: int, payload: Payload) -> Item | None:
        """Return the item if we put it there and it is about the same thing as the payload."""
        item = await self.item(put_code)
        if item is None or not self._is_ours(item):
            return None
        return item if same_thing(item.identity, identity(self.activity, payload)) else None

    def _is_ours(self, item: Item) -> bool:
        return item.client_id == self.api.client_id


def says(item: Item, activity: ItemKind, body: str) -> bool:
    """Tell whether an item read in full still says what was sent."""
    return codec.same_content(activity, json.loads(body), item.content)
