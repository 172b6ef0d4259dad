"""Writing: from our records to the JSON of API v3.0, exactly and without nulls."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from orcid_connect.codec.form import Payload
from orcid_connect.codec.members import Member, members
from orcid_connect.records import Answer, BulkWorks, Item
from orcid_connect.records.base import Aside, Form, Kept, milliseconds

DEFAULT_HOST: Final = "orcid.org"


def encode(item: Item | BulkWorks, *, orcid_host: str = DEFAULT_HOST) -> Payload:
    """Return the body to POST for an item: its content, absent members left out (REGISTRY.md 4).

    `orcid_host` is the site host that iDs inside the payload carry (REGISTRY.md 12). What ORCID
    sets is never written; `put_body` adds the put-code of a PUT.
    """
    return _object(item, orcid_host, whole=False)


def encode_whole(answer: Answer, *, orcid_host: str = DEFAULT_HOST) -> Payload:
    """Return everything that was read, also what ORCID set and what no type has a place for.

    Only nulls and empty lists are not told apart from absent members (REGISTRY.md 3.5).
    """
    body = _object(answer, orcid_host, whole=True)
    for aside in answer.aside:
        _put_back(body, aside)
    return body


def _object(value: Kept, host: str, *, whole: bool) -> Payload:
    body: Payload = {}
    for member in members(type(value)):
        if not whole and member.name in value.only_read:
            continue
        held = getattr(value, member.name)
        if held is not None and held != ():
            _set(body, member.place, _written(member, held, host, whole=whole))
        elif member.name in value.always and not whole:
            _set_empty(body, member)
    return body


def _set(body: Payload, place: Sequence[str], value: Any) -> None:
    for step in place[:-1]:
        body = body.setdefault(step, {})
    body[place[-1]] = value


def _set_empty(body: Payload, member: Member) -> None:
    if member.many:
        _set(body, member.place, [])
    else:
        body.setdefault(member.place[0], {})


def _written(member: Member, held: Any, host: str, *, whole: bool) -> Any:
    if member.many:
        if member.model is None:
            return list(held)
        return [_object(one, host, whole=whole) for one in held]
    if member.model is not None:
        return _object(held, host, whole=whole)
    return held if member.form is None else _FORMS[member.form](held, host)


def _orcid(bare: str, host: str) -> Payload:
    return {"uri": f"https://{host}/{bare}", "path": bare, "host": host}


def _client(bare: str, host: str) -> Payload:
    return {"uri": f"https://{host}/client/{bare}", "path": bare, "host": host}


def _moment(when: datetime, _host: str) -> Payload:
    return {"value": milliseconds(when)}


def _two_digits(number: int, _host: str) -> Payload:
    # One-digit months are refused (9049) although the schema takes them (REGISTRY.md 4.1).
    return {"value": f"{number:02d}"}


_FORMS: Final[Mapping[Form, Callable[[Any, str], Payload]]] = {
    Form.VALUE: lambda text, _host: {"value": text},
    Form.ORCID: _orcid,
    Form.CLIENT: _client,
    Form.MOMENT: _moment,
    Form.YEAR: lambda number, _host: {"value": f"{number:04d}"},
    Form.TWO_DIGITS: _two_digits,
    Form.NORMALIZED: lambda text, _host: {"value": text, "transient": True},
}


def _put_back(body: Any, aside: Aside) -> None:
    """Put back what stood aside; they come in the order of the document, so places are right."""
    *way, last = aside.path
    for step, following in zip(way, aside.path[1:], strict=True):
        body = _step_into(body, step, [] if isinstance(following, int) else {})
    value = json.loads(aside.json_text)
    if isinstance(last, int):
        body.insert(last, value)
    else:
        body[last] = value


def _step_into(body: Any, step: str | int, new: Any) -> Any:
    if isinstance(step, int):
        if step == len(body):
            body.append(new)
        return body[step]
    return body.setdefault(step, new)
