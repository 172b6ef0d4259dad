"""Our judge and the simulator's, which shares nothing with ours, over payloads of a strategy.

Organisations and ISSNs decide nothing here: the simulator knows them all.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from orcid_connect.codec import validate, validate_bulk
from orcid_connect.errors import Problem
from tests.codec.far_end import replaying
from tests.codec.payloads import FULL, requests
from tests.simulator.replay import STORED_PUT_CODE, Replay, seen

FEW = 60
MANY = 2000
SEED = 20261123
STORED: dict[str, dict[str, Any]] = {
    **FULL,
    "work": {**FULL["work"], "short-description": "Stored before."},
    "funding": {**FULL["funding"], "short-description": "Stored before."},
    "external-identifier": {**FULL["external-identifier"], "external-id-value": "before"},
    "keyword": {"content": "before"},
    "other-name": {"content": "before"},
    "researcher-url": {"url": {"value": "https://before.test"}},
}
"""What an update replaces; unlike the full payload, or the registry would leave it at that."""


@dataclass(frozen=True, slots=True)
class Judges:
    """Both judges, asked in turn."""

    runner: asyncio.Runner
    far_end: Replay

    def verdicts(self, kind: str, operation: str, payload: Any) -> tuple[Any, Any]:
        """Return error numbers by our judge and by the simulator; None where accepted."""
        theirs = self.runner.run(self._ask(kind, operation, payload))
        if kind == "bulk-works":
            return _bulk_numbers(payload), theirs[1:] if theirs[1] is None else (theirs[1],)
        is_update = operation == "update"
        problems = validate(
            kind,  # type: ignore[arg-type]
            payload,
            put_code=STORED_PUT_CODE if is_update else None,
            stored_visibility="public" if is_update else None,
        )
        return _number(problems), theirs[1]

    async def _ask(self, kind: str, operation: str, payload: Any) -> tuple[Any, ...]:
        if operation == "update":
            await self.far_end.store(kind, STORED[kind])
            answer = await self.far_end.write("PUT", kind, payload, code=STORED_PUT_CODE)
        else:
            answer = await self.far_end.write("POST", kind, payload)
        await self.far_end.clean()
        return seen(answer, bulk=kind == "bulk-works")


def _number(problems: list[Problem] | tuple[Problem, ...]) -> int | None:
    refused = (one.registry_error for one in problems if one.severity == "refused")
    return next(refused, None)


def _bulk_numbers(payload: Any) -> tuple[Any, ...]:
    verdict = validate_bulk(payload)
    if verdict.request:
        return (_number(verdict.request),)
    return None, tuple(_number(work) for work in verdict.works)


@pytest.fixture
def judges() -> Iterator[Judges]:
    """Both judges; the simulator is new and knows every organisation and ISSN."""
    with replaying() as (runner, far_end):
        yield Judges(runner, far_end)


def compare(judges: Judges, kind: str, count: int) -> None:
    """Ask both judges about this many requests of a kind."""

    @seed(SEED)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        operation, payload = data.draw(requests(kind))
        ours, theirs = judges.verdicts(kind, operation, payload)
        # A group of an ISSN that an earlier request made is known to the registry alone.
        if (kind, operation, ours, theirs) != ("group-id-record", "update", None, 9025):
            assert ours == theirs

    agree()


@pytest.mark.parametrize("kind", [*FULL])
def test_local_verdicts_are_the_simulators(judges: Judges, kind: str) -> None:
    """What is refused locally is refused over HTTP with the same number, and the reverse."""
    compare(judges, kind, FEW)


@pytest.mark.soak
@pytest.mark.parametrize("kind", [*FULL])
def test_thousands_of_local_verdicts_are_the_simulators(judges: Judges, kind: str) -> None:
    """The same for two thousand payloads of every kind."""
    compare(judges, kind, MANY)
