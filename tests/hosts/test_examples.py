"""The examples as a newcomer runs them: each a program of its own, and somebody connects there."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest

from orcid_connect.simulator import Simulator, serving
from tests.support.readme import EXAMPLES
from tests.support.waiting import PATIENCE_SECONDS, free_port, until
from tests.web.host import HTML

pytestmark = pytest.mark.anyio

CLIENT = ("APP-DEMOJOURNAL00001", "demo-journal-secret-not-for-production")
CONNECT = re.compile(r'href="([^"]*connect[^"]*)"[^>]*>(?:<svg.*?</svg>)?(?:<span>)?Connect your')
MOST_LINES = 65


@asynccontextmanager
async def running(folder: Path, name: str, site: str, sim: Simulator) -> AsyncIterator[str]:
    """Run an example on a free port; the one ORCID it knows is the simulator."""
    port = free_port()
    client = sim.add_client("member", "Our Journal", [f"http://127.0.0.1:{port}/orcid/callback"])
    code = (EXAMPLES / name).read_text(encoding="utf-8")
    for old, new in (
        ("8000", str(port)),
        (CLIENT[0], client.client_id),
        (CLIENT[1], client.client_secret),
        ('environment="simulator"', f'environment="simulator", site_url="{site}"'),
    ):
        assert old in code
        code = code.replace(old, new)
    program = folder / name
    program.write_text(code, encoding="utf-8")
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen([sys.executable, name], cwd=folder, stdout=said, stderr=said)
    try:
        url = f"http://127.0.0.1:{port}"
        await until(lambda: _answers(process, url), f"{name} starts")
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
    assert "Traceback" not in (folder / "said.txt").read_text()


async def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    assert process.poll() is None, "the example ended"
    try:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{url}/orcid/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("name", ["fastapi_journal.py", "flask_journal.py", "django_journal.py"])
async def test_somebody_connects(tmp_path: Path, name: str) -> None:
    """A person signs in, presses the button, agrees at ORCID, and the journal shows their iD."""
    sim = Simulator()
    ada = sim.add_person("Ada", "Lovelace").orcid
    async with (
        serving(sim) as site,
        running(tmp_path, name, site, sim) as journal,
        httpx.AsyncClient(headers={**HTML, "Referer": f"{journal}/"}, timeout=30.0) as browser,
    ):
        await browser.get(f"{journal}/login/ada")
        home = await browser.get(f"{journal}/")
        assert ada not in home.text
        link = CONNECT.search(home.text)
        assert link, home.text
        address = urljoin(f"{journal}/", unescape(link[1]))
        while not address.startswith(site):
            assert address.startswith(f"{journal}/"), address
            answer = await browser.get(address)
            assert "location" in answer.headers, answer.text
            address = urljoin(address, answer.headers["location"])
        asked = {key: one[0] for key, one in parse_qs(urlsplit(address).query).items()}
        code = sim.grant(
            asked["client_id"], ada, asked["scope"], asked["redirect_uri"], nonce=asked["nonce"]
        )
        back = await browser.get(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")
        assert back.status_code == 200
        assert ada in (await browser.get(f"{journal}/")).text
        me = await browser.get(f"{journal}/orcid/me", headers={"Accept": "application/json"})
        assert me.json()["orcid"].endswith(ada)
    sim.close()


def test_they_are_short() -> None:
    """A newcomer takes each in at a glance."""
    for name in ("fastapi", "flask", "django"):
        lines = (EXAMPLES / f"{name}_journal.py").read_text(encoding="utf-8").splitlines()
        assert len(lines) < MOST_LINES
