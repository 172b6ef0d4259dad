"""What an answer holds that writing its types again would not give: the part to keep aside.

ORCID may add members at any time, and writes nulls (REGISTRY.md 3.5).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from orcid_connect.codec.members import Member, place_tree
from orcid_connect.records.base import Form, Kept

Path = tuple[str | int, ...]
Found = Iterator[tuple[Path, Any]]


class Leftovers:
    """Walks an answer beside the tree of its type's members.

    `removed` are the paths of what the types could not hold.
    """

    def __init__(self, orcid_host: str, removed: set[Path]) -> None:
        self._host = orcid_host
        self._removed = removed

    def of(self, kind: type[Kept], data: Mapping[str, Any]) -> Found:
        """Yield path and value of all that is left over, in the order of the document."""
        return self._object(place_tree(kind), data, ())

    def _object(self, tree: Mapping[str, Any], data: Mapping[str, Any], path: Path) -> Found:
        for name, value in data.items():
            if value is None:
                continue
            known = tree.get(name)
            here = (*path, name)
            if known is None or (self._removed and here in self._removed):
                yield here, value
            elif type(known) is Member:
                yield from self._member(known, value, here)
            elif isinstance(value, Mapping):
                yield from self._object(known, value, here)
            else:
                yield here, value

    def _member(self, member: Member, value: Any, path: Path) -> Found:
        if member.many:
            yield from self._list(member, value, path)
        elif member.model is not None:
            yield from self._object(place_tree(member.model), value, path)
        elif member.form is not None:
            if not _IS_EXACT[member.form](value, self._host):
                yield path, value
        elif type(value) is not member.scalar:
            yield path, value

    def _list(self, member: Member, value: Any, path: Path) -> Found:
        if not isinstance(value, list):
            yield path, value
        elif member.model is None:
            if any(type(one) is not member.scalar for one in value):
                yield path, value
        else:
            tree = place_tree(member.model)
            for index, one in enumerate(value):
                here = (*path, index)
                if one is None or here in self._removed:
                    yield here, one
                else:
                    yield from self._object(tree, one, here)


def _is_value(value: Any, _host: str) -> bool:
    return type(value) is dict and len(value) == 1 and type(value.get("value")) is str


def _is_moment(value: Any, _host: str) -> bool:
    return type(value) is dict and len(value) == 1 and type(value.get("value")) is int


def _is_orcid(value: Any, host: str) -> bool:
    return _is_identity(value, host, f"https://{host}/")


def _is_client(value: Any, host: str) -> bool:
    return _is_identity(value, host, f"https://{host}/client/")


def _is_identity(value: Any, host: str, prefix: str) -> bool:
    path = value.get("path") if type(value) is dict else None
    return type(path) is str and value == {"uri": prefix + path, "path": path, "host": host}


def _has_digits(count: int) -> Callable[[Any, str], bool]:
    def check(value: Any, host: str) -> bool:
        if not _is_value(value, host):
            return False
        text = value["value"]
        return len(text) == count and text.isascii() and text.isdigit()

    return check


def _is_normalized(value: Any, _host: str) -> bool:
    inside = value.get("value") if type(value) is dict else None
    return type(inside) is str and value == {"value": inside, "transient": True}


_IS_EXACT: Final[Mapping[Form, Callable[[Any, str], bool]]] = {
    Form.VALUE: _is_value,
    Form.ORCID: _is_orcid,
    Form.CLIENT: _is_client,
    Form.MOMENT: _is_moment,
    Form.YEAR: _has_digits(4),
    Form.TWO_DIGITS: _has_digits(2),
    Form.NORMALIZED: _is_normalized,
}
"""Whether a value is spelt as `encode_whole` would write it."""
