"""Dictionaries of entities that write every change through to the storage."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from orcid_connect.simulator.entities import from_row, has_content, to_row
from orcid_connect.simulator.persistence import Storage

Key = TypeVar("Key")
Kept = TypeVar("Kept")


class Table(Generic[Key, Kept]):
    """Entities of one kind by key."""

    def __init__(
        self, room: str, kind: type[Kept], key: Callable[[Kept], Key], storage: Storage
    ) -> None:
        """Begin empty; `load` reads what the storage has."""
        self._room = room
        self._kind = kind
        self._key = key
        self._storage = storage
        self._entities: dict[Key, Kept] = {}
        self._has_content = has_content(kind)

    def __len__(self) -> int:
        return len(self._entities)

    def __iter__(self) -> Iterator[Kept]:
        return iter(self._entities.values())

    def __contains__(self, key: object) -> bool:
        return key in self._entities

    def __getitem__(self, key: Key) -> Kept:
        return self._entities[key]

    def get(self, key: Key) -> Kept | None:
        """Find an entity, or None."""
        return self._entities.get(key)

    def put(self, entity: Kept) -> Kept:
        """Insert an entity, or keep a change of one."""
        key = self._key(entity)
        self._entities[key] = entity
        if self._storage.keeps:
            content = getattr(entity, "content", None) if self._has_content else None
            self._storage.put(self._room, str(key), json.dumps(to_row(entity)), content)
        return entity

    def remove(self, key: Key) -> None:
        """Delete an entity, if it is there."""
        if self._entities.pop(key, None) is not None:
            self._storage.remove(self._room, str(key))

    def load(self, order: Callable[[Kept], Any] | None = None) -> None:
        """Read everything the storage has, sorted by `order`."""
        found = [
            self._revive(json.loads(data), body) for data, body in self._storage.rows(self._room)
        ]
        if order is not None:
            found.sort(key=order)
        self._entities = {self._key(entity): entity for entity in found}

    def clear(self) -> None:
        """Forget everything here; the storage is cleared as a whole elsewhere."""
        self._entities = {}

    def dump(self) -> list[dict[str, Any]]:
        """Write all rows, contents included, as JSON values."""
        return [self._dump_row(entity) for entity in self._entities.values()]

    def restore(self, rows: Iterable[dict[str, Any]]) -> None:
        """Put back what `dump` wrote."""
        for row in rows:
            values = dict(row)
            content = values.pop("content", None)
            self.put(self._revive(values, content.encode() if content is not None else None))

    def _revive(self, row: dict[str, Any], content: bytes | None) -> Kept:
        if self._has_content and content is not None:
            return from_row(self._kind, {**row, "content": content})
        return from_row(self._kind, row)

    def _dump_row(self, entity: Kept) -> dict[str, Any]:
        row = to_row(entity)
        if self._has_content:
            row["content"] = getattr(entity, "content").decode()  # noqa: B009
        return row
