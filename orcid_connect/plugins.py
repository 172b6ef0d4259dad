"""Calling plugins safely: await, isolate, time out and count, in this one place.

pluggy neither awaits nor isolates: one raising plugin would silence the rest, an `async def` hook
would return a coroutine. A synchronous hook runs in a thread of its own, so that it can hang
without holding anything up.
"""

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pluggy

from orcid_connect import hookspecs
from orcid_connect.errors import HostSilent
from orcid_connect.observe import Clock, Counters, describe, log, wall_clock, where

Answer = TypeVar("Answer")

STRIKES = 3
"""Time-outs in a row after which a hook of a plugin is left out for a while."""
REST_SECONDS = 60.0
"""Seconds for which it is left out."""
GRACE_SECONDS = 0.05
"""Seconds in which a cancelled hook may tidy up before it is abandoned."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """What stands in the place of an answer where a plugin gave none."""


_FAILED = _Failure()


class Plugins:
    """The loaded plugins of one `OrcidConnect`, and the only way to call their hooks."""

    def __init__(
        self,
        plugins: Sequence[object] = (),
        *,
        timeout: float = 5.0,
        load_installed: bool = False,
        clock: Clock = wall_clock,
    ) -> None:
        self.counters = Counters()
        self._timeout = timeout
        self._clock = clock
        self._strikes: dict[str, int] = {}
        self._resting: dict[str, float] = {}
        self._abandoned: set[asyncio.Task[Any]] = set()
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        # pluggy asks the last registered first: the host's own go before installed ones, in the
        # order in which the host lists them.
        if load_installed:
            self._manager.load_setuptools_entrypoints(hookspecs.PROJECT)
        for place, plugin in reversed(list(enumerate(plugins, start=1))):
            kind = plugin if inspect.isclass(plugin) or inspect.ismodule(plugin) else type(plugin)
            self._manager.register(plugin, name=f"{kind.__name__} ({place})")
        self._manager.check_pending()

    def names(self) -> list[str]:
        """Return the names of all loaded plugins."""
        return sorted(name for name, _ in self._manager.list_name_plugin())

    async def first(self, hook: str, expected: type[Answer], **facts: Any) -> Answer | None:
        """Ask each plugin in turn and return the first answer of the expected type."""
        for implementation in self._implementations(hook):
            answer = await self._ask(hook, implementation, expected, facts)
            if not isinstance(answer, _Failure | None):
                return answer
        return None

    async def first_or_fail(self, hook: str, expected: type[Answer], **facts: Any) -> Answer | None:
        """Ask like `first`, where None must mean that every plugin said so.

        Raises `HostSilent` if none answered and one raised, hung, rests or answered nonsense.
        """
        failed = False
        for implementation in self._implementations(hook):
            answer = await self._ask(hook, implementation, expected, facts)
            if not isinstance(answer, _Failure | None):
                return answer
            failed = failed or answer is not None
        if failed:
            raise HostSilent(f"a plugin failed where the answer to {hook} decides")
        return None

    async def allows(self, hook: str, **facts: Any) -> bool:
        """Tell whether the first answer is True; a plugin that fails before it says no."""
        for implementation in self._implementations(hook):
            answer = await self._ask(hook, implementation, bool, facts)
            if answer is not None:
                return answer is True
        return False

    async def every(self, hook: str, expected: type[Answer], **facts: Any) -> list[Answer]:
        """Ask each plugin and return all answers of the expected type."""
        answers = []
        for implementation in self._implementations(hook):
            answer = await self._ask(hook, implementation, expected, facts)
            if not isinstance(answer, _Failure | None):
                answers.append(answer)
        return answers

    async def shape(self, hook: str, name: str, value: Answer, **facts: Any) -> Answer:
        """Let each plugin replace `value`, which it receives as the argument `name`."""
        for implementation in self._implementations(hook):
            answer = await self._ask(hook, implementation, type(value), {name: value, **facts})
            value = value if isinstance(answer, _Failure | None) else answer
        return value

    def hear(self, hook: str) -> bool:
        """Tell whether any plugin implements a hook."""
        caller: pluggy.HookCaller | None = getattr(self._manager.hook, hook, None)
        return caller is not None and bool(caller.get_hookimpls())

    async def tell(self, hook: str, **facts: Any) -> None:
        """Tell every plugin."""
        for implementation in self._implementations(hook):
            await self._call(hook, implementation, facts)

    async def _ask(
        self,
        hook: str,
        implementation: pluggy.HookImpl,
        expected: type[Answer],
        facts: dict[str, Any],
    ) -> Answer | _Failure | None:
        given = await self._call(hook, implementation, facts)
        return self._expect(hook, implementation, given, expected)

    def _implementations(self, hook: str) -> Iterator[pluggy.HookImpl]:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return reversed(caller.get_hookimpls())

    def _expect(
        self, hook: str, implementation: pluggy.HookImpl, answer: Any, expected: type[Answer]
    ) -> Answer | _Failure | None:
        if answer is None or isinstance(answer, expected | _Failure):
            return answer
        self.counters.add("nonsense")
        log.warning(
            "plugin %s answered %s where %s was expected; the answer is ignored",
            _name(hook, implementation),
            type(answer).__name__,
            getattr(expected, "__name__", str(expected)),
        )
        return _FAILED

    async def _call(self, hook: str, implementation: pluggy.HookImpl, facts: dict[str, Any]) -> Any:
        """Return a plugin's answer, or `_FAILED` if it gave none or is left out just now."""
        name = _name(hook, implementation)
        if self._is_resting(name):
            return _FAILED
        arguments = [facts[argument] for argument in implementation.argnames]
        task = asyncio.create_task(_run(implementation.function, arguments))
        try:
            await asyncio.wait({task}, timeout=self._timeout)
        finally:
            if not task.done():  # we give up, or whoever asked has
                self._abandon(task)
        if not task.done():
            self._strike(name)
            await self._part_with(name, task)
            return _FAILED
        error = PluginExitError("CancelledError") if task.cancelled() else task.exception()
        if error is None:
            self._strikes.pop(name, None)
            return task.result()
        self.counters.add("raised")
        log.warning("plugin %s raised %s at %s", name, describe(error), where(error))
        return _FAILED

    def _abandon(self, task: asyncio.Task[Any]) -> None:
        task.cancel()
        self._abandoned.add(task)  # the event loop alone would not keep it
        task.add_done_callback(self._forget)

    async def _part_with(self, name: str, task: asyncio.Task[Any]) -> None:
        """Let a cancelled hook tidy up for a moment; one that clings on is left to itself."""
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
        if not task.done():
            self.counters.add("abandoned")
            log.warning("plugin %s would not be cancelled and is left running", name)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not print it

    def _strike(self, name: str) -> None:
        self.counters.add("timed out")
        log.warning("plugin %s gave no answer within %s seconds", name, self._timeout)
        strikes = self._strikes[name] = self._strikes.get(name, 0) + 1
        if strikes >= STRIKES:
            self._resting[name] = self._clock() + REST_SECONDS
            log.warning("plugin %s is left out for %d seconds", name, REST_SECONDS)

    def _is_resting(self, name: str) -> bool:
        return self._resting.get(name, 0.0) > self._clock()


