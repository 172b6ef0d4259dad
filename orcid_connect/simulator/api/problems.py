"""Refusals of the APIs and how they are written: the ORCID error body and the OAuth-like one."""

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from orcid_connect.simulator.api.error_texts import CLIENT_NAME_UNRESOLVED, ERROR_TEXTS
from orcid_connect.simulator.judging import Refusal

MORE_INFO = "https://members.orcid.org/api/resources/troubleshooting"
ERROR_NAMESPACE = "http://www.orcid.org/ns/error"

DEPRECATED = 9007
CONFLICT = 409
_PARAMETER = re.compile(r"\$\{(\w+)\}")


class Problem(Exception):
    """A refusal with an ORCID error body."""

    def __init__(
        self,
        code: int,
        *,
        status: int | None = None,
        detail: str | None = None,
        exception: str = "",
        headers: list[tuple[str, str]] | None = None,
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        """Refuse with this error number; the table gives status and texts."""
        super().__init__(f"error {code}")
        self.code = code
        self.status = ERROR_TEXTS[code].status if status is None else status
        self.detail = detail
        self.exception = exception
        self.headers = headers or []
        self.parameters = {name: str(value) for name, value in (parameters or {}).items()}

    def body(self, client_name: str | None, *, response_code: int | None = None) -> dict[str, Any]:
        """Write the error body in the registry's key order."""
        row = ERROR_TEXTS[self.code]
        developer = row.developer if row.developer is not None else self.exception
        if self.code == DEPRECATED and self.status == CONFLICT:
            developer = row.user  # writes are told what people are told (REGISTRY 5.1)
        if self.detail:
            developer = f"{developer} Full validation error: {self.detail}"
        names = dict(self.parameters)
        if client_name is not None and self.code not in CLIENT_NAME_UNRESOLVED:
            names.setdefault("clientName", client_name)
        return {
            "response-code": self.status if response_code is None else response_code,
            "developer-message": _fill(developer, names),
            "user-message": _fill(row.user, names),
            "error-code": self.code,
            "more-info": MORE_INFO,
        }

    def reason(self) -> str:
        """Say in one line for the journal what was refused."""
        if self.code == 9021:
            return f"refused: 9021, clashes with put-code {self.parameters['putCode']}"
        text = ERROR_TEXTS[self.code].developer or self.exception
        sentence = _fill(text, self.parameters)
        return f"refused: {self.code}, {self.detail or sentence}"


class AuthProblem(Exception):
    """A refusal before the API layer, with an OAuth-like JSON body whatever Accept says."""

    def __init__(self, status: int, error: str, description: str, reason: str) -> None:
        """Refuse with this status; `reason` is for the journal and names no token."""
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": description}
        self.reason = f"refused: {error}, {reason}"


def from_refusal(refusal: Refusal) -> Problem:
    """Turn a verdict on a body into a refusal of the request."""
    return Problem(
        refusal.code,
        status=refusal.status,
        detail=refusal.detail,
        exception=refusal.exception,
        parameters=refusal.params,
    )


def error_xml(body: Mapping[str, Any]) -> bytes:
    """Write an error body as XML, with its namespace as the default one."""
    members = "".join(
        f"\n    <{name}>{escape(str(value))}</{name}>" for name, value in body.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<error xmlns="{ERROR_NAMESPACE}">{members}\n</error>\n'.encode(
        "utf-8", "replace"
    )


def _fill(template: str, names: Mapping[str, str]) -> str:
    return _PARAMETER.sub(lambda match: names.get(match[1], match[0]), template)
