"""A host in another process and another language: the README's own lines, against `serve`."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from orcid_connect.simulator import Simulator, serving
from tests.cli.conftest import COMMAND
from tests.support.keys import SECRET_KEY
from tests.support.readme import README
from tests.support.signing import HOST_SECRET
from tests.support.waiting import PATIENCE_SECONDS, free_port, until
from tests.web.host import HTML

pytestmark = pytest.mark.anyio

TEXT = README.read_text(encoding="utf-8")
ADDRESS = "https://journal.example/orcid"
SHELL = next(one for one in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) if "curl" in one)
PHP = next(iter(re.findall(r"```php\n(.*?)```", TEXT, re.DOTALL)))
TOOLS = [shutil.which(name) for name in ("bash", "curl", "openssl", "od")]


@dataclass
class Sidecar:
    """`orcid-connect serve` below a path of its address, and the ORCID behind it."""

    sim: Simulator
    site: str
    url: str

    async def connect(self, url: str, orcid_id: str) -> httpx.Response:
        """Follow a ticket's address from the host's page, agree at ORCID, and come back."""
        came_from = {**HTML, "Referer": "https://journal.example/home"}
        async with httpx.AsyncClient(headers=came_from, timeout=30.0) as browser:
            while not url.startswith(self.site):
                assert url.startswith(self.url)
                url = (await browser.get(url)).headers["location"]
            asked = {key: one[0] for key, one in parse_qs(urlsplit(url).query).items()}
            back = asked["redirect_uri"]
            code = self.sim.grant(
                asked["client_id"], orcid_id, asked["scope"], back, nonce=asked["nonce"]
            )
            return await browser.get(f"{back}?code={code}&state={asked['state']}")


@pytest.fixture
async def sidecar(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Sidecar]:
    """The sidecar of a host that has a key."""
    sim = Simulator()
    async with serving(sim) as site, _served(tmp_path, sim, site) as url:
        yield Sidecar(sim, site, url)
    sim.close()


@asynccontextmanager
async def _served(folder: Path, sim: Simulator, site: str) -> AsyncIterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/orcid"
    client = sim.add_client("member", "Our Journal", [f"{url}/callback"])
    credential = {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "environment": "simulator",
        "site_url": site,
    }
    given = {
        "PUBLIC_URL": url,
        "SECRET_KEYS": json.dumps([SECRET_KEY]),
        "CREDENTIALS": json.dumps([credential]),
        "DATABASE": str(folder / "sidecar.sqlite"),
        "HOST_KEYS": json.dumps([{"name": "our-journal", "secret": HOST_SECRET}]),
        "RETURN_ORIGINS": '["https://journal.example"]',
    }
    variables = {f"ORCID_CONNECT_{name}": value for name, value in given.items()}
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)],
            env={**os.environ, **variables},
            stdout=said,
            stderr=said,
        )
    try:
        await until(lambda: _answers(url), "serve answers")
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
    text = (folder / "said.txt").read_text()
    assert "Traceback" not in text
    assert HOST_SECRET.removeprefix("whsec_") not in text


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{url}/healthz")).is_success
    except httpx.HTTPError:
        return False


async def shell(sidecar: Sidecar) -> dict[str, Any]:
    """Run the README's lines for a shell, at this sidecar's address."""
    assert ADDRESS in SHELL
    script = SHELL.replace(ADDRESS, sidecar.url)
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        script,
        env={**os.environ, "ORCID_HOST_KEY": HOST_SECRET},
        stdout=subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    assert process.returncode == 0
    told: dict[str, Any] = json.loads(said)
    return told


@pytest.mark.skipif(None in TOOLS, reason="bash, curl and openssl are not installed")
async def test_in_a_shell(sidecar: Sidecar) -> None:
    """With curl and openssl alone a host hands over its user, who connects, and sees the iD."""
    ada = sidecar.sim.add_person("Ada", "Lovelace").orcid
    told = await shell(sidecar)
    assert told["connected"] is False, told
    back = await sidecar.connect(told["url"], ada)
    assert back.status_code == 200
    assert 'href="https://journal.example/home"' in back.text
    again = await shell(sidecar)
    assert again["orcid"].endswith(ada)
    async with httpx.AsyncClient() as page:
        watched = await page.get(
            f"{sidecar.url}/me?watch={told['watch']}", headers={"Origin": "https://journal.example"}
        )
    assert watched.json()["connected"] is True
    assert watched.headers["access-control-allow-origin"] == "https://journal.example"


class AsPhp:
    """The README's PHP step by step, for machines that have no PHP."""

    STEPS = (
        "$body = json_encode([",
        "$id = 'msg_' . bin2hex(random_bytes(16));",
        "$at = (string) time();",
        "$key = base64_decode(substr(getenv('ORCID_HOST_KEY'), strlen('whsec_')));",
        "$signature = base64_encode(hash_hmac('sha256', \"$id.$at.$body\", $key, true));",
        "CURLOPT_POSTFIELDS => $body",
        "'Content-Type: application/json', \"webhook-id: $id\"",
        '"webhook-timestamp: $at", "webhook-signature: v1,$signature"',
    )

    def request(self, wish: dict[str, str], now: float) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers that these steps make."""
        body = json.dumps(wish, separators=(",", ":")).replace("/", "\\/").encode()
        message_id, at = f"msg_{os.urandom(16).hex()}", str(int(now))
        key = base64.b64decode(HOST_SECRET[len("whsec_") :])
        content = f"{message_id}.{at}.{body.decode()}".encode()
        signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return body, {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{signature}",
        }


async def test_as_in_php(sidecar: Sidecar) -> None:
    """What the README's PHP signs and sends is understood, letters of all scripts included."""
    for step in AsPhp.STEPS:
        assert step in PHP
    ada = sidecar.sim.add_person("Ada", "Lovelace").orcid
    wish = {"tenant": "our-journal", "person": "ädä", "return_to": "https://journal.example/home"}
    body, headers = AsPhp().request(wish, sidecar.sim.clock.now())
    async with httpx.AsyncClient() as host:
        answer = await host.post(f"{sidecar.url}/tickets", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert (await sidecar.connect(answer.json()["url"], ada)).status_code == 200
