"""The items on people's records, findable by put-code, by kind, and by the keys duplicates share.

Every look-up costs the same on a record of ten works and on one of ten thousand.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from orcid_connect.simulator.entities import Item
from orcid_connect.simulator.tables import Table

Key: TypeAlias = tuple[str, str]
KeysOf: TypeAlias = Callable[[Item], frozenset[Key]]


class Record:
    """The items of one iD."""

    __slots__ = ("by_key", "by_kind")

    def __init__(self) -> None:
        """Begin empty."""
        self.by_kind: dict[str, dict[int, Item]] = {}
        self.by_key: dict[tuple[str, Key], list[int]] = {}


class Records:
    """All items of the world."""

    def __init__(self, items: Table[int, Item], keys_of: KeysOf) -> None:
        """Keep `items`; `keys_of` gives the keys under which duplicates are searched."""
        self._items = items
        self._keys_of = keys_of
        self._records: dict[str, Record] = {}

    def find(self, orcid: str, put_code: int) -> Item | None:
        """Find an item of this record, whatever its kind."""
        item = self._items.get(put_code)
        return item if item is not None and item.orcid == orcid else None

    def of_kind(self, orcid: str, kind: str) -> Iterable[Item]:
        """Give all items of one kind, oldest put-code first."""
        record = self._records.get(orcid)
        return record.by_kind.get(kind, {}).values() if record else ()

    def all_of(self, orcid: str) -> Iterator[Item]:
        """Give every item of a record."""
        record = self._records.get(orcid)
        for items in record.by_kind.values() if record else ():
            yield from items.values()

    def count(self, orcid: str, kind: str) -> int:
        """Count the items of one kind."""
        record = self._records.get(orcid)
        return len(record.by_kind.get(kind, ())) if record else 0

    def sharing(self, orcid: str, kind: str, keys: Iterable[Key]) -> list[Item]:
        """Give the items of this kind that share a key: all that could be duplicates."""
        record = self._records.get(orcid)
        if record is None:
            return []
        found = {code for key in keys for code in record.by_key.get((kind, key), ())}
        return [self._items[code] for code in sorted(found)]

    def add(self, item: Item, keys: frozenset[Key]) -> None:
        """Put a new item on its record, under the keys that its content has."""
        self._items.put(item)
        self._index(item, keys)

    def replace(self, old: Item, new: Item) -> None:
        """Put `new` in the place of `old`, which has the same put-code."""
        self._unindex(old)
        self._items.put(new)
        self._index(new, self._keys_of(new))

    def remove(self, item: Item) -> None:
        """Take an item off its record."""
        self._unindex(item)
        self._items.remove(item.put_code)

    def reindex(self) -> None:
        """Build the indexes anew from the items."""
        self._records = {}
        for item in self._items:
            self._index(item, self._keys_of(item))

    def _index(self, item: Item, keys: frozenset[Key]) -> None:
        record = self._records.get(item.orcid)
        if record is None:
            record = self._records[item.orcid] = Record()
        record.by_kind.setdefault(item.kind, {})[item.put_code] = item
        for key in keys:
            record.by_key.setdefault((item.kind, key), []).append(item.put_code)

    def _unindex(self, item: Item) -> None:
        record = self._records[item.orcid]
        del record.by_kind[item.kind][item.put_code]
        for key in self._keys_of(item):
            codes = record.by_key[item.kind, key]
            codes.remove(item.put_code)
            if not codes:
                del record.by_key[item.kind, key]
