"""Works by the hundred: read by put-code and added with an outcome for each (REGISTRY.md 5.4)."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from orcid_connect.codec import Encoded, Payload, encoded, identifiers_of, self_identifiers
from orcid_connect.errors import RegistryRefusal, RegistryUnreadable
from orcid_connect.records import Work
from orcid_connect.registry.refusals import refusal_in_bulk
from orcid_connect.registry.sections import checked_put_code, read_as

MOST_WORKS: Final = 100
"""Works in one call, reading or adding (REGISTRY.md 5.4)."""
_UNKNOWN_CODE: Final = 9034

_NUMBER = re.compile(r"(?<!\d)\d{1,19}(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class FoundWork:
    """One work of a bulk read as ORCID wrote it, or why ORCID does not show it."""

    put_code: int
    content: Payload | None
    error: RegistryRefusal | RegistryUnreadable | None

    def read(self, orcid_host: str) -> "ReadWork":
        """Return it as one of our works, or as unreadable."""
        if self.content is None:
            return ReadWork(self.put_code, None, self.error)
        try:
            return ReadWork(self.put_code, read_as(Work, self.content, orcid_host), None)
        except RegistryUnreadable as error:
            return ReadWork(self.put_code, None, error)


@dataclass(frozen=True, slots=True)
class ReadWork:
    """One work of a bulk read: the work, or why ORCID does not show it."""

    put_code: int
    work: Work | None
    error: RegistryRefusal | RegistryUnreadable | None


@dataclass(frozen=True, slots=True)
class AddedWork:
    """One work of a bulk addition, by its place in what was given: its put-code, or why not."""

    index: int
    put_code: int | None
    error: RegistryRefusal | None


async def read_in_hundreds(
    put_codes: Iterable[int], read: Callable[[str], Awaitable[Payload]]
) -> AsyncIterator[FoundWork]:
    """Read works by put-code, each asked for once; what comes back is matched by put-code."""
    wanted = iter(dict.fromkeys(checked_put_code(code) for code in put_codes))
    while chunk := list(islice(wanted, MOST_WORKS)):
        answer = await read(",".join(map(str, chunk)))
        for found in _matched(chunk, _elements(answer)):
            yield found


def _elements(answer: Payload) -> list[dict[str, Any]]:
    listed = answer.get("bulk")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise RegistryUnreadable("ORCID's bulk has an unknown shape", status=200)
    return listed


def _matched(chunk: Sequence[int], elements: list[dict[str, Any]]) -> Iterator[FoundWork]:
    """Match by put-code; errors that name none belong to the codes of which nothing else came."""
    found: dict[int, FoundWork] = {}
    nameless: list[RegistryRefusal] = []
    for element in elements:
        work, error = element.get("work"), element.get("error")
        if isinstance(work, dict):
            code = work.get("put-code")
            if type(code) is int:
                found[code] = FoundWork(code, work, None)
        elif isinstance(error, dict):
            codes = _codes_named(error)
            found |= {code: FoundWork(code, None, refusal_in_bulk(error)) for code in codes}
            nameless += [] if codes else [refusal_in_bulk(error)]
        else:
            raise RegistryUnreadable("ORCID's bulk holds neither work nor error", status=200)
    for code in chunk:
        if code not in found:
            error = nameless.pop(0) if nameless else _left_out()
            found[code] = FoundWork(code, None, error)
        yield _about(found[code])


def _about(result: FoundWork) -> FoundWork:
    if isinstance(result.error, RegistryRefusal):
        result.error.put_code = result.put_code
    return result


def _codes_named(error: dict[str, Any]) -> list[int]:
    """Return the put-codes that an unknown-code error names at the end of its text."""
    if error.get("error-code") != _UNKNOWN_CODE:
        return []
    detail = str(error.get("developer-message")).rpartition("Full validation error:")[2]
    return [int(digits) for digits in _NUMBER.findall(detail)]


def _left_out() -> RegistryUnreadable:
    return RegistryUnreadable("ORCID's bulk leaves out a work without a word", status=200)


async def add_in_hundreds(
    payloads: Sequence[Payload | Encoded], add: Callable[[Encoded], Awaitable[Payload]]
) -> AsyncIterator[AddedWork]:
    """Add works, 100 a call; ORCID answers in the order sent, and that is checked."""
    for start in range(0, len(payloads), MOST_WORKS):
        chunk = [encoded(payload) for payload in payloads[start : start + MOST_WORKS]]
        answer = await add(_together(chunk))
        elements = _elements(answer)
        if len(elements) != len(chunk):
            raise RegistryUnreadable("ORCID's bulk is not as long as what was sent", status=200)
        for offset, (work, element) in enumerate(zip(chunk, elements, strict=True)):
            yield _added(start + offset, work, element)


def _together(works: Iterable[Encoded]) -> Encoded:
    listed = ",".join(f'{{"work":{work.text}}}' for work in works)
    return Encoded(f'{{"bulk":[{listed}]}}')


def _added(index: int, sent: Encoded, element: dict[str, Any]) -> AddedWork:
    work, error = element.get("work"), element.get("error")
    if isinstance(work, dict) and type(work.get("put-code")) is int:
        if not _answers(sent.payload, work):
            raise RegistryUnreadable("ORCID's bulk answers in another order", status=200)
        return AddedWork(index, work["put-code"], None)
    if isinstance(error, dict):
        return AddedWork(index, None, refusal_in_bulk(error))
    raise RegistryUnreadable("ORCID's bulk holds neither work nor error", status=200)


def _answers(sent: Payload, said: Payload) -> bool:
    """Tell whether a work in an answer may be the one that was sent: they share an identifier."""
    told = {one for one in identifiers_of("work", sent) if one[2] == "self"}
    if not told or not told.isdisjoint(identifiers_of("work", said)):
        return True
    return bool(self_identifiers("work", sent) & self_identifiers("work", said))
