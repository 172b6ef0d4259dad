"""HTTP to ORCID: the one room that knows the HTTP library.

It sends once, with time-outs and a size limit, follows no redirect (a token must not travel to
another host) and raises typed errors; retrying is the ledger's business.
"""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self

import httpx

from orcid_connect.errors import AnswerTooLarge, RegistryUnreachable, RegistryUnreadable

CONNECT_SECONDS = 10.0
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
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; raise `RegistryUnreadable` if it is none."""
        try:
            value = json.loads(self.body)
            # Half a surrogate pair cannot be printed or stored; whole pairs are one character.
            return _whole(value) if _HALF_A_PAIR.search(self.body) else value
        except (ValueError, RecursionError):
            raise RegistryUnreadable(
                f"ORCID answered {self.status} with something that is not JSON", status=self.status
            ) from None

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
        if not isinstance(value, dict):
            raise RegistryUnreadable(
                f"ORCID answered {self.status} without a JSON object", status=self.status
            )
        return value


class Transport:
    """A pool of connections to the registry's hosts; no answer above `max_bytes` is read on."""

    def __init__(
        self,
        timeout: float,
        *,
        http: HttpTransport | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        self._seconds = timeout
        self._max_bytes = max_bytes
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
            follow_redirects=False,
            transport=http,
            headers={"User-Agent": "orcid_connect"},
            # One pool serves all credentials: what a host sets for one must not go with another.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=())),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None = None,
    ) -> Answer:
        """Send one request; raises `RegistryUnreachable` and `RegistryUnreadable`."""
        async with (
            _troubles_named(self._seconds),
            asyncio.timeout(self._seconds),
            self._client.stream(method, url, headers=dict(headers), content=content) as response,
        ):
            body = await self._read(response)
        headers_read = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers_read, body)

    async def _read(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            async for part in response.aiter_bytes():
                size += len(part)
                if size > self._max_bytes:
                    raise AnswerTooLarge(
                        f"ORCID's answer is longer than {self._max_bytes} bytes and was cut off",
                        status=response.status_code,
                        limit=self._max_bytes,
                    )
                parts.append(part)
        except httpx.DecodingError:
            raise RegistryUnreadable(
                "ORCID's answer is not compressed as it says", status=response.status_code
            ) from None
        return b"".join(parts)


@asynccontextmanager
async def _troubles_named(seconds: float) -> AsyncIterator[None]:
    """Turn what the HTTP library raises into our own errors."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, ssl.SSLError):
        raise RegistryUnreachable("ORCID could not be reached", sent=False) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise RegistryUnreachable("the registry's address is not a URL", sent=False) from None
    except TimeoutError:
        raise RegistryUnreachable(f"ORCID gave no answer within {seconds:g} s", sent=True) from None
    except httpx.HTTPError as error:
        raise RegistryUnreachable(
            f"the exchange with ORCID broke off ({type(error).__name__})", sent=True
        ) from None


def _whole(value: Any) -> Any:
    """Return a JSON value whose texts can all be encoded."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value
