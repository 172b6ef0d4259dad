"""Reads the rules of REGISTRY.md: table rows, list items and paragraphs, section by section.

A rule is named by its section and the text of its first cell (or of the whole item), without
the marks of markdown. Tests name a rule by as much of the start of that text as makes it unique.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SPECIFICATION = Path(__file__).resolve().parents[3] / "shared" / "orcid" / "REGISTRY.md"

_OAUTH_TABLES = ("1.1", "1.2", "2.1", "2.2", "2.3", "2.6", "2.7", "2.8")
_API_TABLES = ("3.1", "3.2", "3.3", "3.7", "4.1", "4.2", "4.5", "5.1", "5.2", "6", "7.1", "7.3")
TABLES = frozenset((*_OAUTH_TABLES, *_API_TABLES, "8", "9.1", "10"))
LISTS = frozenset(("2.3", "3.4", "3.5", "3.6", "4.6", "5.3", "6", "9.2"))
PARAGRAPHS = frozenset(("1.3", "2.1", "2.4", "2.5", "2.6", "3.1", "3.2", "5.4", "7.2"))

_HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? ")
_ITEM = re.compile(r"^(?:\* |\d+\. )(.*)$")
_NUMBERED = re.compile(r"(?<!\S)(\d{1,2}\. .*?)(?=\s\d{1,2}\. |$)")
_TRAPS = "13"
_ENDPOINTS = "3.2"
_PAIRED_COLUMNS = {"2.2": 2}
"""How many of the first cells name a row, where it is not one."""
_LONGEST_LABEL = 40
"""A shorter line stands over a table or an example, and is no rule (characters)."""
_NO_PARAGRAPH = ("|", "* ", "`" * 3, "Sources:", "Current (use")


@dataclass(frozen=True)
class Rule:
    """One rule of the specification: where it stands and the text that names it."""

    section: str
    text: str

    def __str__(self) -> str:
        return f"{self.section}  {self.text[:110]}"


def rules(specification: Path = SPECIFICATION) -> list[Rule]:
    """All rules the suite answers for, in the order of the text. Raises OSError."""
    found: list[Rule] = []
    for section, lines in _sections(specification.read_text(encoding="utf-8")):
        found.extend(Rule(section, text) for text in _texts(section, lines))
    return list(dict.fromkeys(found))


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    section, lines = "", list[str]()
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            yield section, lines
            section, lines = heading.group(1), []
        else:
            lines.append(line)
    yield section, lines


def _texts(section: str, lines: list[str]) -> Iterator[str]:
    if section == _TRAPS:
        for line in lines:
            yield from (plain(item) for item in _NUMBERED.findall(line))
        return
    if section in TABLES:
        for heading, cells in _table_rows(lines):
            yield from _row_names(section, heading, cells)
    if section in LISTS:
        yield from (plain(match.group(1)) for line in lines if (match := _ITEM.match(line)))
    if section in PARAGRAPHS:
        yield from _paragraphs(lines)


def _paragraphs(lines: list[str]) -> Iterator[str]:
    fenced = False
    for line in lines:
        fenced ^= line.startswith("```")
        if len(line) > _LONGEST_LABEL and not fenced and not line.startswith(_NO_PARAGRAPH):
            yield plain(line)


def _table_rows(lines: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The heading and the cells of each row of each table."""
    heading: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if not line.startswith("|") or set(line) <= set("|- "):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if before.startswith("|"):
            yield heading, cells
        else:
            heading = cells


def _row_names(section: str, heading: list[str], cells: list[str]) -> Iterator[str]:
    if section == _ENDPOINTS:
        yield from _endpoint_names(cells)
    elif heading[0] == "Code":
        prefix = "" if heading[1] == "HTTP" else "text of "
        yield from (prefix + code.strip() for code in cells[0].split(","))
    else:
        yield plain(" → ".join(cells[: _PAIRED_COLUMNS.get(section, 1)]))


def plain(text: str) -> str:
    """Text without the marks of markdown."""
    return text.replace("**", "").replace("`", "").strip()


_LIKE_WORKS = ("as works", "″")
_ITEM_METHODS = ("GET", "PUT", "DELETE")


def _endpoint_names(cells: list[str]) -> Iterator[str]:
    """`PATH METHOD` of each call that a row of the endpoint table stands for."""
    paths = re.findall(r"`([^`]+)`", cells[0].split("(")[0])
    first = paths[0]
    if first.endswith("[/{pc}]"):
        list_path = first.removesuffix("[/{pc}]")
        yield from (f"{list_path} GET", f"{list_path} POST")
        yield from (f"{list_path}/{{pc}} {method}" for method in _ITEM_METHODS)
    elif cells[1] in _LIKE_WORKS:
        singular = "/{orcid}" + paths[1].removesuffix("…")
        yield from (f"{first} GET", f"{singular} POST", f"{singular}/summary/{{pc}} GET")
        yield from (f"{singular}/{{pc}} {method}" for method in _ITEM_METHODS)
    else:
        methods = dict.fromkeys(re.findall(r"\b(?:GET|POST|PUT|DELETE)\b", cells[1]))
        yield from (f"{path} {method}" for path in paths for method in methods)
