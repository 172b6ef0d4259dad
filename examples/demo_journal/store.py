"""The journal's own data in its own SQLite: users, manuscripts with their JATS, reviews, terms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, cast

import aiosqlite

from .beginnings import ASSIGNMENTS, MANUSCRIPTS, OFFICES, USERS, Manuscript, Part, State, User
from .settings import PACKAGE

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS users (
  place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, given TEXT NOT NULL, family TEXT NOT NULL,
  part TEXT NOT NULL, orcid TEXT
);
CREATE TABLE IF NOT EXISTS manuscripts (
  place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, jats BLOB NOT NULL, state TEXT NOT NULL,
  title TEXT, abstract TEXT, reason TEXT NOT NULL DEFAULT '', true_since TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS authorships (
  manuscript TEXT NOT NULL, position INTEGER NOT NULL, user TEXT NOT NULL,
  PRIMARY KEY (manuscript, position)
);
CREATE TABLE IF NOT EXISTS corrections (
  manuscript TEXT NOT NULL, made_at TEXT NOT NULL, what TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reviews (
  place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, manuscript TEXT NOT NULL,
  reviewer TEXT NOT NULL, completed_at TEXT
);
CREATE TABLE IF NOT EXISTS late_dois (manuscript TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS terms (
  place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, user TEXT NOT NULL, title TEXT NOT NULL,
  began TEXT, ended TEXT, true_since TEXT NOT NULL
);
"""
_USERS: Final = "SELECT key, given, family, part, orcid FROM users"
_MANUSCRIPTS: Final = (
    "SELECT key, jats, state, title, abstract, reason, true_since,"
    " key IN (SELECT manuscript FROM late_dois) FROM manuscripts"
)
_REVIEWS: Final = "SELECT key, manuscript, reviewer, completed_at FROM reviews"
_TERMS: Final = "SELECT key, user, title, began, ended, true_since FROM terms"


@dataclass(frozen=True, slots=True)
class Stored:
    """A manuscript as the journal keeps it: its JATS, what was corrected since, where it stands.

    `title` and `abstract` are there only if an editor corrected them; `true_since` is when the
    manuscript became what it is now. With `without_doi` its DOI is not registered yet.
    """

    key: str
    jats: bytes
    state: State
    title: str | None
    abstract: str | None
    reason: str
    true_since: datetime
    without_doi: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """What an editor changed after publication, and when."""

    made_at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class StoredReview:
    """A review that was asked for; it is completed when `completed_at` is there."""

    key: str
    manuscript: str
    reviewer: str
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Term:
    """Somebody's time in an office: it has not begun, goes on, or is over."""

    key: str
    user: str
    title: str
    began: date | None
    ended: date | None
    true_since: datetime


