"""One credential's way in: its rate, its count of requests, its own tokens, its requests sent.

All APIs of a credential in a process share one `Access`, as ORCID counts per client. Accept and
Content-Type are always explicit: without them ORCID answers XML (REGISTRY.md 3.1).
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import SecretStr

from orcid_connect.codec import Encoded
from orcid_connect.errors import RegistryRefusal, RegistryUnreadable, TokenRefused
from orcid_connect.observe import Clock, wall_clock
from orcid_connect.pacing import (
    BURST,
    DAILY_ANONYMOUS,
    DAILY_IDENTIFIED,
    MEMBER_RATE,
    PUBLIC_RATE,
    DailyCount,
    Pacer,
    Sleep,
    Turns,
)
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.refusals import refusal_of
from orcid_connect.registry.transport import Answer, Transport
from orcid_connect.settings import Credential

JSON_TYPE: Final = "application/json"
EARLY_SECONDS: Final = 60.0
"""A token this close to its end is not used any more."""
KEPT_SECONDS: Final = 3600.0
"""How long a token is kept that does not say how long it lives."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request below an API's base. `orcid` and `put_code` are told by what is raised."""

    method: str
    path: str
    token: SecretStr | None = None
    payload: Any = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    accept: str = JSON_TYPE
    expected: tuple[int, ...] = (200,)
    orcid: str | None = None
    put_code: int | None = None


class Access:
    """How a credential, or a stranger (None), gets at ORCID's APIs. It sends once and raises."""

    def __init__(
        self,
        transport: Transport,
        credential: Credential | None,
        *,
        clock: Clock = wall_clock,
        sleep: Sleep = asyncio.sleep,
        oauth: OAuth | None = None,
        turns: Turns | None = None,
    ) -> None:
        self.credential = credential
        self._counts: dict[str, DailyCount] = {}
        self._transport = transport
        self._clock = clock
        self._turns = turns or _own_turns(credential, clock, sleep)
        self._tokens: OwnTokens | None = None
        if credential is not None:
            self._tokens = OwnTokens(oauth or OAuth(transport, credential, clock=clock), clock)

    async def own_token(self, scope: str) -> SecretStr | None:
        """Return the client's own token for a scope, None for a stranger; raises `RegistryError`.

        Fetched once for each scope and kept in memory only (REGISTRY.md 2.3).
        """
        return None if self._tokens is None else await self._tokens.get(scope)

    async def send(self, base: str, request: Request) -> Answer:
        """Send one request when its turn comes; raises `RegistryError`."""
        if self._turns is not None:
            await self._turns.turn()
        self.count_at(base).add()
        answer = await self._transport.send(
            request.method,
            _url(base, request),
            headers=_headers(request),
            content=_body(request),
            bearer=request.token,
        )
        if answer.status in request.expected:
            return answer
        raise self._trouble(answer, request)

    def count_at(self, base: str) -> DailyCount:
        """Return the count of requests to an API: the quota of one is not the other's."""
        if base not in self._counts:
            quota = DAILY_IDENTIFIED if self.credential else DAILY_ANONYMOUS
            self._counts[base] = DailyCount(quota, clock=self._clock)
        return self._counts[base]

    def _trouble(self, answer: Answer, request: Request) -> Exception:
        if answer.status < 300:
            due = " or ".join(map(str, request.expected))
            return RegistryUnreadable(
                f"ORCID answered {answer.status} where {due} was due", status=answer.status
            )
        refusal = refusal_of(answer)
        refusal.orcid, refusal.put_code = request.orcid, request.put_code
        self._doubt(refusal, request)
        return refusal

    def _doubt(self, refusal: RegistryRefusal, request: Request) -> None:
        """Forget an own token that was refused, so that the next call fetches another."""
        if isinstance(refusal, TokenRefused) and self._tokens and request.token:
            self._tokens.forget(request.token)


class OwnTokens:
    """A client's own tokens by scope, fetched when first needed, never stored."""

    def __init__(self, oauth: OAuth, clock: Clock) -> None:
        self._oauth, self._clock = oauth, clock
        self._kept: dict[str, tuple[SecretStr, float]] = {}
        self._fetching = asyncio.Lock()

    async def get(self, scope: str) -> SecretStr:
        """Return a token for the scope; callers at the same time share one fetch."""
        async with self._fetching:
            token, until = self._kept.get(scope, (None, 0.0))
            if token is not None and self._clock() < until - EARLY_SECONDS:
                return token
            answer = await self._oauth.client_token(scope)
            until = answer.expires_at or self._clock() + KEPT_SECONDS
            self._kept[scope] = (answer.access_token, until)
            return answer.access_token

    def forget(self, token: SecretStr) -> None:
        """Do not use this token again."""
        self._kept = {scope: kept for scope, kept in self._kept.items() if kept[0] != token}


def rate_of(credential: Credential | None) -> float:
    """Return the requests a second that a credential, or a stranger, may make (REGISTRY.md 8).

    Zero is no limit: a simulator is not paced unless somebody asks for it.
    """
    if credential is None:
        return PUBLIC_RATE
    if credential.requests_per_second is not None:
        return credential.requests_per_second
    if credential.environment == "simulator":
        return 0.0
    return MEMBER_RATE if credential.may_write else PUBLIC_RATE


def _own_turns(credential: Credential | None, clock: Clock, sleep: Sleep) -> Turns | None:
    """The turns of a process that knows of no other."""
    rate = rate_of(credential)
    return Pacer(rate, BURST, clock=clock, sleep=sleep) if rate else None


def _url(base: str, request: Request) -> str:
    query = f"?{urlencode(request.parameters)}" if request.parameters else ""
    return f"{base}{request.path}{query}"


def _headers(request: Request) -> dict[str, str]:
    headers = {"Accept": request.accept}
    if request.payload is not None:
        headers["Content-Type"] = JSON_TYPE
    return headers


def _body(request: Request) -> bytes | None:
    if isinstance(request.payload, Encoded):
        return request.payload.text.encode()
    return None if request.payload is None else json.dumps(request.payload).encode()
