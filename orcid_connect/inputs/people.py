"""The map of persons: a CSV file in which a host says which printed author is which of its people.

An iD in it only points at a printed author; nothing is ever written to it. A row that does not
fit what is printed is refused with a sentence, because a wrong one would write on a stranger's
record.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

from orcid_connect.declarations import KEY_LENGTH, Article, Contributor
from orcid_connect.errors import InputError, Problem
from orcid_connect.identifiers import parse_doi, parse_orcid
from orcid_connect.mapping.words import is_editor, is_reviewer

COLUMNS: Final = ("person_key", "article", "position", "orcid", "name")
POINTERS: Final = ("position", "orcid", "name")
MOST_CHARACTERS: Final = 20_000_000
"""Characters a map may have."""

_POSITION: Final = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_NOBODY: Final = "people-nobody"
_ELSEWHERE: Final = "people-elsewhere"
_HELP: Final = (
    "The columns are person_key (required), article (a DOI or key), and one or more of position "
    "(1 for the first author), orcid and name."
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row: whose key, and what points at the printed author."""

    line: int
    person_key: str
    article: str | None = None
    position: int | None = None
    orcid: str | None = None
    name: str | None = None


class _Mismatch(Exception):
    """A row that does not fit the article; the text is the sentence, `code` its name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class PersonMap:
    """Rows that give printed authors the host's person keys."""

    rows: tuple[PersonRow, ...]
    problems: tuple[Problem, ...] = ()

    def apply(
        self, article: Article, *, only_article: bool = True
    ) -> tuple[Article, list[Problem]]:
        """Return the article with the person keys filled in, and what did not fit.

        `only_article` says that the map is for this article alone, so that rows need not name it.
        Problem paths give the line of the file: `people[4]`.
        """
        problems = list(self.problems)
        byline = _Byline(article)
        for row in self.rows:
            try:
                _apply(row, byline, only_article)
            except _Mismatch as mismatch:
                problems.append(_problem(row, mismatch))
        return byline.with_keys(), problems

    def elsewhere(self, names: Set[str]) -> list[Problem]:
        """Return a caution for each row whose article has none of these names: `article_names`."""
        return [
            _problem(row, _Mismatch(_ELSEWHERE, f"no file that was read is “{row.article}”."))
            for row in self.rows
            if row.article is not None and not names & _meanings(row.article)
        ]


def article_names(article: Article) -> frozenset[str]:
    """Return what the column article may say to mean this article."""
    doi = parse_doi(article.doi) if article.doi else None
    return frozenset({f"key {article.key}"} | ({f"doi {doi.lower()}"} if doi else set()))


def _meanings(named: str) -> frozenset[str]:
    doi = parse_doi(named)
    return frozenset({f"key {named}"} | ({f"doi {doi.lower()}"} if doi else set()))


def _problem(row: PersonRow, mismatch: _Mismatch) -> Problem:
    return Problem(
        f"people[{row.line}]",
        mismatch.code,
        "caution" if mismatch.code in (_NOBODY, _ELSEWHERE) else "refused",
        f"Line {row.line} of the map of persons: {mismatch}",
    )


def _apply(row: PersonRow, byline: "_Byline", only_article: bool) -> None:
    if row.article is not None:
        if not _meanings(row.article) & byline.names:
            return
    elif not only_article and row.orcid is None:
        raise _Mismatch(
            "people-which-article",
            "a position or name needs the column article when several articles are read.",
        )
    index = byline.pointed_at(row)
    if index is not None:
        byline.give(index, row.person_key)
    elif only_article or row.article is not None:
        raise _Mismatch(_NOBODY, "no printed author fits it.")


def read_person_map(text: str) -> PersonMap:
    """Return the map of a CSV text with a header line; comma, semicolon or tab between columns.

    Raises InputError with the line and, for a faulty header, the columns there are.
    """
    if len(text) > MOST_CHARACTERS:
        raise InputError("The map of persons is too large.")
    lines = csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text)
    )
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
        _check_header(header)
        rows = tuple(
            _row(_named(header, cells, lines.line_num), lines.line_num)
            for cells in lines
            if any(cell.strip() for cell in cells)
        )
    except csv.Error as error:
        raise InputError(f"Line {lines.line_num} of the map of persons: {error}.") from None
    return PersonMap(rows, tuple(_unknown_columns(header)))


def _named(header: Sequence[str], cells: Sequence[str], line: int) -> dict[str, str]:
    if len(cells) > len(header):
        raise InputError(
            f"Line {line} of the map of persons: {len(cells)} cells under {len(header)} columns; "
            "put what holds the separator in quotes."
        )
    return dict(zip(header, cells, strict=False))


def _delimiter(text: str) -> str:
    first_line = text.lstrip("\ufeff").partition("\n")[0]
    return max(",;\t", key=first_line.count)


