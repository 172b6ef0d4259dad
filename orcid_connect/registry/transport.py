"""HTTP to ORCID (REGISTRY.md 3.1): the one room that knows the HTTP library.

It sends once, with time-outs and a size limit, follows no redirect (a token must not travel to
another host) and raises typed errors; retrying is the ledger's business.
"""

import asyncio
import json
import re
import ssl
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import monotonic
from typing import Any, Self

import httpx
from pydantic import SecretStr

from orcid_connect.errors import (
    AnswerTooLarge,
    RegistryError,
    RegistryUnreachable,
    RegistryUnreadable,
)
from orcid_connect.observe import Counters

CONNECT_SECONDS = 10.0
IDLE_SECONDS = 60.0
"""How long a connection is kept that nobody needs."""
MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""A record of 10,000 works in summary is about half of this."""

_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
HttpTransport = httpx.AsyncBaseTransport
"""What tests may hand in instead of the network: for example an ASGI app."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the registry, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)  # it may hold tokens

    def json(self) -> Any:
        """Return the body as JSON; raise `RegistryUnreadable` if it is none."""
        with suppress(ValueError, RecursionError):
            return _loaded(self.body)
        # Not while it is handled: the library's error holds the whole answer.
        raise RegistryUnreadable(
            f"ORCID answered {self.status} with something that is not JSON", status=self.status
        )

    def text(self) -> str:
        """Return the body as UTF-8 text; raise `RegistryUnreadable` if it is none."""
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            raise RegistryUnreadable(
                f"ORCID answered {self.status} with something that is not text", status=self.status
            ) from None

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; raise `RegistryUnreadable` if it is none."""
        value = self.json()
        if isinstance(value, dict):
            return value
        del value  # an error monitor would show it
        raise RegistryUnreadable(
            f"ORCID answered {self.status} without a JSON object", status=self.status
        )


class Transport:
    """A pool of connections to the registry's hosts; no answer above `max_bytes` is read on."""

    def __init__(
        self,
        timeout: float,
        *,
        http: HttpTransport | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        counters: Counters | None = None,
    ) -> None:
        self._counters = counters or Counters()
        self._seconds = timeout
        self._max_bytes = max_bytes
        self._lanes = _Lanes(timeout, http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._lanes.close()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes | SecretStr | None = None,
        bearer: SecretStr | None = None,
    ) -> Answer:
        """Send one request; raises `RegistryUnreachable` and `RegistryUnreadable`.

        Secrets go in as `SecretStr`: error monitors show the local variables of every frame.
        """
        outcome = await self._outcome(method, url, headers, content, bearer)
        status = getattr(outcome, "status", None)
        self._counters.add(f"request {method} {_class_of(status)}")
        if isinstance(outcome, RegistryError):
            # Here, where nothing is being handled: the library's error holds the whole request.
            raise outcome
        return outcome

    async def _outcome(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | SecretStr | None,
        bearer: SecretStr | None,
    ) -> Answer | RegistryError:
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._lanes.free() as client,
                client.stream(
                    method, url, headers=_with_bearer(headers, bearer), content=_bytes(content)
                ) as response,
            ):
                return await self._read(response)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, TimeoutError) as error:
            return _trouble(error, self._seconds)

    async def _read(self, response: httpx.Response) -> Answer | RegistryError:
        parts: list[bytes] = []
        size = 0
        try:
            async for part in response.aiter_bytes():
                size += len(part)
                if size > self._max_bytes:
                    return AnswerTooLarge(
                        f"ORCID's answer is longer than {self._max_bytes} bytes and was cut off",
                        status=response.status_code,
                        limit=self._max_bytes,
                    )
                parts.append(part)
        except httpx.DecodingError:
            return RegistryUnreadable(
                "ORCID's answer is not compressed as it says", status=response.status_code
            )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, b"".join(parts))


class _Lanes:
    """Connections, each with a pool of its own, for as many requests as are under way at once.

    One pool for all of them looks at every connection with every request, and again when it ends.
    """

    def __init__(self, timeout: float, http: HttpTransport | None) -> None:
        self._seconds = timeout
        self._http = http
        self._context = httpx.create_ssl_context() if http is None else True
        self._free: deque[tuple[httpx.AsyncClient, float]] = deque()
        self._all: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def free(self) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client that nobody else uses meanwhile: the one that was used last."""
        client = self._free.pop()[0] if self._free else self._another()
        try:
            yield client
        finally:
            self._free.append((client, monotonic()))
            await self._drop_idle()

    async def close(self) -> None:
        """Close every connection."""
        self._free.clear()
        while self._all:
            await self._all.pop().aclose()

    def _another(self) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            # The exchange as a whole is timed; a timer for each of its steps would cost more.
            timeout=httpx.Timeout(None, connect=min(CONNECT_SECONDS, self._seconds)),
            follow_redirects=False,
            transport=self._http,
            verify=self._context,
            headers={"User-Agent": "orcid_connect"},
            # A lane serves all credentials: what a host sets for one must not go with another.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=())),
        )
        self._all.append(client)
        return client

    async def _drop_idle(self) -> None:
        """Close what was needed in a busier hour; never the transport that was handed in."""
        client, since = self._free[0]
        if self._http is None and monotonic() - since > IDLE_SECONDS:
            self._free.popleft()
            self._all.remove(client)
            await client.aclose()


def _class_of(status: int | None) -> str:
    """Return `2xx` and so on; `none` where no answer came."""
    return "none" if status is None else f"{status // 100}xx"


def _with_bearer(headers: Mapping[str, str], bearer: SecretStr | None) -> dict[str, str]:
    given = {} if bearer is None else {"Authorization": f"Bearer {bearer.get_secret_value()}"}
    return {**headers, **given}


def _bytes(content: bytes | SecretStr | None) -> bytes | None:
    return content.get_secret_value().encode() if isinstance(content, SecretStr) else content


def _trouble(error: Exception, seconds: float) -> RegistryError:
    """Return our own error for what the HTTP library raised."""
    if isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | ssl.SSLError
    ):
        return RegistryUnreachable("ORCID could not be reached", sent=False)
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return RegistryUnreachable("the registry's address is not a URL", sent=False)
    if isinstance(error, TimeoutError):
        return RegistryUnreachable(f"ORCID gave no answer within {seconds:g} s", sent=True)
    name = type(error).__name__
    return RegistryUnreachable(f"the exchange with ORCID broke off ({name})", sent=True)


def _loaded(body: bytes) -> Any:
    value = json.loads(body)
    # Half a surrogate pair cannot be printed or stored; whole pairs are one character.
    return _whole(value) if _HALF_A_PAIR.search(body) else value


def _whole(value: Any) -> Any:
    """Return a JSON value whose texts can all be encoded."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value
