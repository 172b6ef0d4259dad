"""What people would see of a template or a page, by its HTML: texts and the attributes read out."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from jinja2 import Environment

SPOKEN_ATTRIBUTES: Final = ("alt", "title", "aria-label", "aria-description", "placeholder")
BUTTONS: Final = ("submit", "button", "reset")
SILENT: Final = ("script", "style")
EMPTY: Final = ("area", "br", "col", "hr", "img", "input", "link", "meta", "wbr", "source")
GETTEXT: Final = ("_", "gettext", "ngettext")
LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
SENTENCE: Final = re.compile(r"^[A-Z][a-z]|[a-z,.] [A-Za-z]")


class Shown(HTMLParser):
    """Collects what is shown or read out, but for what stands in `quiet` elements."""

    def __init__(self, page: str, quiet: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._quiet = (*SILENT, *quiet)
        self._open: list[tuple[str, bool]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect attributes, and remember whether what follows is to be heard."""
        given = {name: value or "" for name, value in attrs}
        quiet = self._muted or tag in self._quiet or (tag != "html" and "lang" in given)
        if not quiet:
            self.texts += _said_by(tag, given)
        if tag not in EMPTY:
            self._open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        """Forget an element, and whatever was left open in it."""
        if tag in [name for name, _ in self._open]:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Collect a text."""
        if not self._muted and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def _muted(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def _said_by(tag: str, given: dict[str, str]) -> Iterator[str]:
    for name, value in given.items():
        button = name == "value" and tag == "input" and given.get("type") in BUTTONS
        data = name.startswith("data-") and SENTENCE.search(value)
        if name in SPOKEN_ATTRIBUTES or button or data:
            yield value


def outside_trans(environment: Environment, source: str) -> list[str]:
    """Return what a template says in words that no catalogue ever sees."""
    bare, constants = _without_expressions(environment, source)
    return [text for text in Shown(bare).texts if LETTERS.search(text)] + constants


def _without_expressions(environment: Environment, source: str) -> tuple[str, list[str]]:
    """Return a template's own HTML outside `{% trans %}`, and the sentences of its expressions."""
    parts: list[str] = []
    constants: list[str] = []
    before: list[str] = []
    inside = False
    for _, kind, value in environment.lex(source):
        if kind == "data" and not inside:
            parts.append(value)
        elif kind in ("variable_begin", "block_begin"):
            before = []
        elif kind == "variable_end" and not inside:
            parts.append("0")  # a value: no word of ours, and good in an attribute too
        elif kind in ("name", "operator"):
            before.append(value)
            if before[-1] in ("trans", "endtrans") and len(before) == 1:
                inside = value == "trans"
        elif kind == "string" and not inside:
            if SENTENCE.search(value[1:-1]) and not _in_gettext(before):
                constants.append(value)
            before.append("''")
    return "".join(parts), constants


def _in_gettext(before: list[str]) -> bool:
    """Tell whether the innermost open bracket is that of gettext."""
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(before[place], 0)
        if depth < 0:
            return place > 0 and before[place - 1] in GETTEXT
    return False
