"""Making people and clients, and changing the state of records."""

import re
import secrets
import string
from typing import Any

from orcid_connect.simulator import writing
from orcid_connect.simulator.entities import Client, Person
from orcid_connect.simulator.oauth import tokens
from orcid_connect.simulator.orcid_ids import is_orcid
from orcid_connect.simulator.world import World, new_secret

CLIENT_KINDS = frozenset({"public", "member", "premium", "creator"})
VISIBILITIES = frozenset({"public", "limited", "private"})
STATES = frozenset({"active", "locked", "deactivated", "deprecated", "unclaimed"})
DEFAULT_PASSWORD = "orcid-demo"  # noqa: S105
_CLIENT_ID = re.compile(r"APP-[0-9A-Z]{16}")
_CLIENT_ID_LETTERS = string.ascii_uppercase + string.digits


def add_person(world: World, given: str, family: str | None = None, **options: Any) -> Person:
    """Make a person with a record; raise ValueError for an iD or e-mail that cannot be."""
    orcid = options.pop("orcid", None) or world.next_orcid()
    _check_orcid(world, orcid)
    email = options.pop("email", None) or _invented_email(world, given, family, orcid)
    if email.lower() in world.people_by_email:
        raise ValueError("another person has this e-mail address")
    for name in ("default_visibility", "name_visibility", "biography_visibility"):
        _check_visibility(options.get(name, "public"))
    now = world.clock.milliseconds()
    mail = {
        "email": email,
        "verified": bool(options.pop("email_verified", True)),
        "primary": True,
        "visibility": options.pop("email_visibility", "private"),
    }
    password = options.pop("password", None) or DEFAULT_PASSWORD
    person = Person(orcid, given, family, password, now, now, emails=[mail], **options)
    world.people_by_email[email.lower()] = orcid
    return world.people.put(person)


def _check_orcid(world: World, orcid: str) -> None:
    if not is_orcid(orcid):
        raise ValueError(f"{orcid!r} is not an ORCID iD, or its last character is wrong")
    if orcid in world.people:
        raise ValueError(f"{orcid} exists already")


def _check_visibility(visibility: str | None) -> None:
    if visibility is not None and visibility not in VISIBILITIES:
        raise ValueError(f"{visibility!r} is not public, limited or private")


def _invented_email(world: World, given: str, family: str | None, orcid: str) -> str:
    words = re.sub(r"[^a-z0-9]+", ".", f"{given} {family or ''}".lower()).strip(".") or "someone"
    email = f"{words}@people.example.org"
    taken = email in world.people_by_email
    return f"{words}.{orcid.lower()}@people.example.org" if taken else email


def change_person(world: World, orcid: str, **changes: Any) -> Person:
    """Change what a person can change about themselves; raise ValueError."""
    person = person_of(world, orcid)
    allowed = {
        "given",
        "family",
        "credit_name",
        "password",
        "name_visibility",
        "default_visibility",
        "biography",
        "biography_visibility",
        "two_factor",
    }
    unknown = set(changes) - allowed
    if unknown:
        raise ValueError(f"a person has no {', '.join(sorted(unknown))} that can be changed")
    for name, value in changes.items():
        if name.endswith("visibility"):
            _check_visibility(value)
        setattr(person, name, value)
    writing.touch(world, person)
    return person


def person_of(world: World, orcid: str) -> Person:
    """Find a person; raise ValueError."""
    person = world.people.get(orcid)
    if person is None:
        raise ValueError(f"there is no person {orcid}")
    return person


def client_of(world: World, client_id: str) -> Client:
    """Find a client; raise ValueError."""
    client = world.clients.get(client_id)
    if client is None:
        raise ValueError(f"there is no client {client_id}")
    return client


def set_state(world: World, orcid: str, state: str, primary: str | None = None) -> None:
    """Lock, deactivate, deprecate or reopen a record; raise ValueError."""
    if state not in STATES:
        raise ValueError(f"{state!r} is not one of {', '.join(sorted(STATES))}")
    person = person_of(world, orcid)
    if state == "deprecated":
        if primary is None or primary not in world.people or primary == orcid:
            raise ValueError("a deprecated record needs another record as its primary one")
        _clear_record(world, person)
    person.primary = primary if state == "deprecated" else None
    person.locked = state == "locked"
    person.claimed = state != "unclaimed"
    person.deactivated = world.clock.milliseconds() if state == "deactivated" else None
    if state == "deactivated":
        # A merged record's tokens live on, and meet 9007; a deactivated one's die (REGISTRY 7.3).
        tokens.disable_all(world, orcid, tokens.RECORD_DEACTIVATED)
        _clear_record(world, person)
    writing.touch(world, person)


def _clear_record(world: World, person: Person) -> None:
    for item in list(world.records.all_of(person.orcid)):
        world.records.remove(item)


def add_client(
    world: World,
    kind: str,
    name: str,
    redirect_uris: list[str],
    *,
    client_id: str | None = None,
    client_secret: str | None = None,
    **options: Any,
) -> Client:
    """Register a client; raise ValueError."""
    if kind not in CLIENT_KINDS:
        raise ValueError(f"{kind!r} is not one of {', '.join(sorted(CLIENT_KINDS))}")
    client_id = client_id or _new_client_id(world)
    if not _CLIENT_ID.fullmatch(client_id):
        raise ValueError(f"{client_id!r} is not APP- and 16 capital letters or digits")
    if client_id in world.clients:
        raise ValueError(f"the client {client_id} exists already")
    secret = client_secret or new_secret()
    client = Client(client_id, secret, kind, name, list(redirect_uris), **options)
    return world.clients.put(client)


def _new_client_id(world: World) -> str:
    while True:
        client_id = "APP-" + "".join(secrets.choice(_CLIENT_ID_LETTERS) for _ in range(16))
        if client_id not in world.clients:
            return client_id
