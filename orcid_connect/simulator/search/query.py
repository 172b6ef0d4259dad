"""A plain subset of Solr's query language (REGISTRY 10).

`field:value`, AND, OR, NOT (also && || ! + -), quotes, parentheses, a wildcard at the end, `*:*`;
words without a field are looked for everywhere; neighbours without a word between them mean OR.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from orcid_connect.simulator.search.index import Found, is_whole

Matches = Callable[[Found], bool]

EVERYWHERE = "text"
MAX_DEPTH = 50  # parentheses inside parentheses
MAX_TOKENS = 1000
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>[()]|&&|\|\||[!+-](?=\S))
      | (?P<field>[A-Za-z_*][\w-]*|\*):(?=\S)
      | "(?P<phrase>(?:[^"\\]|\\.)*)"(?P<star>\*?)
      | (?P<word>(?:[^\s()"\\]|\\.)+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
# This field alone is searched without regard to diacritics.
_FOLDED = frozenset({"given-and-family-names"})


class QueryError(ValueError):
    """A query that cannot be read."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # mark, field, phrase or word
    text: str
    open_end: bool = False


def read_query(text: str) -> Matches:
    """Turn a query into a test of one person; raise QueryError."""
    tokens = _tokens(text)
    if not tokens:
        raise QueryError("the query is empty")
    reader = _Reader(tokens)
    found = reader.either(EVERYWHERE, 0)
    reader.expect_end()
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    text, place = text.rstrip(), 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or len(found) >= MAX_TOKENS:
            raise QueryError(f"it cannot be read from character {place + 1} on")
        place = match.end()
        kind = match.lastgroup or ""
        if kind == "star":
            found.append(_Token("phrase", _plain(match["phrase"]), bool(match["star"])))
        elif kind == "word":
            found.append(_word(match["word"]))
        else:
            found.append(_Token(kind, match[kind]))
    return found


def _word(text: str) -> _Token:
    if text in {"AND", "OR", "NOT"}:
        return _Token("mark", text)
    open_end = text.endswith("*") and not text.endswith("\\*")
    return _Token("word", _plain(text.removesuffix("*") if open_end else text), open_end)


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


class _Reader:
    """Reads tokens by descending: OR over AND over NOT over terms."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def expect_end(self) -> None:
        if self._place < len(self._tokens):
            raise QueryError(f"{self._tokens[self._place].text!r} stands where nothing fits")

    def either(self, field: str, depth: int) -> Matches:
        """Read alternatives."""
        if depth > MAX_DEPTH:
            raise QueryError("it is nested too deeply")
        found = [self._both(field, depth)]
        while self._place < len(self._tokens) and not self._sees(")"):
            self._take("OR", "||")
            found.append(self._both(field, depth))
        return found[0] if len(found) == 1 else lambda one: any(test(one) for test in found)

    def _both(self, field: str, depth: int) -> Matches:
        found = [self._maybe_not(field, depth)]
        while self._take("AND", "&&") or self._sees("NOT", "!", "-", "+"):
            found.append(self._maybe_not(field, depth))
        return found[0] if len(found) == 1 else lambda one: all(test(one) for test in found)

    def _maybe_not(self, field: str, depth: int) -> Matches:
        turned = False
        while self._sees("NOT", "!", "-", "+"):
            turned ^= not self._sees("+")
            self._place += 1
        found = self._term(field, depth)
        return (lambda one: not found(one)) if turned else found

    def _term(self, field: str, depth: int) -> Matches:
        if self._take("("):
            found = self.either(field, depth + 1)
            if not self._take(")"):
                raise QueryError("a parenthesis is not closed")
            return found
        token = self._next()
        if token.kind == "field":
            return self._term(token.text, depth + 1) if depth < MAX_DEPTH else _nobody
        if token.kind == "mark":
            raise QueryError(f"{token.text!r} stands where a word is due")
        return _test(field, token)

    def _next(self) -> _Token:
        if self._place >= len(self._tokens):
            raise QueryError("it ends where a word is due")
        self._place += 1
        return self._tokens[self._place - 1]

    def _sees(self, *marks: str) -> bool:
        if self._place >= len(self._tokens):
            return False
        token = self._tokens[self._place]
        return token.kind == "mark" and token.text in marks

    def _take(self, *marks: str) -> bool:
        seen = self._sees(*marks)
        self._place += seen
        return seen


def _nobody(_one: Found) -> bool:
    return False


def _test(field: str, token: _Token) -> Matches:
    if token.open_end and not token.text:
        if field == "*":
            return lambda _one: True
        return lambda one: bool(one.values(field))
    if is_whole(field):
        return lambda one: any(_is_whole(value, token) for value in one.values(field))
    wanted = _words(field, token.text)
    if not wanted:
        return _nobody
    return lambda one: any(
        _has_phrase(_words(field, value), wanted, open_end=token.open_end)
        for value in one.values(field)
    )


def _is_whole(value: str, token: _Token) -> bool:
    value, wanted = value.lower(), token.text.lower()
    return value.startswith(wanted) if token.open_end else value == wanted


def _words(field: str, text: str) -> list[str]:
    if field in _FOLDED:
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in parts if not unicodedata.combining(each))
    return _WORDS.findall(text.lower())


def _has_phrase(words: list[str], wanted: list[str], *, open_end: bool) -> bool:
    size = len(wanted)
    for start in range(len(words) - size + 1):
        part = words[start : start + size]
        if part == wanted:
            return True
        if open_end and part[:-1] == wanted[:-1] and part[-1].startswith(wanted[-1]):
            return True
    return False
