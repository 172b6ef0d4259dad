"""Callers of a simulated registry: a client with a token, speaking JSON over HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx

from orcid_connect.simulator import Simulator

CALLBACK = "https://journal.example/callback"
NOW = 1_750_000_000.0
UPDATE = "/activities/update"
LIMITED = "/activities/read-limited"
EVERYTHING = "/activities/update /person/update /read-limited"


@dataclass(slots=True)
class Caller:
    """A client with a token, speaking JSON to one API of the simulator."""

    http: httpx.AsyncClient
    token: str
    orcid: str
    api: str = "/api/v3.0"

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to a path below the record."""
        return await self.ask(method, f"/{self.orcid}{path}", **options)

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to a path below the version."""
        headers = {"accept": "application/json", "authorization": f"Bearer {self.token}"}
        headers |= options.pop("headers", {})
        return await self.http.request(method, self.api + path, headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Read a path below the record."""
        return await self.send("GET", path, **options)

    async def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        """Create something below the record."""
        return await self.send("POST", path, json=body, **options)

    async def put(self, path: str, body: Any, **options: Any) -> httpx.Response:
        """Update something below the record."""
        return await self.send("PUT", path, json=body, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        """Delete something below the record."""
        return await self.send("DELETE", path, **options)

    async def created(self, path: str, body: Any) -> int:
        """Create something that must be accepted; give its put-code."""
        answer = await self.post(path, body)
        assert answer.status_code == 201, answer.text
        return int(answer.headers["location"].rsplit("/", 1)[1])


async def tokens_for(
    sim: Simulator, http: httpx.AsyncClient, client_id: str, orcid: str, scope: str = "openid"
) -> dict[str, Any]:
    """Exchange a fresh code."""
    code = sim.grant(client_id, orcid, scope, CALLBACK, nonce="n-1")
    form = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "client_secret": sim.world.clients[client_id].client_secret,
        "code": code,
        "redirect_uri": CALLBACK,
    }
    answer = await http.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def anonymous(public: Caller, path: str) -> httpx.Response:
    """Read the Public API without a token."""
    url = f"/pub/v3.0/{public.orcid}{path}"
    return await public.http.get(url, headers={"accept": "application/json"})


def code_of(answer: httpx.Response) -> tuple[int, int | None]:
    """Status and error number."""
    return answer.status_code, None if answer.is_success else answer.json()["error-code"]
