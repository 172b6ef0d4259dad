"""Reading the registry's no: two families of error bodies, made into one typed refusal.

ORCID's texts are quoted only from its own error bodies, shortened; the OAuth family echoes tokens
(REGISTRY.md 3.3) and is never quoted.
"""

import re
from typing import Any

from orcid_connect.errors import RegistryRefusal, RegistryUnreadable
from orcid_connect.registry.transport import Answer

QUOTED_CHARACTERS = 300
"""How much of ORCID's own text is quoted at most."""

_CLASH = re.compile(r"put-code (\d+)")
_TOKEN_LIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\S+@\S+")
_WITHOUT_BODY = {429: "too many requests", 503: "not available just now"}


def refusal_of(answer: Answer) -> RegistryRefusal:
    """Return the refusal an answer of 300 or more means; raise `RegistryUnreadable` if none."""
    body = _body(answer)
    if isinstance(body.get("error-code"), int):
        return _of_orcid(answer, body)
    if isinstance(body.get("error"), str):
        word = body["error"]
        return RegistryRefusal(
            f"ORCID answered {answer.status} ({word})", status=answer.status, code=word
        )
    if answer.status in _WITHOUT_BODY:
        return RegistryRefusal(
            f"ORCID answered {answer.status}: {_WITHOUT_BODY[answer.status]}",
            status=answer.status,
            retry_after=_seconds(answer.headers.get("retry-after", "")),
        )
    raise RegistryUnreadable(
        f"something answered {answer.status} that is not ORCID's API", status=answer.status
    )


def _body(answer: Answer) -> dict[str, Any]:
    try:
        return answer.json_object()
    except RegistryUnreadable:
        return {}


def _of_orcid(answer: Answer, body: dict[str, Any]) -> RegistryRefusal:
    text = str(body.get("developer-message") or body.get("user-message") or "")
    clash = _CLASH.search(text)
    return RegistryRefusal(
        f"ORCID answered {answer.status} ({body['error-code']}): {quotable(text)}",
        status=answer.status,
        code=body["error-code"],
        location=answer.headers.get("location"),
        clashing_put_code=int(clash[1]) if clash else None,
        retry_after=_seconds(answer.headers.get("retry-after", "")),
    )


def quotable(text: str) -> str:
    """Return a text of ORCID's as it may be shown: one line, short, nothing that may be secret."""
    line = " ".join(_TOKEN_LIKE.sub("…", text).split())
    return line if len(line) <= QUOTED_CHARACTERS else line[: QUOTED_CHARACTERS - 1] + "…"


def _seconds(text: str) -> float | None:
    return float(text) if text.isdigit() else None
