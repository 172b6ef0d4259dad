"""Over the whole run: no secret that was ever used may stand in a log, a page or an answer.

A pytest plugin. It collects what every simulator issued and what our apps said and logged, and
fails the run at its end if the two ever meet, in any of its processes.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from orcid_connect.mount import OrcidConnect
from orcid_connect.simulator import Simulator
from tests.support.keys import SECRET_KEY

SHORT = 8
"""Characters up to which a secret counts only as a whole word: codes have six (REGISTRY.md 2.3)."""
HEARD = "leak watch"
_WORD = re.compile(r"[A-Za-z0-9@._+-]+")


class Watch(logging.Handler):
    """What was said, word by word, and where each word was said first."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.words: dict[str, str] = {}
        self.simulators: list[Simulator] = []
        self.texts = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take in a log record with its traceback."""
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.say(f"log of {record.name}", record.getMessage() + trace)

    def say(self, place: str, text: str) -> None:
        """Take in a text."""
        self.texts += 1
        for word in _WORD.findall(text):
            self.words.setdefault(word, place)

    def secrets(self) -> set[str]:
        """Return every secret of this run."""
        issued = [secret for one in self.simulators for secret in one.secrets()]
        return {SECRET_KEY, *issued}


watch = Watch()
heard: list[tuple[int, int, list[tuple[str, str]]]] = []
"""Of each process of this run: how many secrets and texts, and the leaks."""
mute: list[str] = []
"""Workers of which nothing was heard."""


def find_leaks(secrets: Iterable[str], words: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Return each secret that was said, shortened, with where."""
    long_words = [word for word in words if len(word) > SHORT]
    joined = "\n".join(long_words)
    for secret in secrets:
        if secret in words:
            yield secret[:3] + "…", words[secret]
        elif len(secret) > SHORT and secret in joined:
            place = next(words[word] for word in long_words if secret in word)
            yield secret[:3] + "…", place


def pytest_configure(config: pytest.Config) -> None:
    """Listen to all logs, to what our apps answer, and to every simulator that is made."""
    logging.getLogger().addHandler(watch)
    logging.getLogger("orcid_connect").setLevel(logging.DEBUG)
    _listen_to_answers(OrcidConnect)
    _listen_to_answers(Starlette)
    _notice_simulators()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if a secret was said; a worker of a parallel run tells its run's process."""
    leaks = sorted(set(find_leaks(watch.secrets(), watch.words)))
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told[HEARD] = [len(watch.secrets()), watch.texts, leaks]
        return
    heard.append((len(watch.secrets()), watch.texts, leaks))
    _report(session.config)
    if mute or any(leaks for _, _, leaks in heard):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in what a worker heard; one that ends without a word fails the run."""
    told = getattr(node, "workeroutput", {}).get(HEARD)
    if told is None:
        mute.append(node.gateway.id)
    else:
        heard.append(tuple(told))


def _report(config: pytest.Config) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    secrets, texts = (sum(part) for part in list(zip(*heard, strict=True))[:2])
    found = [leak for _, _, leaks in heard for leak in leaks]
    reporter.write_line("")
    reporter.write_line(f"leak watch: {secrets} secrets, {texts} texts, {len(found)} leaks")
    for secret, place in found:
        reporter.write_line(f"LEAKED {secret} in {place}", red=True)
    for worker in mute:
        reporter.write_line(f"leak watch: worker {worker} ended without a word", red=True)


def _listen_to_answers(app_class: type[Any]) -> None:
    answer = app_class.__call__

    async def listening(self: Any, scope: Any, receive: Any, send: Any) -> None:
        async def tee(message: Any) -> None:
            _take_in(scope, message)
            await send(message)

        await answer(self, scope, receive, tee)

    app_class.__call__ = listening


def _take_in(scope: Any, message: Any) -> None:
    if scope["type"] != "http" or _is_the_registrys(scope):
        return
    place = f"answer to {scope['method']} {scope['path']}"
    for name, value in message.get("headers", ()):
        watch.say(place, f"{name.decode('latin-1')}: {value.decode('latin-1')}")
    watch.say(place, message.get("body", b"").decode("utf-8", "replace"))


def _is_the_registrys(scope: Any) -> bool:
    return type(scope.get("app")).__module__.startswith("orcid_connect.simulator")


def _notice_simulators() -> None:
    make = Simulator.__init__

    def noticing(self: Simulator, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        watch.simulators.append(self)

    Simulator.__init__ = noticing  # type: ignore[method-assign]
