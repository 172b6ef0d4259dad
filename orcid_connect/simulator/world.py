"""The state of one simulated registry: its tables, their indexes, its counters and switches."""

import secrets
from dataclasses import dataclass
from typing import Any

from orcid_connect.simulator.clock import SimClock
from orcid_connect.simulator.entities import (
    Client,
    Code,
    Group,
    Issn,
    Item,
    Note,
    Notification,
    Organization,
    Person,
    Session,
    Token,
    Webhook,
)
from orcid_connect.simulator.orcid_ids import nth_fake_orcid
from orcid_connect.simulator.persistence import Storage
from orcid_connect.simulator.records import KeysOf, Records
from orcid_connect.simulator.tables import Table

NUMBER_BLOCK = 1000  # put-codes reserved at a time, so that none is ever given out twice


@dataclass(slots=True)
class Settings:
    """Switches of a running simulator."""

    rate: bool = False  # 24/s and 12/s with a burst of 40, REGISTRY 8
    quota: bool = False  # the Public API's daily quota
    daily_quota: int = 10_000  # requests per day and address
    latency: float = 0.0  # seconds before every answer
    invalid_scope: str = "redirect"  # or "page", as the newest sign-in page does
    max_works: int = 10_000  # on one record
    summary: bool = True  # the feature switch of /{orcid}/summary
    webhook_seconds: float = 300.0  # between two runs of the webhook sender


