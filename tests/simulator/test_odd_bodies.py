"""Bodies that nobody means: nested without end, half numbers, values of another kind."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Simulator
from tests.simulator.callers import Caller

pytestmark = pytest.mark.anyio
ENDLESS = b"[" * 5000


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (ENDLESS, None),
        (b"[" * 200 + b"]" * 200, None),
        (b'{"title": NaN}', None),
        (b'{"put-code": 1e999}', None),
        (b"{", None),
        (b'{"title": [{"value": 1}]}', {"title": [{"value": 1}]}),
    ],
)
async def test_the_journal_can_be_read_whatever_was_sent(
    http: httpx.AsyncClient, member: Caller, sent: bytes, shown: Any
) -> None:
    """A body that could not be written as JSON again is left out of the journal."""
    headers = {"content-type": "application/json"}
    await member.send("POST", "/work", content=sent, headers=headers)
    (entry,) = (await http.get("/_control/journal")).json()["entries"]
    assert entry["status"] == 400
    assert entry["sent"] == shown
    assert (await http.get("/_control/journal/page")).status_code == 200


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("people", b'{"given": ' + ENDLESS),
        ("people", b'{"given": "Ada", "email": 5}'),
        ("issns", b'{"issn": 17414857}'),
        ("clock", b'{"set": 1e999}'),
        ("settings", b'{"latency": "slow"}'),
        ("settings", b'{"latency": 1e999}'),
        ("settings", b'{"max_works": true}'),
    ],
)
async def test_control_refuses_values_of_another_kind(
    sim: Simulator, http: httpx.AsyncClient, door: str, body: bytes
) -> None:
    """They are a 400 with one sentence, and nothing is changed."""
    before = sim.clock.now()
    answer = await http.post(f"/_control/{door}", content=body)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert sim.clock.now() == before
