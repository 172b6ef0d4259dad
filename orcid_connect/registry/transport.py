"""HTTP to ORCID: the one room that knows the HTTP library.

It sends once, with time-outs and a size limit, follows no redirect (a token must not travel to
another host) and raises typed errors; retrying is the ledger's business.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from orcid_connect.errors import RegistryUnreachable, RegistryUnreadable

CONNECT_SECONDS = 10.0
MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""A record of 10,000 works in summary is about half of this."""

Form = Mapping[str, str]
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
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise RegistryUnreadable(
                f"ORCID answered {self.status} with something that is not JSON", status=self.status
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
    """A pool of connections to the registry's hosts."""

    def __init__(self, timeout: float, *, http: HttpTransport | None = None) -> None:
        self._seconds = timeout
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
            follow_redirects=False,
            transport=http,
            headers={"User-Agent": "orcid_connect"},
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
        form: Form | None = None,
    ) -> Answer:
        """Send one request; raises `RegistryUnreachable` and `RegistryUnreadable`."""
        data = None if form is None else dict(form)
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._client.stream(
                    method, url, headers=dict(headers), content=content, data=data
                ) as response,
            ):
                body = await _read(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, ssl.SSLError):
            raise RegistryUnreachable("ORCID could not be reached", sent=False) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise RegistryUnreachable("the registry's address is not a URL", sent=False) from None
        except TimeoutError:
            raise RegistryUnreachable(
                f"ORCID gave no answer within {self._seconds:g} s", sent=True
            ) from None
        except httpx.HTTPError as error:
            raise RegistryUnreachable(
                f"the exchange with ORCID broke off ({type(error).__name__})", sent=True
            ) from None
        headers_read = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers_read, body)


async def _read(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise RegistryUnreadable(
                f"ORCID's answer is longer than {MAX_ANSWER_BYTES // 2**20} MiB and was cut off",
                status=response.status_code,
            )
        parts.append(part)
    return b"".join(parts)