class World:
    """Everything one simulated registry knows."""

    def __init__(self, storage: Storage, clock: SimClock, base_url: str, keys_of: KeysOf) -> None:
        """Begin empty; `load` reads what the storage has."""
        self.storage = storage
        self.clock = clock
        self.base_url = base_url
        self.settings = Settings()
        self.skew = 0.0  # seconds, set by a fault while one request is answered
        self.issued: set[str] = set()  # secrets of worlds gone by and id_tokens
        self.people = Table[str, Person]("person", Person, lambda it: it.orcid, storage)
        self.clients = Table[str, Client]("client", Client, lambda it: it.client_id, storage)
        self.tokens = Table[str, Token]("token", Token, lambda it: it.value, storage)
        self.codes = Table[str, Code]("code", Code, lambda it: it.value, storage)
        self.items = Table[int, Item]("item", Item, lambda it: it.put_code, storage)
        self.groups = Table[int, Group]("group", Group, lambda it: it.put_code, storage)
        self.webhooks = Table[tuple[str, str], Webhook](
            "webhook", Webhook, lambda it: (it.orcid, it.url), storage
        )
        self.notifications = Table[int, Notification](
            "notification", Notification, lambda it: it.put_code, storage
        )
        self.sessions = Table[str, Session]("session", Session, lambda it: it.value, storage)
        self.organizations = Table[tuple[str, str], Organization](
            "organization", Organization, lambda it: (it.identifier, it.source), storage
        )
        self.issns = Table[str, Issn]("issn", Issn, lambda it: it.issn, storage)
        self.notes = Table[str, Note]("note", Note, lambda it: it.name, storage)
        self.records = Records(self.items, keys_of)
        self.refreshes: dict[str, Token] = {}
        self.tokens_by_orcid: dict[str, list[Token]] = {}
        self.group_by_id: dict[str, Group] = {}
        self.people_by_email: dict[str, str] = {}
        self._next_number = 1

    @property
    def tables(self) -> dict[str, Table[Any, Any]]:
        """Every table by name, in the order in which they are dumped and restored."""
        return {
            "people": self.people,
            "clients": self.clients,
            "tokens": self.tokens,
            "codes": self.codes,
            "items": self.items,
            "groups": self.groups,
            "webhooks": self.webhooks,
            "notifications": self.notifications,
            "sessions": self.sessions,
            "organizations": self.organizations,
            "issns": self.issns,
            "notes": self.notes,
        }

    @property
    def api_base(self) -> str:
        """The Member API's base, without version."""
        return f"{self.base_url}/api"

    @property
    def public_base(self) -> str:
        """The Public API's base, without version."""
        return f"{self.base_url}/pub"

    def load(self) -> bool:
        """Read the storage; tell whether a world was there."""
        orders: dict[str, Any] = {
            "items": lambda it: it.put_code,
            "groups": lambda it: it.put_code,
            "notifications": lambda it: it.put_code,
            "tokens": lambda it: it.issued,
            "people": lambda it: (it.created, it.orcid),
        }
        for name, table in self.tables.items():
            table.load(orders.get(name))
        self.reindex()
        self._resume()
        return len(self.notes) > 0

    def clear(self) -> None:
        """Empty the world, remembering only which secrets ever existed."""
        self.issued |= self.secrets()
        self.storage.clear()
        for table in self.tables.values():
            table.clear()
        self.reindex()
        self._next_number = 1

    def reindex(self) -> None:
        """Build every index anew from the tables."""
        self.records.reindex()
        self.refreshes, self.tokens_by_orcid = {}, {}
        for token in self.tokens:
            self.index_token(token)
        self.group_by_id = {group_key(group.group_id): group for group in self.groups}
        self.people_by_email = {
            mail["email"].lower(): person.orcid for person in self.people for mail in person.emails
        }

    def index_token(self, token: Token) -> None:
        """Make a token findable by its refresh token and by its record."""
        if token.refresh is not None:
            self.refreshes[token.refresh] = token
        if token.orcid is not None:
            self.tokens_by_orcid.setdefault(token.orcid, []).append(token)

    def remember(self, name: str, value: Any) -> None:
        """Keep a named value of the world."""
        self.notes.put(Note(name, value))

    def recall(self, name: str, default: Any = None) -> Any:
        """Give a named value of the world."""
        note = self.notes.get(name)
        return default if note is None else note.value

    def next_put_code(self) -> int:
        """Give out the next number of the world-wide counter."""
        following = self._next_number
        while self.is_put_code_taken(following):
            following += 1
        if following >= self.recall("numbers reserved", 0):
            self.remember("numbers reserved", following + NUMBER_BLOCK)
        self._next_number = following + 1
        return following

    def is_put_code_taken(self, put_code: int) -> bool:
        """Tell whether an item, a group or a notification has this number."""
        return put_code in self.items or put_code in self.groups or put_code in self.notifications

    def next_orcid(self) -> str:
        """Give out the next free iD of the fake range."""
        while True:
            number = int(self.recall("people made", 0)) + 1
            self.remember("people made", number)
            orcid = nth_fake_orcid(number)
            if orcid not in self.people:
                return orcid

    def knows_organization(self, identifier: str, source: str) -> bool:
        """Tell whether the organisation table holds this pair, by exact text."""
        known = self.recall("organizations known", "listed")
        return known == "all" or (known == "listed" and (identifier, source) in self.organizations)

    def journal_title(self, issn: str) -> str | None:
        """Ask the ISSN portal for a journal; None: not found."""
        known = self.recall("issns known", "listed")
        entry = self.issns.get(issn.upper()) if known != "none" else None
        if entry is not None:
            return entry.title
        return f"Journal {issn.upper()}" if known == "all" else None

    def secrets(self) -> set[str]:
        """List every token, code, client secret and e-mail address this world ever had."""
        found = set(self.issued)
        found.update(client.client_secret for client in self.clients)
        found.update(code.value for code in self.codes)
        found.update(session.value for session in self.sessions)
        for token in self.tokens:
            found.update(value for value in (token.value, token.refresh) if value)
        found.update(str(mail["email"]) for person in self.people for mail in person.emails)
        return found

    def dump(self) -> dict[str, Any]:
        """Write the whole world as JSON values."""
        tables = {name: table.dump() for name, table in self.tables.items()}
        return {"tables": tables}

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Replace this world by a dumped one."""
        self.clear()
        for name, table in self.tables.items():
            table.restore(snapshot["tables"].get(name, ()))
        self.reindex()
        self._resume()

    def _resume(self) -> None:
        self._next_number = int(self.recall("numbers reserved", 1))
        clock = self.recall("clock")
        if clock is not None:
            self.clock.resume_at(clock["offset"], clock["frozen_at"])


def group_key(group_id: str) -> str:
    """Write a group id the way the registry compares it: trimmed, without regard to case."""
    return group_id.strip().lower()


def new_secret() -> str:
    """Make a value nobody guesses."""
    return secrets.token_urlsafe(32)