def _check_header(header: Sequence[str]) -> None:
    if "person_key" not in header:
        raise InputError(f"Line 1 of the map of persons: no column person_key. {_HELP}")
    if not any(pointer in header for pointer in POINTERS):
        raise InputError(f"Line 1 of the map of persons: no column points at an author. {_HELP}")
    twice = next((name for name in COLUMNS if header.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"Line 1 of the map of persons: two columns {twice}. {_HELP}")


def _unknown_columns(header: Sequence[str]) -> Iterator[Problem]:
    for name in header:
        if name and name not in COLUMNS:
            yield Problem(
                "people[1]",
                "people-unknown-column",
                "caution",
                f"The map of persons has a column “{name}” that is not read. {_HELP}",
            )


def _row(cells: dict[str, str], line: int) -> PersonRow:
    held = {name: (cells.get(name) or "").strip() or None for name in COLUMNS}
    where = f"Line {line} of the map of persons"
    key = held["person_key"]
    if key is None or len(key) > KEY_LENGTH:
        raise InputError(f"{where}: person_key is missing or too long.")
    if not any(held[pointer] for pointer in POINTERS):
        raise InputError(f"{where}: nothing points at an author. {_HELP}")
    orcid = held["orcid"] and parse_orcid(held["orcid"])
    if held["orcid"] and orcid is None:
        raise InputError(f"{where}: “{held['orcid']}” is not an ORCID iD.")
    return PersonRow(
        line=line,
        person_key=key,
        article=held["article"],
        position=_position(held["position"], where),
        orcid=orcid,
        name=held["name"],
    )


def _position(text: str | None, where: str) -> int | None:
    if text is None:
        return None
    if _POSITION.fullmatch(text) is None:
        raise InputError(f"{where}: position must be 1 for the first author, 2 for the next …")
    return int(text)


class _Byline:
    """The printed authors of one article, found by place, iD and name, and the keys given."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.names = article_names(article)
        self._authors = [
            index
            for index, person in enumerate(article.contributors)
            if not is_editor(person.role) and not is_reviewer(person.role)
        ]
        self._by_orcid: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        for index in self._authors:
            self._note(index, article.contributors[index])
        self._keys: dict[int, str] = {}
        self._given: dict[str, int] = {}

    def _note(self, index: int, person: Contributor) -> None:
        orcid = parse_orcid(person.orcid) if person.orcid else None
        if orcid is not None:
            self._by_orcid.setdefault(orcid, []).append(index)
        for spelling in _spellings(person):
            self._by_name.setdefault(spelling, []).append(index)

    def pointed_at(self, row: PersonRow) -> int | None:
        """Return the index of the one author that everything in the row points at."""
        found = [self._at(row.position)] if row.position is not None else []
        if row.orcid is not None:
            found.append(_the_one(self._by_orcid.get(row.orcid, []), f"the iD {row.orcid}"))
        if row.name is not None:
            namesakes = self._by_name.get(_plain(row.name), [])
            # A position or iD beside the name tells namesakes apart.
            known = [index for index in namesakes if index in found]
            found.append(known[0] if known else _the_one(namesakes, f"“{row.name}”"))
        if len(set(found)) > 1:
            raise _Mismatch("people-disagree", self._disagreement(row))
        return found[0]

    def _at(self, position: int) -> int | None:
        return self._authors[position - 1] if position <= len(self._authors) else None

    def _disagreement(self, row: PersonRow) -> str:
        told = [f"position {row.position}"] if row.position is not None else []
        told += [f"iD {row.orcid}"] if row.orcid else []
        told += [f"name “{row.name}”"] if row.name else []
        index = self._at(row.position) if row.position is not None else None
        sentence = f"{', '.join(told)} do not mean the same printed author."
        if index is None:
            return sentence
        return f"{sentence} At that position “{self.article.contributors[index].name}” is printed."

    def give(self, index: int, key: str) -> None:
        """Give an author a key, unless it cannot be theirs."""
        person = self.article.contributors[index]
        if person.is_group:
            raise _Mismatch("people-group", f"“{person.name}” is a group, not a person.")
        if self._keys.get(index, person.person_key) not in (None, key):
            raise _Mismatch("people-taken", f"“{person.name}” already has another person key.")
        if self._given.setdefault(key, index) != index:
            raise _Mismatch("people-twice", "the same person is given to two authors.")
        self._keys[index] = key

    def with_keys(self) -> Article:
        """Return the article with the keys given."""
        contributors = tuple(
            person.model_copy(update={"person_key": self._keys[index]})
            if index in self._keys
            else person
            for index, person in enumerate(self.article.contributors)
        )
        return self.article.model_copy(update={"contributors": contributors})


def _the_one(found: Sequence[int], what: str) -> int | None:
    if len(found) > 1:
        raise _Mismatch("people-ambiguous", f"{what} is printed for two authors.")
    return found[0] if found else None


def _spellings(person: Contributor) -> set[str]:
    given, family = person.given_names or "", person.family_name or ""
    spellings = {person.name, f"{given} {family}", f"{family} {given}"}
    return {_plain(spelling) for spelling in spellings} - {""}


def _plain(name: str) -> str:
    """Return a name without case, points and commas; letters with accents stay themselves."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(folded.replace(".", " ").replace(",", " ").split())
