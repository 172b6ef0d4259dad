"""What a visit sends: each request announced, carried out once, and concluded or repaired."""

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence

from orcid_connect.errors import RegistryError, RegistryUnreadable, SealBroken
from orcid_connect.journeys.announcing import NOTHING, Announced, Draft
from orcid_connect.journeys.committing import Committer
from orcid_connect.journeys.decisions import at_rest
from orcid_connect.journeys.evidence import OnRecord
from orcid_connect.journeys.looking import is_alone, look_before_change, look_first
from orcid_connect.journeys.repairing import Sending, not_carried_out, repair, repair_together
from orcid_connect.journeys.rows import Conclusion, Facts, change, later, rest, wait_for_link
from orcid_connect.journeys.settling import settle
from orcid_connect.journeys.trust import note_closed_record
from orcid_connect.journeys.verdicts import Verdict, judge
from orcid_connect.journeys.visits import Ready, Visit
from orcid_connect.observe import describe, log, where
from orcid_connect.services import Services
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Link

OUR_FAULT = "Something went wrong on our side; it is tried again."


class Courier:
    """Serves one visit after the other."""

    def __init__(self, services: Services, committer: Committer) -> None:
        self._services = services
        self._committer = committer

    async def serve(self, visit: Visit) -> None:
        """Settle what is unclear, then send what is due: alone, or works together."""
        ready = [one async for one in self._ready(visit)]
        together: dict[str, list[Ready]] = {}
        for one in ready:
            if _is_new(one.row) and one.row.activity == "work":
                together.setdefault(one.link.id, []).append(one)
            elif not self._over(visit):
                await self._guarded([one], self._send_alone(one))
        for group in together.values():
            if not self._over(visit):
                await self._guarded(group, self._send_works(visit, group))

    async def _ready(self, visit: Visit) -> AsyncIterator[Ready]:
        for row in visit.rows:
            if self._over(visit):
                return
            try:
                found = await self._prepared(visit, row)
            except Exception as error:
                await self._stumbled([row], error)
            else:
                if found is not None:
                    yield found

    def _over(self, visit: Visit) -> bool:
        return visit.stopping() or self._services.clock() > visit.leave_at

    async def _prepared(self, visit: Visit, row: Delivery) -> Ready | None:
        found = await self._permission(visit, row)
        if found is None:
            return None
        link, record = found
        try:
            attempts = visit.unsettled.get(row.id, [])
            settled = await settle(self._services, row, record, attempts, visit.began_at)
            if settled is None or await self._stopped(settled):
                return None
            return await self._looked_up(Ready(settled, link, record, visit.began_at))
        except RegistryError as error:
            await repair(self._services, Sending(row, link, record, "GET", NOTHING), error)
            return None

    async def _looked_up(self, one: Ready) -> Ready | None:
        """Look whether something else says the same, where ORCID itself would not tell."""
        match next_method(one.row):
            case "POST":
                return await look_first(self._services, one)
            case "PUT":
                return await look_before_change(self._services, one)
        return one

    async def _stopped(self, row: Delivery) -> bool:
        """Put to rest what its person stopped while its last request was under way."""
        if not row.stopped or row.desired_hash is None:
            return False
        await change(self._services, row, lambda fresh, _now: at_rest(fresh))
        return True

    async def _permission(self, visit: Visit, row: Delivery) -> tuple[Link, OnRecord] | None:
        services = self._services
        if visit.api is None:
            sentence = f"Its credential {row.realm.credential} is not in the settings any more."
            await rest(services, row, "parked", sentence)
            return None
        link = visit.links.get(row.link_id or "")
        allowed = ("active",) if row.desired_hash else ("active", "revoked")
        if link is None or link.state not in allowed or link.orcid != row.orcid:
            sentence = "Waits until the person connects an iD."
            await wait_for_link(services, row, link, sentence)
            return None
        try:
            token = visit.token_of(link, services.vault)
        except SealBroken as error:
            await rest(services, row, "parked", f"{error}.")
            return None
        if token is None:
            await wait_for_link(services, row, link, "The person disconnected.")
            return None
        listed, ahead = visit.listing_for(link), visit.ahead_for(link)
        return link, OnRecord(visit.api, token, link.orcid, row.activity, listed, ahead)

    async def _guarded(self, group: Sequence[Ready], sending: Awaitable[None]) -> None:
        """A fault of ours costs these rows a while, and nothing else."""
        try:
            await sending
        except Exception as error:
            await self._stumbled([one.row for one in group], error)

    async def _stumbled(self, rows: Sequence[Delivery], error: Exception) -> None:
        log.error("reconciling failed: %s at %s", describe(error), where(error))
        for row in rows:
            await later(self._services, row, OUR_FAULT)

    async def _send_alone(self, one: Ready) -> None:
        method = next_method(one.row)
        if method is None:
            facts = Facts(one.row.put_code, one.row.known_hash)
            await self._committer.conclude([Conclusion(one.row, facts, "nothing to do")])
            return
        if not await is_alone(self._services, one):
            return
        (sending,) = await self._announced([one], method)
        if sending is None:
            return
        try:
            put_code = await _send(sending)
        except RegistryError as error:
            await repair(self._services, sending, error)
            return
        await note_closed_record(self._services, one.link, None)
        facts = Facts(put_code, None if method == "DELETE" else one.row.desired_hash)
        await self._committer.conclude([Conclusion(one.row, facts, "done", one.note)])

    async def _send_works(self, visit: Visit, group: Sequence[Ready]) -> None:
        """Add works together; what ORCID refuses for the company it is in goes alone."""
        if len(group) == 1:
            await self._send_alone(group[0])
            return
        announced = await self._announced(group, "POST")
        going = [sending for sending in announced if sending is not None]
        notes = {one.row.id: one.note for one in group}
        alone = await self._add_works(going, notes) if going else []
        for one in group:
            if one.row.id in alone and not self._over(visit):
                await self._send_alone(one)

    async def _add_works(self, going: Sequence[Sending], notes: Mapping[str, str]) -> set[str]:
        """Add works in one request; return the rows that are to be sent alone."""
        done, refused, trouble = await _add(going)
        if done:
            await note_closed_record(self._services, going[0].link, None)
        await self._committer.conclude(
            [
                Conclusion(row, Facts(code, row.desired_hash), "done", notes[row.id])
                for row, code in done
            ]
        )
        alone: set[str] = set()
        for sending, error in refused:
            if judge("POST", error) is Verdict.CLASH:
                await not_carried_out(self._services, sending, error)
                alone.add(sending.row.id)
            else:
                await repair(self._services, sending, error)
        if trouble is not None:
            known = {row.id for row, _ in done} | {sending.row.id for sending, _ in refused}
            rest_of_it = [sending for sending in going if sending.row.id not in known]
            alone |= await repair_together(self._services, rest_of_it, trouble)
        return alone

    async def _announced(self, group: Sequence[Ready], method: str) -> list[Sending | None]:
        drafts = [Draft(one.row, one.link, method) for one in group]
        found = await self._committer.announce(drafts)
        return [
            None if announced is None else _sending(one, method, announced)
            for one, announced in zip(group, found, strict=True)
        ]


