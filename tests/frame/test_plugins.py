"""Plugins cannot hurt: raising, hanging and nonsense are counted and skipped."""

import asyncio
import threading
from typing import Any

import pytest

from orcid_connect import Person, hookimpl
from orcid_connect.errors import HostSilent
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
        (True, SystemExit(3)),
        (True, KeyboardInterrupt()),
        (True, StopIteration()),
        (True, GeneratorExit()),
        (True, asyncio.CancelledError()),
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
async def test_a_coroutine_that_will_not_be_cancelled_is_abandoned() -> None:
    """An `async def` hook that swallows its cancellation is counted and never waited for."""
    release = asyncio.Event()
    ended = asyncio.Event()

    class Clings:
        @hookimpl
        async def orcid_current_person(self, request: Any) -> Person:
            while not release.is_set():
                try:
                    await release.wait()
                except asyncio.CancelledError:
                    continue
            ended.set()
            return Person(tenant="journal", key="late")

    plugins = Plugins([Clings(), answering(PERSON)], timeout=0.01)
    async with asyncio.timeout(5):
        assert await plugins.first(HOOK, Person, request=None) == PERSON
    assert plugins.counters["timed out"] == 1
    assert plugins.counters["abandoned"] == 1
    release.set()
    await ended.wait()


@pytest.mark.anyio
async def test_our_own_cancellation_goes_through() -> None:
    """Who gives up asking takes the hook along, and the cancellation is not counted as its own."""
    entered, left = asyncio.Event(), asyncio.Event()

    class Waits:
        @hookimpl
        async def orcid_current_person(self, request: Any) -> None:
            entered.set()
            try:
                await asyncio.Event().wait()
            finally:
                left.set()

    plugins = Plugins([Waits()], timeout=60)
    asking = asyncio.create_task(plugins.first(HOOK, Person, request=None))
    await entered.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(left.wait(), 5)
    assert plugins.counters["raised"] == 0


@pytest.mark.anyio
@pytest.mark.parametrize("failing", [ValueError("x"), SystemExit(3), "Ada"])
@pytest.mark.parametrize("asynchronous", [False, True])
async def test_nobody_is_not_the_same_as_no_answer(failing: object, asynchronous: bool) -> None:
    """Where it matters who is there, a failing plugin is told apart from one that says None."""
    bad, silent = answering(failing, asynchronous=asynchronous), answering(None)
    assert await Plugins([silent]).first_or_fail(HOOK, Person, request=None) is None
    assert await Plugins([]).first_or_fail(HOOK, Person, request=None) is None
    for plugins in ([bad], [bad, silent], [silent, bad]):
        with pytest.raises(HostSilent):
            await Plugins(plugins).first_or_fail(HOOK, Person, request=None)
    found = await Plugins([bad, answering(PERSON)]).first_or_fail(HOOK, Person, request=None)
    assert found == PERSON


@pytest.mark.anyio
async def test_a_plugin_left_out_has_not_answered(clock: MovedClock) -> None:
    """A plugin that rests after its time-outs says nothing, and nothing is not nobody."""

    class Hangs:
        @hookimpl
        async def orcid_current_person(self, request: Any) -> None:
            await asyncio.Event().wait()

    plugins = Plugins([Hangs()], timeout=0.01, clock=clock)
    for _ in range(STRIKES + 1):
        with pytest.raises(HostSilent):
            await plugins.first_or_fail(HOOK, Person, request=None)
    assert plugins.counters["timed out"] == STRIKES


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
