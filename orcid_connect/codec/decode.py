"""Reading: from what the registry answers to our records, tolerantly and without loss.

Nulls, absent members, bare texts and single elements for lists are all taken. What the types have
no place for, or cannot hold, is kept aside rather than guessed or dropped.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from orcid_connect.codec.encode import DEFAULT_HOST
from orcid_connect.codec.leftovers import Leftovers, Path
from orcid_connect.codec.shapes import Reading
from orcid_connect.codec.tables import TABLES
from orcid_connect.errors import InputError
from orcid_connect.records import Answer, ItemKind, PeerReview, Work
from orcid_connect.records.base import Aside

Plain = dict[str, Any]
Read = TypeVar("Read", bound=Answer)

# Each round takes away at least one level of what cannot be held; no answer is nested deeper.
_MOST_ROUNDS: Final = 20


def decode(kind: type[Read], data: Any, *, orcid_host: str = DEFAULT_HOST) -> Read:
    """Return an item, list or record from the registry's JSON (REGISTRY.md 3.5, 3.7).

    Unknown members and values that the types cannot hold end in `aside`; `encode_whole` puts them
    back. `orcid_host` is the site host of the environment, as in `encode`. Raises InputError for
    what is no object, or lacks a member without which it is nothing (a work without a type).
    """
    if not isinstance(data, Mapping):
        raise InputError(f"This is no {kind.__name__}: it is no JSON object.")
    try:
        return _decoded(kind, dict(data), orcid_host)
    except (RecursionError, ValueError) as error:
        raise InputError(f"This is no {kind.__name__}: {type(error).__name__}.") from None


def decode_work(data: Any) -> Work:
    """Return a work from the registry's JSON (REGISTRY.md 4.2); raise InputError if it is none."""
    return decode(Work, data)


def decode_peer_review(data: Any) -> PeerReview:
    """Return a peer review from the registry's JSON (REGISTRY.md 4.3); raise InputError if none."""
    return decode(PeerReview, data)


def plain_form(kind: ItemKind, data: Any) -> Plain:
    """Return what can be read of an item, wrappers and nulls gone; raise InputError if nothing."""
    plain = TABLES[kind].read(data, "", Reading())
    if plain is None:
        raise InputError(f"This is not a {kind}: it is no JSON object.")
    return plain


def _decoded(kind: type[Read], data: Plain, host: str) -> Read:
    removed: set[Path] = set()
    readable = data
    for _round in range(_MOST_ROUNDS):
        try:
            answer = kind.model_validate(readable, extra="ignore", by_alias=True, by_name=False)
        except ValidationError as error:
            places = [one["loc"] for one in error.errors(include_input=False, include_url=False)]
            readable = deepcopy(readable) if readable is data else readable
            removed |= _remove(readable, places, kind)
            continue
        found = Leftovers(host, removed).of(kind, data)
        asides = tuple(Aside(path=path, json_text=json.dumps(value)) for path, value in found)
        return answer.model_copy(update={"aside": asides}) if asides else answer
    raise InputError(f"This is no {kind.__name__}: too little of it can be read.")


def _remove(data: Plain, places: list[Path], kind: type[Answer]) -> set[Path]:
    """Make null what stands at these places, or the nearest thing around it that is not yet."""
    paths = {_actual_path(data, place) for place in places}
    if () in paths:
        told = ".".join(map(str, places[0]))
        raise InputError(f"This is no {kind.__name__}: {told} is missing or cannot be read.")
    for path in sorted(paths, key=len, reverse=True):
        holder: Any = data
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = None
    return paths


def _actual_path(data: Any, place: Path) -> Path:
    """Return the path of the innermost thing on the way to a place that is there."""
    way: list[str | int] = []
    for step in place:
        if isinstance(step, int):
            if not isinstance(data, list):
                # One thing alone stood for a list of it.
                continue
            step = [index for index, one in enumerate(data) if one is not None][step]
        elif not isinstance(data, Mapping) or data.get(step) is None:
            break
        data = data[step]
        way.append(step)
    return tuple(way)
