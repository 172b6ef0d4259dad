"""Files from an older system: CSV or JSON lines of connections, and of put-codes.

Read line by line; a line that cannot be read stops no other. Tokens are secrets from the moment
they are read: no error, repr or report repeats a cell.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import SecretStr

from orcid_connect.declarations import KEY_LENGTH, SubjectKind
from orcid_connect.errors import InputError
from orcid_connect.identifiers import parse_orcid
from orcid_connect.journeys.importing import OldLink
from orcid_connect.journeys.importing_items import OldItem

LINK_COLUMNS: Final = (
    "person_key", "orcid", "access_token", "refresh_token", "expires", "scope", "name",
)  # fmt: skip
ITEM_COLUMNS: Final = ("person_key", "orcid", "kind", "key", "put_code")
MOST_LINE: Final = 100_000
"""Characters one line may have."""

_KINDS: Final[dict[str, SubjectKind]] = {kind: kind for kind in get_args(SubjectKind)}
_TOKEN: Final = re.compile(r"[\x21-\x7e]{8,4000}", re.ASCII)
_SCOPE: Final = re.compile(r"[^\s,;\[\]\"']+")
_HOST: Final = re.compile(r"^\s*(?:https?:)?(?://)?((?:[a-z0-9-]+\.)*orcid\.org)/", re.IGNORECASE)
_SECONDS: Final = re.compile(r"\d{9,11}", re.ASCII)
_NEVER_STORED: Final = re.compile("[\\0\\ud800-\\udfff]")
"""PostgreSQL keeps no NUL, and no database half of a pair that stands for one character."""
_PUT_CODE: Final = re.compile(r"[1-9]\d{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that cannot be read, and why."""

    line: int
    sentence: str
    person_key: str = ""
    orcid: str = ""


class _Wrong(Exception):
    """What is wrong with a line; never its content."""


def read_links(path: Path) -> Iterator[OldLink | Unread]:
    """Yield each line of a file of connections; raises `InputError` if it is no such file."""
    for line, fields in _lines(path, ("person_key", "orcid"), LINK_COLUMNS):
        yield _link(line, fields)


def read_items(path: Path) -> Iterator[OldItem | Unread]:
    """Yield each line of a file of put-codes; raises `InputError` if it is no such file."""
    for line, fields in _lines(path, ("kind", "key", "put_code"), ITEM_COLUMNS):
        yield _item(line, fields)


def count_lines(path: Path) -> int:
    """Return about how many lines follow the first, for whoever shows progress."""
    try:
        with path.open("rb") as file:
            return max(sum(1 for _line in file) - 1, 0)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or type(error).__name__}") from None


def _link(line: int, fields: Mapping[str, str] | _Wrong) -> OldLink | Unread:
    if isinstance(fields, _Wrong):
        return Unread(line, str(fields))
    given = fields.get("orcid", "")
    host = _HOST.match(given)
    orcid = parse_orcid(given) or ""
    try:
        return OldLink(
            line=line,
            person_key=_key(fields, "person_key"),
            orcid=orcid,
            host=None if host is None else host[1].lower().removeprefix("www."),
            access_token=_token(fields, "access_token"),
            refresh_token=_token(fields, "refresh_token"),
            expires_at=_moment(fields.get("expires", "")),
            scopes=frozenset(_SCOPE.findall(fields.get("scope", ""))),
            name=fields.get("name") or None,
        )
    except _Wrong as wrong:
        return Unread(line, str(wrong), fields.get("person_key", "")[:KEY_LENGTH], orcid)


def _item(line: int, fields: Mapping[str, str] | _Wrong) -> OldItem | Unread:
    if isinstance(fields, _Wrong):
        return Unread(line, str(fields))
    orcid = parse_orcid(fields.get("orcid", "")) or ""
    try:
        kind, put_code = fields.get("kind", "").lower(), fields.get("put_code", "")
        if kind not in _KINDS:
            raise _Wrong(f"the column kind is one of {', '.join(_KINDS)}.")
        if not _PUT_CODE.fullmatch(put_code) or int(put_code) >= 2**63:
            raise _Wrong("the column put_code is no put-code.")
        person = _key(fields, "person_key") if fields.get("person_key") else orcid
        if not person:
            raise _Wrong("it names nobody: give person_key or a valid orcid.")
        return OldItem(line, person, _KINDS[kind], _key(fields, "key"), int(put_code))
    except _Wrong as wrong:
        return Unread(line, str(wrong), fields.get("person_key", "")[:KEY_LENGTH], orcid)


def _key(fields: Mapping[str, str], column: str) -> str:
    key = fields.get(column, "")
    if not key or len(key) > KEY_LENGTH or "\0" in key:
        raise _Wrong(f"the column {column} is empty, too long or no text.")
    return key


def _token(fields: Mapping[str, str], column: str) -> SecretStr | None:
    text = fields.get(column, "")
    if not text:
        return None
    if not _TOKEN.fullmatch(text):
        raise _Wrong(f"the column {column} holds no token: is it still encrypted?")
    return SecretStr(text)


def _moment(text: str) -> float | None:
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Wrong("the column expires is no moment: 2038-05-09T12:00:00+00:00.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


# --- lines -----------------------------------------------------------------------------------


def _lines(
    path: Path, required: Sequence[str], columns: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str] | _Wrong]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(MOST_LINE)
            file.seek(0)
            if first.lstrip().startswith("{"):
                yield from _json_lines(file)
            else:
                yield from _csv_lines(file, first, path, required, columns)
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or type(error).__name__}") from None


def _json_lines(file: Any) -> Iterator[tuple[int, Mapping[str, str] | _Wrong]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line) if len(line) <= MOST_LINE else None
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            yield number, _Wrong("this is no JSON object.")
        else:
            texts = {str(name).lower(): _text(value) for name, value in fields.items()}
            yield number, _storable(texts)


def _storable(fields: Mapping[str, str]) -> Mapping[str, str] | _Wrong:
    if any(_NEVER_STORED.search(value) for value in fields.values()):
        return _Wrong("it holds a character that no database keeps.")
    return fields


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value).strip()


def _csv_lines(
    file: Any, first: str, path: Path, required: Sequence[str], columns: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str] | _Wrong]]:
    rows = csv.reader(file, delimiter=max(",;\t", key=first.count))
    header = [cell.strip().lower() for cell in next(rows, [])]
    missing = [name for name in required if name not in header]
    if missing:
        raise InputError(
            f"{path}: its first line lacks {', '.join(missing)}; the columns are "
            f"{', '.join(columns)}"
        )
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield rows.line_num, _Wrong("this is no line of CSV.")
            continue
        if len(cells) > len(header):
            yield rows.line_num, _Wrong("it has more cells than the first line has columns.")
        elif any(cell.strip() for cell in cells):
            named = zip(header, cells, strict=False)
            yield rows.line_num, _storable({name: cell.strip() for name, cell in named})
