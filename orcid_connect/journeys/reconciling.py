"""Making one record agree with its rows: one request at a time, each announced before it leaves.

An attempt row is committed before every write. What an attempt did is learnt from the answer or,
after a crash or an unclear answer, by reading the record (`settling`), never by sending again.
"""

import json

from orcid_connect.errors import RegistryError, SealBroken
from orcid_connect.journeys.evidence import OnRecord
from orcid_connect.journeys.repairing import Sending, repair
from orcid_connect.journeys.rows import Facts, conclude, is_as_it_was, later, rest
from orcid_connect.journeys.settling import settle
from orcid_connect.observe import describe, log, where
from orcid_connect.records import ActivityKind
from orcid_connect.registry.member import MemberApi
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.store import leases, ledger, people
from orcid_connect.store.leases import Claim
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Link

ROWS_PER_VISIT = 100
"""Rows of one record worked on before another record has its turn."""


async def reconcile_next(services: Services, owner: str) -> bool:
    """Work on the record that has waited longest; false if nothing is due."""
    async with services.database.writing() as connection:
        claim = await leases.claim_record(connection, owner, services.clock())
    if claim is None:
        return False
    try:
        await _visit(services, claim)
    finally:
        async with services.database.writing() as connection:
            await leases.release_record(connection, claim, owner)
    return True


async def _visit(services: Services, claim: Claim) -> None:
    async with services.database.reading() as connection:
        rows = await ledger.due_of_record(
            connection, claim.realm, claim.orcid, services.clock(), ROWS_PER_VISIT
        )
    credential = services.credential_of(claim.realm)
    leave_at = services.clock() + leases.LEASE_SECONDS / 2
    for row in rows:
        await _visit_row(services, credential, row)
        if services.clock() > leave_at or await _must_wait(services, claim):
            return


async def _visit_row(services: Services, credential: Credential | None, row: Delivery) -> None:
    if credential is None:
        sentence = f"Its credential {row.realm.credential} is not in the settings any more."
        await rest(services, row, "parked", sentence)
        return
    try:
        await _reconcile(services, services.member_api(credential), row)
    except Exception as error:
        log.error("reconciling failed: %s at %s", describe(error), where(error))
        await later(services, row, "Something went wrong on our side; it is tried again.")


async def _must_wait(services: Services, claim: Claim) -> bool:
    async with services.database.reading() as connection:
        state = await leases.credential_state(connection, claim.realm)
    return state.paused_at is not None or (state.slow_until or 0.0) > services.clock()


async def _reconcile(services: Services, api: MemberApi, row: Delivery) -> None:
    found = await _permission(services, api, row)
    if found is None:
        return
    link, record = found
    try:
        settled = await settle(services, row, record)
    except RegistryError as error:
        await repair(services, Sending(row, link, record, "GET", {}), error)
        return
    if settled is not None:
        await _step(services, settled, link, record)


async def _permission(
    services: Services, api: MemberApi, row: Delivery
) -> tuple[Link, OnRecord] | None:
    async with services.database.reading() as connection:
        link = await people.link_with_id(connection, row.link_id or "")
    allowed = ("active",) if row.desired_hash else ("active", "revoked")
    if link is None or link.state not in allowed or link.orcid != row.orcid:
        await rest(services, row, "waiting", "Waits until the person connects an iD.")
        return None
    try:
        token = link.token(services.vault)
    except SealBroken as error:
        await rest(services, row, "parked", f"{error}.")
        return None
    if token is None:
        await rest(services, row, "waiting", "The person disconnected.")
        return None
    activity: ActivityKind = "work" if row.activity == "work" else "peer-review"
    return link, OnRecord(api, token, link.orcid, activity)


def next_method(row: Delivery) -> str | None:
    """Return what has to be sent so that the record holds what it should, if anything."""
    if row.desired_hash is None:
        return None if row.put_code is None else "DELETE"
    if row.put_code is None:
        return "POST"
    return None if row.known_hash == row.desired_hash else "PUT"


async def _step(services: Services, row: Delivery, link: Link, record: OnRecord) -> None:
    method = next_method(row)
    if method is None:
        await conclude(services, row, Facts(row.put_code, row.known_hash), "nothing to do")
        return
    sending = await _announce(services, row, link, record, method)
    if sending is None:
        return
    try:
        put_code = await _send(sending)
    except RegistryError as error:
        await repair(services, sending, error)
        return
    facts = Facts(put_code, None if method == "DELETE" else row.desired_hash)
    await conclude(services, row, facts, "done")


async def _announce(
    services: Services, row: Delivery, link: Link, record: OnRecord, method: str
) -> Sending | None:
    """Commit the attempt before the request leaves; None if row or link changed meanwhile.

    After a crash the attempt tells where to look. Row and link were read a while ago: whoever
    withdrew, corrected or disconnected since has the last word.
    """
    async with services.database.writing() as connection:
        fresh = await ledger.get(connection, row.id)
        present = await people.link_with_id(connection, link.id)
        if fresh is None or not is_as_it_was(fresh, row) or present != link:
            return None
        body = "{}"
        if row.desired_hash is not None:
            body = await ledger.payload(connection, row.desired_hash)
        attempt = await ledger.open_attempt(connection, row, method, services.clock())
    return Sending(row, link, record, method, json.loads(body), attempt)


async def _send(sending: Sending) -> int | None:
    """Send the request; return the item's put-code, or None when there is no item any more."""
    record, row = sending.record, sending.row
    if sending.method == "POST":
        return await record.api.add(
            record.orcid, record.activity, sending.payload, token=record.token
        )
    assert row.put_code is not None
    if sending.method == "PUT":
        await record.api.change(
            record.orcid, record.activity, row.put_code, sending.payload, token=record.token
        )
        return row.put_code
    await record.api.remove(record.orcid, record.activity, row.put_code, token=record.token)
    return None
