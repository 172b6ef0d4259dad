"""The doors of a mounted app, found in its route table: none can be added without being found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.routing import BaseRoute, Mount, Route

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


@dataclass(frozen=True, slots=True)
class Door:
    """A path of the route table, the parts to be filled in braces, and its methods."""

    path: str
    methods: frozenset[str]

    def address(self, **values: str) -> str:
        """Return the path with its parts filled; `x` where nothing is given."""
        return _PARAMETER.sub(lambda match: values.get(match[1], "x"), self.path)


def doors_of(routes: Sequence[BaseRoute], above: str = "") -> Iterator[Door]:
    """Walk a route table, also below what is mounted; a mounted app without routes is one door."""
    for route in routes:
        assert isinstance(route, Route | Mount), f"what kind of door is {route}?"
        path = above + route.path
        if isinstance(route, Route):
            yield Door(path, frozenset(route.methods or METHODS))
        elif route.routes:
            yield from doors_of(route.routes, path)
        else:
            yield Door(f"{path}/{{rest}}", frozenset({"GET", "HEAD"}))
