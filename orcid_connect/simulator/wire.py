"""One request (`Call`), one answer (`Answer`), and JSON the way the registry writes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic_core import PydanticSerializationError, to_json

JSON_TYPE = "application/json;charset=UTF-8"
HTML_TYPE = "text/html;charset=UTF-8"


@dataclass(slots=True)
class Call:
    """One request; the last fields are filled while it is answered, for the journal."""

    method: str
    path: str
    raw_path: str
    query: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes = b""
    peer: str = "127.0.0.1"
    client_id: str | None = None
    orcid: str | None = None
    token: str | None = field(default=None, repr=False)
    faults: list[str] = field(default_factory=list)
    _arguments: dict[str, str] | None = field(default=None, repr=False)
    _form: dict[str, str] | None = field(default=None, repr=False)

    @property
    def arguments(self) -> dict[str, str]:
        """The query parameters; of repeated ones the first."""
        if self._arguments is None:
            self._arguments = _first_of_each(self.query)
        return self._arguments

    @property
    def form(self) -> dict[str, str]:
        """The form fields of the body; empty for any other kind of body."""
        if self._form is None:
            kind = self.headers.get("content-type", "").split(";")[0].strip().lower()
            is_form = kind == "application/x-www-form-urlencoded"
            text = self.body.decode("utf-8", "replace") if is_form else ""
            self._form = _first_of_each(text)
        return self._form

    def cookie(self, name: str) -> str | None:
        """Read a cookie."""
        try:
            found = SimpleCookie(self.headers.get("cookie", "")).get(name)
        except CookieError:
            return None
        return found.value if found is not None else None


@dataclass(slots=True)
class Answer:
    """One answer; `decision` says for the journal what was decided and why."""

    status: int
    body: bytes = b""
    media: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    decision: str = ""


def _first_of_each(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found


_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact(value: Any) -> bytes:
    """Write JSON without spaces; half a surrogate pair becomes a question mark, as in Java."""
    return compact_as_said(value)[0]


def compact_as_said(value: Any) -> tuple[bytes, Any]:
    """Write JSON so; give it with what it says, which is `value` but for halves of pairs."""
    try:
        return to_json(value), value
    except PydanticSerializationError:  # half a pair, or too deep for the fast writer
        written = _COMPACT.encode(value).encode("utf-8", "replace")
        return written, json.loads(written)


def indented(value: Any, depth: int = 0) -> str:
    """Write JSON the way Jackson indents it: a space before the colon, `[ {` on one line."""
    if isinstance(value, dict):
        if not value:
            return "{ }"
        margin = "  " * (depth + 1)
        lines = [
            f"{margin}{_text(name)} : {indented(each, depth + 1)}" for name, each in value.items()
        ]
        return "{\n" + ",\n".join(lines) + "\n" + "  " * depth + "}"
    if isinstance(value, list):
        if not value:
            return "[ ]"
        return "[ " + ", ".join(indented(each, depth) for each in value) + " ]"
    return _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def json_answer(
    status: int, value: Any, decision: str = "", headers: list[tuple[str, str]] | None = None
) -> Answer:
    """Answer with a JSON value."""
    return Answer(status, compact(value), JSON_TYPE, headers or [], decision)


def redirect(location: str, decision: str = "", status: int = 302) -> Answer:
    """Answer by sending the caller elsewhere."""
    return Answer(status, b"", None, [("location", location)], decision)
