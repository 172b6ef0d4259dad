"""What is sent to a registry is found again there, in full and in its list, and says the same."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from orcid_connect.codec import identity, is_duplicate, same_content, validate
from orcid_connect.records import TYPES, ItemKind
from orcid_connect.registry.sections import section_of
from tests.codec.far_end import replaying
from tests.codec.payloads import FULL, requests
from tests.simulator.replay import Replay

MANY = 600
MOST = 0.9
"""Of what the registry took in pieces; storage, which did not run there, refuses some."""
SEED = 20261123
KINDS = [kind for kind in TYPES if kind != "group-id-record"]
READ_BACK = 200


@dataclass(frozen=True, slots=True)
class There:
    """What became of a payload at the registry."""

    whole: dict[str, Any]
    listed: dict[str, Any]
    again: int
    """The status of sending the same payload a second time."""


@dataclass(frozen=True, slots=True)
class FarEnd:
    """A simulated registry, asked in turn."""

    runner: asyncio.Runner
    replay: Replay

    def send(self, kind: ItemKind, payload: Any) -> There | None:
        """Send a payload twice and read it; None if it is refused."""
        return self.runner.run(self._send(kind, payload))

    async def _send(self, kind: ItemKind, payload: Any) -> There | None:
        await self.replay.clean()
        answer = await self.replay.write("POST", kind, payload)
        if answer.status_code != 201:
            return None
        put_code = int(answer.headers["location"].rsplit("/", 1)[1])
        section = section_of(kind)
        whole = await self._read(f"{section.segment}/{put_code}")
        listed = _with_put_code(await self._read(section.plural), put_code)
        again = await self.replay.write("POST", kind, payload)
        return There(whole, listed, again.status_code)

    async def _read(self, path: str) -> Any:
        headers = self.replay.headers["record first"]
        answer = await self.replay.http.get(
            f"/api/v3.0/{self.replay.orcid}/{path}", headers=headers
        )
        assert answer.status_code == READ_BACK, answer.text
        return answer.json()


def _with_put_code(held: Any, put_code: int) -> dict[str, Any]:
    """Return what has this put-code in a list, however deep."""
    found = [*_each(held)]
    (one,) = [entry for entry in found if entry.get("put-code") == put_code]
    return one


def _each(held: Any) -> Iterator[dict[str, Any]]:
    if isinstance(held, dict):
        yield held
    for inner in held.values() if isinstance(held, dict) else held:
        if isinstance(inner, dict | list):
            yield from _each(inner)


@pytest.fixture(scope="module")
def far_end() -> Iterator[FarEnd]:
    """A new registry that knows every organisation and ISSN, and never slows down."""
    with replaying() as (runner, replay):
        yield FarEnd(runner, replay)


def check(far_end: FarEnd, kind: ItemKind, payload: Any) -> bool:
    """Look at everything of one payload; False if the registry refused it."""
    there = far_end.send(kind, payload)
    if there is None:
        return False
    ours = identity(kind, payload)
    assert ours == identity(kind, there.whole) == identity(kind, there.listed)
    assert same_content(kind, payload, there.whole)
    assert (there.again == 409) == is_duplicate(kind, there.whole, payload)
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_item(far_end: FarEnd, kind: ItemKind) -> None:
    """An item with everything in it is found again and says what was sent."""
    assert check(far_end, kind, FULL[kind])
    assert identity(kind, FULL[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_everything_the_registry_took(
    far_end: FarEnd, kind: ItemKind, observed: Callable[[str], list[dict[str, Any]]]
) -> None:
    """However oddly an item is spelt that the registry was seen to take, it is found again."""
    taken = [
        row
        for row in observed("vectors")
        if row["type"] == kind and row["op"] == "create" and row["verdict"]["accepted"]
    ]
    found = [row["id"] for row in taken if check(far_end, kind, row["payload"])]
    refused = [row for row in taken if row["id"] not in found]
    assert len(found) >= MOST * len(taken)
    assert all(row.get("caveats") for row in refused)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_hundreds_of_oddly_spelt_items(far_end: FarEnd, kind: ItemKind) -> None:
    """The same for what is left of some hundred spoilt payloads of every kind."""

    @seed(SEED)
    @settings(
        max_examples=MANY,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        operation, payload = data.draw(requests(kind))
        if operation == "create" and not any(
            problem.severity == "refused" for problem in validate(kind, payload)
        ):
            check(far_end, kind, payload)

    agree()
