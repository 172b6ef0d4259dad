"""With whose permission a delivery may be written, or why it has to wait: DESIGN.md section 2."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.journeys.contents import HELD
from orcid_connect.journeys.participants import Participant
from orcid_connect.records import ItemKind, PersonKind
from orcid_connect.services import realm_of
from orcid_connect.settings import Credential
from orcid_connect.store import people
from orcid_connect.store.ledger import DeliveryState
from orcid_connect.store.people import Link

ACTIVITIES_SCOPE = "/activities/update"
PERSON_SCOPE = "/person/update"
PERSON_KINDS: frozenset[ItemKind] = frozenset(get_args(PersonKind))


@dataclass(frozen=True, slots=True)
class Permission:
    """The person's link, or the sentence that says why there is none to write with."""

    link: Link | None
    sentence: str = ""
    state: DeliveryState = "waiting"


async def permissions_of(
    connection: AsyncConnection,
    credential: Credential,
    tenant: str,
    concerned: Sequence[Participant],
    activity: ItemKind,
) -> list[Permission]:
    """Return for each participant with what their record may be written, if with anything."""
    realm = realm_of(credential)
    keys = [one.person_key for one in concerned if one.person_key is not None]
    orcids = [one.claimed for one in concerned if one.person_key is None and one.claimed]
    by_key = await people.newest_links(connection, realm, tenant, keys)
    by_orcid = await people.links_by_orcid(connection, realm, tenant, orcids)
    links = [
        by_orcid.get(one.claimed or "") if one.person_key is None else by_key.get(one.person_key)
        for one in concerned
    ]
    return [
        permission(credential, one, link, activity)
        for one, link in zip(concerned, links, strict=True)
    ]


def scope_for(activity: ItemKind) -> str:
    """Return the scope that writing this kind of item needs (REGISTRY.md 2.7)."""
    return PERSON_SCOPE if activity in PERSON_KINDS else ACTIVITIES_SCOPE


def permission(
    credential: Credential, someone: Participant, link: Link | None, activity: ItemKind = "work"
) -> Permission:
    """Judge a participant's newest link, in whatever state it is."""
    if not credential.may_write:
        return Permission(None, f"The credential {credential.name} is public: it may not write.")
    if link is None or link.state != "active":
        return Permission(None, _why_waiting(someone, link))
    if someone.claimed is not None and someone.claimed != link.orcid:
        sentence = (
            f"The article vouches for {someone.claimed}, this person connected {link.orcid}: "
            "check who it is, then correct the article or the connection."
        )
        return Permission(None, HELD + sentence, "parked")
    if scope_for(activity) not in link.scopes:
        what = "their name, links and keywords" if activity in PERSON_KINDS else "works and reviews"
        sentence = (
            f"Connected, but without permission to write {what}: they must connect once more."
        )
        return Permission(None, sentence)
    return Permission(link)


def _why_waiting(someone: Participant, last: Link | None) -> str:
    if someone.person_key is None:
        return f"Waits until somebody here connects {someone.claimed}."
    if last is None:
        return "Waits until the person connects an iD."
    if last.state == "moved":
        return f"{last.orcid} was merged into another record: the person must connect once more."
    if last.state == "revoked":
        return "The person withdrew the permission at ORCID; waits until they connect again."
    return "The person disconnected; waits until they connect again."