class Store:
    """Reads and writes the journal's database, a short connection each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def prepare(self) -> None:
        """Create the tables, and put into them what the journal begins with and they lack."""
        async with self._open() as database:
            await database.executescript(SCHEMA)
            await _fill(database)

    async def users(self) -> dict[str, User]:
        """Return everybody by key."""
        async with self._open() as database:
            rows = await database.execute_fetchall(f"{_USERS} ORDER BY place")
        return {row[0]: _user(row) for row in rows}

    async def user(self, key: str) -> User | None:
        """Return one user."""
        async with self._open() as database:
            cursor = await database.execute(f"{_USERS} WHERE key = ?", (key,))
            row = await cursor.fetchone()
        return None if row is None else _user(row)

    async def note_orcid(self, key: str, orcid: str | None) -> None:
        """Keep the iD that orcid_connect says this user connected, or None when it ended."""
        async with self._open() as database:
            await database.execute("UPDATE users SET orcid = ? WHERE key = ?", (orcid, key))

    async def manuscripts(self) -> list[Stored]:
        """Return all manuscripts in the journal's order."""
        async with self._open() as database:
            rows = await database.execute_fetchall(f"{_MANUSCRIPTS} ORDER BY place")
        return [_stored(row) for row in rows]

    async def manuscript(self, key: str) -> Stored | None:
        """Return one manuscript."""
        async with self._open() as database:
            cursor = await database.execute(f"{_MANUSCRIPTS} WHERE key = ?", (key,))
            row = await cursor.fetchone()
        return None if row is None else _stored(row)

    async def authors_of(self, manuscript: str) -> dict[int, str]:
        """Return the keys of those authors who have an account, by place in the byline."""
        query = "SELECT position, user FROM authorships WHERE manuscript = ?"
        async with self._open() as database:
            rows = await database.execute_fetchall(query, (manuscript,))
        return {row[0]: row[1] for row in rows}

    async def set_state(self, key: str, state: State, now: datetime, reason: str = "") -> None:
        """Publish, accept or withdraw a manuscript."""
        async with self._open() as database:
            await database.execute(
                "UPDATE manuscripts SET state = ?, reason = ?, true_since = ? WHERE key = ?",
                (state, reason, now.isoformat(), key),
            )

    async def correct(self, key: str, title: str, abstract: str, what: str, now: datetime) -> None:
        """Keep a corrected title and abstract, and note that they were corrected."""
        async with self._open() as database:
            await database.execute(
                "UPDATE manuscripts SET title = ?, abstract = ?, true_since = ? WHERE key = ?",
                (title, abstract, now.isoformat(), key),
            )
            await database.execute(
                "INSERT INTO corrections VALUES (?, ?, ?)", (key, now.isoformat(), what)
            )

    async def register_doi(self, key: str, now: datetime) -> None:
        """Note that the DOI of a manuscript is registered."""
        async with self._open() as database:
            await database.execute("DELETE FROM late_dois WHERE manuscript = ?", (key,))
            await database.execute(
                "UPDATE manuscripts SET true_since = ? WHERE key = ?", (now.isoformat(), key)
            )

    async def corrections_of(self, key: str) -> list[Correction]:
        """Return what was corrected after publication, oldest first."""
        query = "SELECT made_at, what FROM corrections WHERE manuscript = ? ORDER BY made_at"
        async with self._open() as database:
            rows = await database.execute_fetchall(query, (key,))
        return [Correction(datetime.fromisoformat(row[0]), row[1]) for row in rows]

    async def reviews(self) -> list[StoredReview]:
        """Return all reviews."""
        async with self._open() as database:
            rows = await database.execute_fetchall(f"{_REVIEWS} ORDER BY place")
        return [_review(row) for row in rows]

    async def complete_review(self, key: str, now: datetime) -> StoredReview | None:
        """Note that a review is complete, once; return it."""
        async with self._open() as database:
            await database.execute(
                "UPDATE reviews SET completed_at = ? WHERE key = ? AND completed_at IS NULL",
                (now.isoformat(), key),
            )
            cursor = await database.execute(f"{_REVIEWS} WHERE key = ?", (key,))
            row = await cursor.fetchone()
        return None if row is None else _review(row)

    async def terms(self) -> list[Term]:
        """Return who is, was or will be in which office."""
        async with self._open() as database:
            rows = await database.execute_fetchall(f"{_TERMS} ORDER BY place")
        return [_term(row) for row in rows]

    async def set_term(
        self, key: str, began: date | None, ended: date | None, now: datetime
    ) -> None:
        """Note when somebody's term began, and when it ended."""
        days = [None if day is None else day.isoformat() for day in (began, ended)]
        async with self._open() as database:
            await database.execute(
                "UPDATE terms SET began = ?, ended = ?, true_since = ? WHERE key = ?",
                (*days, now.isoformat(), key),
            )

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[aiosqlite.Connection]:
        async with aiosqlite.connect(self._path) as database:
            yield database
            await database.commit()


async def _fill(database: aiosqlite.Connection) -> None:
    now = datetime.now(UTC).isoformat()
    await database.executemany(
        "INSERT OR IGNORE INTO users (key, given, family, part) VALUES (?, ?, ?, ?)",
        [(user.key, user.given, user.family, user.part) for user in USERS],
    )
    for one in MANUSCRIPTS:
        await _fill_in(database, one, now)
    await database.executemany(
        "INSERT OR IGNORE INTO reviews (key, manuscript, reviewer) VALUES (?, ?, ?)",
        [(one.key, one.manuscript, one.reviewer) for one in ASSIGNMENTS],
    )
    await database.executemany(
        "INSERT OR IGNORE INTO terms (key, user, title, true_since) VALUES (?, ?, ?, ?)",
        [(one.key, one.user, one.title, now) for one in OFFICES],
    )


async def _fill_in(database: aiosqlite.Connection, one: Manuscript, now: str) -> None:
    jats = (PACKAGE / "articles" / one.file).read_bytes()
    cursor = await database.execute(
        "INSERT OR IGNORE INTO manuscripts (key, jats, state, true_since) VALUES (?, ?, ?, ?)",
        (one.key, jats, one.state, now),
    )
    if cursor.rowcount == 0:
        return
    await database.executemany(
        "INSERT INTO authorships VALUES (?, ?, ?)",
        [(one.key, position, user) for position, user in one.authors.items()],
    )
    if one.late_doi:
        await database.execute("INSERT INTO late_dois VALUES (?)", (one.key,))


def _user(row: aiosqlite.Row) -> User:
    key, given, family, part, orcid = row
    return User(key, given, family, cast(Part, part), orcid)


def _stored(row: aiosqlite.Row) -> Stored:
    key, jats, state, title, abstract, reason, true_since, without_doi = row
    since = datetime.fromisoformat(true_since)
    where = cast(State, state)
    return Stored(key, jats, where, title, abstract, reason, since, bool(without_doi))


def _review(row: aiosqlite.Row) -> StoredReview:
    key, manuscript, reviewer, completed_at = row
    completed = None if completed_at is None else datetime.fromisoformat(completed_at)
    return StoredReview(key, manuscript, reviewer, completed)


def _term(row: aiosqlite.Row) -> Term:
    key, user, title, *days, true_since = row
    began, ended = (None if day is None else date.fromisoformat(day) for day in days)
    return Term(key, user, title, began, ended, datetime.fromisoformat(true_since))
