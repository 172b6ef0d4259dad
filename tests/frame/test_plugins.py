"""Plugins cannot hurt: raising, hanging and nonsense are counted and skipped."""

import asyncio
import threading
from typing import Any

import pytest

from orcid_connect import Person, hookimpl
from orcid_connect.plugins import REST_SECONDS, STRIKES, Plugins
from tests.support.clock import MovedClock

PERSON = Person(tenant="journal", key="ada")
HOOK = "orcid_current_person"


def answering(answer: object, *, asynchronous: bool = False) -> object:
    """Return a plugin that answers this."""

    class Sync:
        @hookimpl
        def orcid_current_person(self, request: Any) -> Any:
            if isinstance(answer, BaseException):
                raise answer
            return answer

    class Async:
        @hookimpl
        async def orcid_current_person(self, request: Any) -> Any:
            if isinstance(answer, BaseException):
                raise answer
            return answer

    return Async() if asynchronous else Sync()


@pytest.mark.anyio
@pytest.mark.parametrize("asynchronous", [False, True])
async def test_the_first_answer_wins(asynchronous: bool) -> None:
    """A plugin without an answer is passed over; `def` and `async def` are alike."""
    plugins = Plugins(
        [
            answering(None, asynchronous=asynchronous),
            answering(PERSON, asynchronous=asynchronous),
            answering(Person(tenant="journal", key="late"), asynchronous=asynchronous),
        ]
    )
    assert await plugins.first(HOOK, Person, request=None) == PERSON


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("asynchronous", "error"),
    [
        (False, ValueError("x")),
        (False, SystemExit(3)),
        (False, KeyboardInterrupt()),
        (False, StopIteration()),
        (True, ValueError("x")),
    ],
)
async def test_a_raising_plugin_does_not_silence_the_rest(
    asynchronous: bool, error: BaseException
) -> None:
    """Whatever a plugin raises, the next one is asked, and the raising is counted."""
    plugins = Plugins([answering(error, asynchronous=asynchronous), answering(PERSON)])
    assert await plugins.first(HOOK, Person, request=None) == PERSON
    assert plugins.counters["raised"] == 1


@pytest.mark.anyio
async def test_nonsense_is_ignored() -> None:
    """An answer of the wrong type is counted and the next plugin is asked."""
    plugins = Plugins([answering("Ada"), answering(PERSON)])
    assert await plugins.first(HOOK, Person, request=None) == PERSON
    assert plugins.counters["nonsense"] == 1


@pytest.mark.anyio
async def test_a_hanging_plugin_is_left_out_for_a_while(clock: MovedClock) -> None:
    """After some time-outs in a row a plugin rests, and after that it is asked again."""
    release = threading.Event()
    asked = 0

    class Hangs:
        @hookimpl
        def orcid_current_person(self, request: Any) -> None:
            nonlocal asked
            asked += 1
            release.wait(20)

    plugins = Plugins([Hangs(), answering(PERSON)], timeout=0.01, clock=clock)
    for _ in range(STRIKES + 2):
        assert await plugins.first(HOOK, Person, request=None) == PERSON
    assert asked == STRIKES
    clock.move(REST_SECONDS + 1)
    assert await plugins.first(HOOK, Person, request=None) == PERSON
    assert asked == STRIKES + 1
    release.set()


@pytest.mark.anyio
async def test_a_hanging_coroutine_is_cancelled() -> None:
    """An `async def` hook that waits for ever is cancelled at its time-out."""

    class Hangs:
        @hookimpl
        async def orcid_current_person(self, request: Any) -> None:
            await asyncio.Event().wait()

    plugins = Plugins([Hangs(), answering(PERSON)], timeout=0.01)
    assert await plugins.first(HOOK, Person, request=None) == PERSON
    assert plugins.counters["timed out"] == 1


@pytest.mark.anyio
async def test_shaping_goes_through_all() -> None:
    """Each plugin shapes what the one before it left, and may leave it as it is."""

    class Shout:
        @hookimpl
        def orcid_veto_delivery(self, declaration: Any, person: str) -> str:
            return person.upper()

    class Silent:
        @hookimpl
        def orcid_veto_delivery(self, declaration: Any, person: str) -> None:
            return None

    plugins = Plugins([Silent(), Shout(), Silent()])
    shaped = await plugins.shape("orcid_veto_delivery", "person", "ada", declaration=None)
    assert shaped == "ADA"


def test_an_unknown_hook_is_refused_at_start() -> None:
    """A plugin that misspells a hook is told at once."""

    class Misspelt:
        @hookimpl
        def orcid_curent_person(self, request: Any) -> None:
            return None

    with pytest.raises(Exception, match="orcid_curent_person"):
        Plugins([Misspelt()])
