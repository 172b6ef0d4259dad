"""What the model of a simulated world knows: passes, records, items; and which answer they earn."""

from dataclasses import dataclass, field
from typing import Any

from tests.simulator import bodies

DAY_MILLISECONDS = 24 * 3600 * 1000
CLOSED_DAYS = 10  # of an unclaimed record
READING = "/read-limited"
WRITING = "/activities/update /person/update /read-limited"
PERSON_KINDS = frozenset({"keyword", "other-name", "researcher-url"})
KINDS = (
    "work",
    "funding",
    "peer-review",
    "employment",
    "education",
    "research-resource",
    *sorted(PERSON_KINDS),
)
USER_REVOKED, OTHERWISE_REVOKED = "by the user", "otherwise"


@dataclass(slots=True)
class Pass:
    """A token: whose, for which record, and whether it still holds."""

    value: str = field(repr=False)
    client: int
    orcid: str
    scope: str
    expires: float
    refresh: str | None = field(default=None, repr=False)
    revoked: str | None = None


@dataclass(slots=True)
class Owner:
    """A record's state as the registry tells it."""

    state: str = "active"
    created: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """An item that must be on a record."""

    orcid: str
    kind: str
    client: int
    identity: str


def segment_of(kind: str) -> str:
    """The path segment of single items of a kind."""
    return f"{kind}s" if kind in PERSON_KINDS else kind


def plural_of(kind: str) -> str:
    """The path segment of the list of a kind."""
    return f"{kind}s"


def body_of(kind: str, identity: str) -> dict[str, Any]:
    """A valid public body of a kind, told apart from others by its identity."""
    # An unclaimed record has no visibility of its own choice, so the body says it.
    return {"visibility": "public", **_told_apart(kind, identity)}


def _told_apart(kind: str, identity: str) -> dict[str, Any]:
    if kind == "work":
        return bodies.work(f"10.5555/{identity}")
    if kind == "funding":
        return bodies.funding(identity)
    if kind == "peer-review":
        return bodies.review(identity)
    if kind == "research-resource":
        return bodies.resource(identity)
    if kind == "researcher-url":
        return {"url-name": identity, "url": {"value": f"https://example.org/{identity}"}}
    if kind in PERSON_KINDS:
        return {"content": identity}
    # Not a hyphenated type: read back it is spelt differently, and clashes with nothing (4.9).
    external_id = bodies.identifier(f"10.5555/{kind}-{identity}")
    return bodies.affiliation(**{"external-ids": {"external-id": [external_id]}})


class WorldModel:
    """Everything that must be true of the simulated world."""

    def __init__(self) -> None:
        self.owners: dict[str, Owner] = {}
        self.passes: list[Pass] = []
        self.items: dict[int, Held] = {}

    def refusal(self, used: Pass, orcid: str, now: float, *, method: str) -> int | None:
        """The status with which every request of this pass is refused; None: it is heard."""
        is_good = used.revoked is None or (method == "DELETE" and used.revoked == USER_REVOKED)
        if not is_good or used.expires <= now:
            return 401
        if used.orcid != orcid:
            return 401
        return self._closed(self.owners[orcid], now, reads=method == "GET")

    def _closed(self, owner: Owner, now: float, *, reads: bool) -> int | None:
        if owner.state == "active":
            return None
        if owner.state == "deprecated":
            return 301 if reads else 409
        if owner.state == "unclaimed":
            age = int(now * 1000) - owner.created
            return 409 if age < CLOSED_DAYS * DAY_MILLISECONDS else None
        return 409

    def creating(self, used: Pass, orcid: str, kind: str, identity: str, now: float) -> int:
        """The status of a POST."""
        refused = self.refusal(used, orcid, now, method="POST")
        if refused is not None:
            return refused
        if used.scope != WRITING:
            return 403
        return 409 if Held(orcid, kind, used.client, identity) in self.items.values() else 201

    def updating(self, used: Pass, code: int, identity: str, now: float) -> set[int]:
        """The statuses a PUT may have: who may not, is told so in an order of each kind's own."""
        held = self.items[code]
        refused = self.refusal(used, held.orcid, now, method="PUT")
        if refused is not None:
            return {refused}
        if used.scope != WRITING:
            return {403}
        wanted = Held(held.orcid, held.kind, used.client, identity)
        clashes = any(each == wanted for other, each in self.items.items() if other != code)
        if used.client != held.client:
            return {403, 409} if clashes else {403}
        # Research resources are not compared on update.
        return {409} if clashes and held.kind != "research-resource" else {200}

    def deleting(self, used: Pass, code: int, now: float) -> int:
        """The status of a DELETE."""
        held = self.items[code]
        refused = self.refusal(used, held.orcid, now, method="DELETE")
        if refused is not None:
            return refused
        may = used.scope == WRITING and used.client == held.client
        return 204 if may else 403

    def withdraw(self, orcid: str, client: int | None, reason: str) -> None:
        """Revoke all passes for a record, or those of one client."""
        for each in self.passes:
            if each.orcid == orcid and client in {None, each.client} and each.revoked is None:
                each.revoked = reason

    def empty(self, orcid: str) -> None:
        """Take everything off a record."""
        self.items = {code: held for code, held in self.items.items() if held.orcid != orcid}

    def on_record(self, orcid: str, kind: str) -> list[int]:
        """The put-codes of one kind on a record."""
        return sorted(
            code for code, held in self.items.items() if held.orcid == orcid and held.kind == kind
        )
