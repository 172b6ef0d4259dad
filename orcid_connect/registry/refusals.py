"""Reading the registry's no: two families of error bodies, made into one typed refusal.

ORCID's texts are quoted only from its own error bodies, shortened; the OAuth family echoes tokens
(REGISTRY.md 3.3) and is never quoted.
"""

import re
from typing import Any

from orcid_connect.errors import RecordMoved, RegistryRefusal, RegistryUnreadable
from orcid_connect.identifiers import parse_orcid
from orcid_connect.registry.meanings import BY_CODE, Meaning, meaning_of
from orcid_connect.registry.transport import Answer

QUOTED_CHARACTERS = 300
"""How much of ORCID's own text is quoted at most."""
MAX_RETRY_SECONDS = 86_400.0
"""The longest wait that is believed."""

_CLASH = re.compile(r"put-code (\d{1,18})(?!\d)", re.ASCII)
# Addresses first, from where a word begins: a long body must not take time squared.
_TOKEN_LIKE = re.compile(
    r"(?<!\S)\S+@\S+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.ASCII)
_ERROR_WORD = re.compile(r"(?=.{3,40}$)[a-z]+(?:_[a-z]+)+", re.ASCII)
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
# Jackson's way of saying where: through reference chain: …Work["external-ids"]->…["external-id"]
_JACKSON_MEMBER = re.compile(r'\["([a-z0-9-]{1,60})"\]', re.ASCII)
_UNKNOWN_MEMBER = re.compile(r'Unrecognized field "([^"\s]{1,60})"')
# Xerces' way: cvc-complex-type.2.4.b: … One of '{…:"title"}' is expected; element 'work:title'
_SCHEMA_MEMBER = re.compile(r"'(?:\{[^}']*:)?(?:[a-z-]+:)?([a-z][a-z0-9-]{0,59})\}?'", re.ASCII)


def refusal_of(answer: Answer) -> RegistryRefusal:
    """Return the refusal an answer of 300 or more means; raise `RegistryUnreadable` if none."""
    body = _body(answer)
    code = body.get("error-code")
    if isinstance(code, int) and not isinstance(code, bool):
        return _of_orcid(answer.status, code, body, answer)
    word = body.get("error")
    if isinstance(word, str):
        return _of_oauth(word, answer)
    meaning = meaning_of(answer.status, None)
    if answer.status == 429 or answer.status >= 500:
        return _make(meaning, "", answer, None)
    raise RegistryUnreadable(
        f"something answered {answer.status} that is not ORCID's API", status=answer.status
    )


def refusal_in_bulk(body: dict[str, Any]) -> RegistryRefusal:
    """Return the refusal of one element of a bulk answer (REGISTRY.md 5.4)."""
    code, status = body.get("error-code"), body.get("response-code")
    if type(code) is not int or type(status) is not int:
        raise RegistryUnreadable("ORCID's bulk holds an error of an unknown shape", status=200)
    return _of_orcid(status, code, body, Answer(status, {}, b""))


def _body(answer: Answer) -> dict[str, Any]:
    try:
        return answer.json_object()
    except RegistryUnreadable:
        return {}


def is_error_word(text: str) -> bool:
    """Tell whether a text is an error word of OAuth; with an underscore, so it can be no code."""
    return _ERROR_WORD.fullmatch(text) is not None


def _of_oauth(word: str, answer: Answer) -> RegistryRefusal:
    known = word if word in BY_CODE or is_error_word(word) else None
    return _make(meaning_of(answer.status, known), f"({known})" if known else "", answer, known)


def _of_orcid(status: int, code: int, body: dict[str, Any], answer: Answer) -> RegistryRefusal:
    developer = body.get("developer-message")
    text = str(developer or body.get("user-message") or "")
    meaning = meaning_of(status, code)
    clash = _CLASH.search(text) if code == 9021 else None
    error = _make(meaning, f"({code}): {quotable(text)}", answer, code)
    error.clashing_put_code = int(clash[1]) if clash else None
    error.field = meaning.field or field_named_in(text)
    if isinstance(error, RecordMoved):
        error.primary = _primary(error.location, text)
    return error


def _make(meaning: Meaning, said: str, answer: Answer, code: int | str | None) -> RegistryRefusal:
    words = " ".join(part for part in (f"ORCID answered {answer.status}", said) if part)
    return meaning.error(
        f"{words.rstrip('. ')}; {meaning.advice}",
        status=answer.status,
        code=code,
        location=answer.headers.get("location"),
        retry_after=_seconds(answer.headers.get("retry-after", "")),
        field=meaning.field,
    )


def field_named_in(text: str) -> str | None:
    """Return the member of the payload that a schema fault of ORCID's names, if it names one."""
    unknown = _UNKNOWN_MEMBER.search(text)
    if unknown:
        return unknown[1]
    chain = _JACKSON_MEMBER.findall(text)
    if chain:
        return ".".join(chain)
    if "cvc-" not in text:
        return None
    named = _SCHEMA_MEMBER.search(text)
    return named[1] if named else None


def _primary(location: str | None, text: str) -> str | None:
    """The primary iD stands in `Location`, else first in the text (REGISTRY.md 5.1)."""
    for place in (location or "", text):
        found = _ORCID.search(place)
        if found:
            return parse_orcid(found[0])
    return None


def quotable(text: str) -> str:
    """Return a text of ORCID's as it may be shown: one line, short, nothing that may be secret."""
    line = " ".join(_TOKEN_LIKE.sub("…", text).split())
    return line if len(line) <= QUOTED_CHARACTERS else line[: QUOTED_CHARACTERS - 1] + "…"


def _seconds(text: str) -> float | None:
    return min(float(text), MAX_RETRY_SECONDS) if _SECONDS.fullmatch(text) else None
