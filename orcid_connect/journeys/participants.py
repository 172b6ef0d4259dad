"""Who takes part in a declaration, and on whose word.

The host's person key decides; else an iD that the host marks authenticated. Never a name, never a
typed iD, never an e-mail address (DESIGN.md section 2).
"""

from dataclasses import dataclass

from orcid_connect.declarations import Article, Contributor, RecordItem, Review, Role
from orcid_connect.identifiers import parse_orcid

BYLINE_ROLES = frozenset({"author"})
"""Roles whose bearers the work is put on the record of."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A person whose record a declaration concerns; `claimed` is the iD the host vouches for."""

    person: str
    name: str
    person_key: str | None
    claimed: str | None
    contributor: Contributor


Positive = Article | Review | Role | RecordItem
"""Declarations that say that something is so."""


def named_in(declaration: Positive) -> tuple[Contributor, ...]:
    """Return everybody whom a declaration names in a part that could go on their record."""
    match declaration:
        case Article():
            return declaration.contributors
        case Review():
            return (declaration.reviewer,)
        case _:
            return (declaration.person,)


def participants(declaration: Positive) -> tuple[Participant, ...]:
    """Return each person once, in order of first appearance."""
    named = named_in(declaration)
    if isinstance(declaration, Article):
        named = tuple(one for one in named if one.role in BYLINE_ROLES)
    found: dict[str, Participant] = {}
    for one in named:
        participant = _participant(one)
        if participant is not None:
            found.setdefault(participant.person, participant)
    return tuple(found.values())


def _participant(one: Contributor) -> Participant | None:
    claimed = parse_orcid(one.orcid) if one.orcid and one.orcid_authenticated else None
    if one.person_key is not None:
        return Participant(f"key:{one.person_key}", one.name, one.person_key, claimed, one)
    if claimed is not None:
        return Participant(f"orcid:{claimed}", one.name, None, claimed, one)
    return None
