"""Bulk works: reading the request without a schema, and judging each element (REGISTRY.md 5.4)."""

from typing import Any

from orcid_connect.simulator.judging import jackson, refusals, storage
from orcid_connect.simulator.judging.answers import (
    JSON,
    PassedThrough,
    Refusal,
    Refused,
    Unreadable,
)
from orcid_connect.simulator.judging.reading import READERS
from orcid_connect.simulator.judging.schema.nodes import Field, Leaf, Record
from orcid_connect.simulator.judging.validators import works
from orcid_connect.simulator.judging.validators.shared import Situation

Element = JSON | Refusal | PassedThrough

MOST_WORKS = 100  # elements in one bulk

_ERROR = Record(
    (
        Field("response-code", Leaf(jackson.primitive_integer), initial=0, null=0),
        Field("developer-message", Leaf()),
        Field("user-message", Leaf()),
        Field("error-code", Leaf(jackson.integer)),
        Field("more-info", Leaf()),
    )
).reader()
_WORK = READERS["work"]
_CREATING = Situation(creating=True)


def read_bulk(payload: object) -> list[Element] | Refusal:
    """Read the elements of a bulk: works to examine, errors that pass through; or refuse all."""
    try:
        elements = _read_elements(payload)
    except Unreadable as reason:
        return refusals.invalid_json(str(reason))
    except Refused as refused:
        return refused.refusal
    if len(elements) > MOST_WORKS:
        return refusals.illegal_argument("too many elements in bulk").refusal
    return elements


def _read_elements(payload: object) -> list[Element]:
    if not isinstance(payload, dict):
        raise Unreadable("Couldn't read object, data seems to be empty or invalid")
    unknown = payload.keys() - {"bulk"}
    if unknown:
        raise Unreadable(f"Unrecognized field {sorted(map(str, unknown))}")
    elements = payload.get("bulk")
    if elements is None:
        return []
    read = [_read_element(one) for one in (elements if isinstance(elements, list) else [elements])]
    present: list[Element] = [one for one in read if one is not None]
    if len(present) < len(read):
        raise refusals.unexpected()
    return present


def _read_element(element: Any) -> JSON | PassedThrough | None:
    if element is None:
        return None
    if not isinstance(element, dict) or len(element) != 1:
        raise Unreadable("need JSON object with one member, the type of the element")
    [(name, body)] = element.items()
    if body is None or name not in ("work", "error"):
        raise Unreadable(f"Could not resolve type id '{name}'")
    if name == "work":
        return _WORK(body)  # type: ignore[no-any-return]
    return PassedThrough(_ERROR(body))


def examine_bulk(item: JSON, *, storing: bool = True) -> Refusal | None:
    """Say why one work of a bulk is refused, None if it is not."""
    try:
        works.validate(item, _CREATING)
        if storing:
            storage.check("work", item)
    except Refused as refused:
        return refused.refusal
    return None
