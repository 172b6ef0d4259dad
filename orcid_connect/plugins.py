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
from typing import Any, TypeVar

import pluggy

from orcid_connect import hookspecs
from orcid_connect.observe import Clock, Counters, describe, log, wall_clock, where

Answer = TypeVar("Answer")

STRIKES = 3
"""Time-outs in a row after which a hook of a plugin is left out for a while."""
REST_SECONDS = 60.0
"""Seconds for which it is left out."""


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
            given = await self._call(hook, implementation, facts)
            answer = self._expect(hook, implementation, given, expected)
            if answer is not None:
                return answer
        return None

    async def every(self, hook: str, expected: type[Answer], **facts: Any) -> list[Answer]:
        """Ask each plugin and return all answers of the expected type."""
        answers = []
        for implementation in self._implementations(hook):
            given = await self._call(hook, implementation, facts)
            answer = self._expect(hook, implementation, given, expected)
            if answer is not None:
                answers.append(answer)
        return answers

    async def shape(self, hook: str, name: str, value: Answer, **facts: Any) -> Answer:
        """Let each plugin replace `value`, which it receives as the argument `name`."""
        for implementation in self._implementations(hook):
            given = await self._call(hook, implementation, {name: value, **facts})
            answer = self._expect(hook, implementation, given, type(value))
            value = value if answer is None else answer
        return value

    async def tell(self, hook: str, **facts: Any) -> None:
        """Tell every plugin."""
        for implementation in self._implementations(hook):
            await self._call(hook, implementation, facts)

    def _implementations(self, hook: str) -> Iterator[pluggy.HookImpl]:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        for implementation in reversed(caller.get_hookimpls()):
            if not self._is_resting(_name(hook, implementation)):
                yield implementation

    def _expect(
        self, hook: str, implementation: pluggy.HookImpl, answer: Any, expected: type[Answer]
    ) -> Answer | None:
        if answer is None or isinstance(answer, expected):
            return answer
        self.counters.add("nonsense")
        log.warning(
            "plugin %s answered %s where %s was expected; the answer is ignored",
            _name(hook, implementation),
            type(answer).__name__,
            expected.__name__,
        )
        return None

    async def _call(self, hook: str, implementation: pluggy.HookImpl, facts: dict[str, Any]) -> Any:
        name = _name(hook, implementation)
        arguments = [facts[argument] for argument in implementation.argnames]
        try:
            answer = await asyncio.wait_for(
                _run(implementation.function, arguments), timeout=self._timeout
            )
        except TimeoutError:
            self._strike(name)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.counters.add("raised")
            log.warning("plugin %s raised %s at %s", name, describe(error), where(error))
        else:
            self._strikes.pop(name, None)
            return answer
        return None

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
    if inspect.iscoroutinefunction(function):
        return await function(*arguments)
    answer = await _in_own_thread(function, arguments)
    return await answer if inspect.isawaitable(answer) else answer


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