def _sending(one: Ready, method: str, announced: Announced) -> Sending:
    return Sending(one.row, one.link, one.record, method, announced.body, announced.attempt)


def next_method(row: Delivery) -> str | None:
    """Return what has to be sent so that the record holds what it should, if anything."""
    if row.desired_hash is None:
        return None if row.put_code is None else "DELETE"
    if row.put_code is None:
        return "POST"
    return None if row.known_hash == row.desired_hash else "PUT"


def _is_new(row: Delivery) -> bool:
    return next_method(row) == "POST"


async def _send(sending: Sending) -> int | None:
    """Send the request; return the item's put-code, or None when there is no item any more."""
    record, row = sending.record, sending.row
    if sending.method == "POST":
        return await record.api.add(record.orcid, record.activity, sending.body, token=record.token)
    assert row.put_code is not None
    if sending.method == "PUT":
        await record.api.change(
            record.orcid, record.activity, row.put_code, sending.body, token=record.token
        )
        return row.put_code
    await record.api.remove(record.orcid, record.activity, row.put_code, token=record.token)
    return None


async def _add(
    going: Sequence[Sending],
) -> tuple[list[tuple[Delivery, int]], list[tuple[Sending, RegistryError]], RegistryError | None]:
    """Add works together: those added, those refused, and what broke off the whole.

    Of an answer that cannot be read to its end no refusal is believed: it may be another work's.
    """
    record = going[0].record
    done: list[tuple[Delivery, int]] = []
    refused: list[tuple[Sending, RegistryError]] = []
    try:
        works = [sending.body for sending in going]
        async for added in record.api.add_works(record.orcid, works, token=record.token):
            sending = going[added.index]
            if added.put_code is not None:
                done.append((sending.row, added.put_code))
            elif added.error is not None:
                refused.append((sending, added.error))
    except RegistryUnreadable as error:
        return done, [], error
    except RegistryError as error:
        return done, refused, error
    return done, refused, None