def _name(hook: str, implementation: pluggy.HookImpl) -> str:
    return f"{implementation.plugin_name}:{hook}"


async def _run(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    try:
        if inspect.iscoroutinefunction(function):
            return await function(*arguments)
        answer = await _in_own_thread(function, arguments)
        return await answer if inspect.isawaitable(answer) else answer
    except (asyncio.CancelledError, GeneratorExit):
        raise  # ours, or looked at where the task is
    except BaseException as error:
        raise _awaitable(error) from None


async def _in_own_thread(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Run in a daemon thread: unlike a pool's, a hanging one does not hold up the exit."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(answer: Any, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(answer)
        else:
            done.set_exception(_awaitable(error))

    def work() -> None:
        answer, error = None, None
        try:
            answer = context.run(function, *arguments)
        except BaseException as raised:  # a plugin's SystemExit is the plugin's affair
            error = raised
        try:
            loop.call_soon_threadsafe(settle, answer, error)
        except RuntimeError:
            return  # the loop was closed meanwhile; nobody waits any more

    threading.Thread(target=work, daemon=True, name="orcid-connect-hook").start()
    return await done


def _awaitable(error: BaseException) -> Exception:
    """What a task may end with: SystemExit and its like would take the event loop along."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    return PluginExitError(type(error).__name__).with_traceback(error.__traceback__)


class PluginExitError(Exception):
    """A plugin raised what only a program's main function may raise."""
