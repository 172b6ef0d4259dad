"""What to do when ORCID says no: one repair for each verdict, each careful in its own way."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from orcid_connect.codec import Encoded, Payload
from orcid_connect.errors import RegistryError, RegistryRefusal, RegistryUnreachable
from orcid_connect.journeys import trust
from orcid_connect.journeys.decisions import named_to, stands_already
from orcid_connect.journeys.evidence import OnRecord, says
from orcid_connect.journeys.finding import nobodys
from orcid_connect.journeys.record_states import look_at_record, state_told_by
from orcid_connect.journeys.rows import Facts, change, change_on, conclude, later, rest
from orcid_connect.journeys.twins import twin_on_record
from orcid_connect.journeys.verdicts import Verdict, judge
from orcid_connect.records import GroupIdRecord
from orcid_connect.services import Services
from orcid_connect.store import ledger
from orcid_connect.store.ledger import Delivery
from orcid_connect.store.people import Link

DAY_SECONDS = 86_400.0
OWN_GROUP = "orcid-generated:"
"""How the id of a venue begins that we may create ourselves (REGISTRY.md 6)."""
ISSN_TRIES = 4
"""How often an ISSN is looked up again before a person must look at it."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One request: for which row and link, where, how and with what; a GET has no attempt."""

    row: Delivery
    link: Link
    record: OnRecord
    method: str
    body: Encoded
    attempt: int | None = None

    @property
    def payload(self) -> Payload:
        """What is sent, to look into."""
        return self.body.payload


Repair = Callable[[Services, Sending, RegistryError], Awaitable[None]]


async def repair(services: Services, sending: Sending, error: RegistryError) -> None:
    """Note what happened and act on it."""
    verdict = judge(sending.method, error)
    if isinstance(error, RegistryUnreachable) or getattr(error, "status", None) in (429, 503):
        await _slow_down(services, sending, error)
    await _note(services, sending, verdict, error)
    await _REPAIRS[verdict](services, sending, error)


async def not_carried_out(services: Services, sending: Sending, error: RegistryError) -> None:
    """Note that ORCID refused this one in the company of others: it is to be sent alone."""
    await _note(services, sending, Verdict.LATER, error)


async def repair_together(
    services: Services, group: Sequence[Sending], error: RegistryError
) -> set[str]:
    """Act on a no to a whole request of several; return the rows that are to be sent alone."""
    verdict = judge("POST", error)
    if verdict in (Verdict.PARK, Verdict.CLASH, Verdict.GONE):
        for sending in group:
            await not_carried_out(services, sending, error)
        return {sending.row.id for sending in group}
    first, *others = group
    await repair(services, first, error)
    for sending in others:
        await _note(services, sending, verdict, error)
        act = _as_before if verdict is Verdict.REFUSED_TOKEN else _REPAIRS[verdict]
        await act(services, sending, error)
    return set()


async def _slow_down(services: Services, sending: Sending, error: RegistryError) -> None:
    retry_after = error.retry_after if isinstance(error, RegistryRefusal) else None
    async with services.database.writing() as connection:
        await trust.slow_down(connection, services, sending.row.realm, retry_after)


async def _note(
    services: Services, sending: Sending, verdict: Verdict, error: RegistryError
) -> None:
    """Close the attempt, unless it is unclear what it did."""
    if sending.attempt is None:
        return
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    async with services.database.writing() as connection:
        if verdict is Verdict.UNCLEAR:
            await ledger.note_attempt(
                connection, sending.attempt, status=status, outcome=f"unclear: {error}"
            )
            return
        await ledger.close_attempt(
            connection,
            sending.attempt,
            status=status,
            code=None if code is None else str(code),
            outcome=f"{verdict}: {error}",
            now=services.clock(),
        )


def _told(error: RegistryError) -> str:
    """Return an error as a sentence of its own."""
    text = str(error).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


async def _look_up_later(services: Services, sending: Sending, error: RegistryError) -> None:
    await later(services, sending.row, f"{_told(error)} It is looked up before it is sent again.")


async def _as_before(services: Services, sending: Sending, error: RegistryError) -> None:
    """The credential waits, the row lost nothing."""
    await change(
        services, sending.row, lambda fresh, now: fresh.due(now, _told(error), tries=fresh.tries)
    )


async def _tomorrow(services: Services, sending: Sending, error: RegistryError) -> None:
    await trust.note_closed_record(services, sending.link, state_told_by(error).closed)
    sentence = f"The record takes no changes now; looked at again each day. {_told(error)}"
    await change(services, sending.row, lambda fresh, now: fresh.due(now + DAY_SECONDS, sentence))


async def _park(services: Services, sending: Sending, error: RegistryError) -> None:
    await rest(services, sending.row, "parked", _told(error))


async def _ask_for_scope(services: Services, sending: Sending, _error: RegistryError) -> None:
    sentence = "ORCID wants a wider permission: the person must connect once more."
    await rest(services, sending.row, "waiting", sentence)


async def _doubt_token(services: Services, sending: Sending, _error: RegistryError) -> None:
    """Read once more: only a second no ends the link, and only if it is a no to the token."""
    record = sending.record
    try:
        await record.api.items(record.orcid, record.activity, token=record.token)
    except RegistryRefusal as second:
        if judge("GET", second) is Verdict.REFUSED_TOKEN:
            await _believe_refusal(services, sending)
            return
    except RegistryError:
        pass
    await later(services, sending.row, "ORCID refused the permission once, but not twice.")


async def _believe_refusal(services: Services, sending: Sending) -> None:
    if sending.link.state != "active":
        sentence = "We may no longer remove it: the person withdrew the permission at ORCID."
        await rest(services, sending.row, "waiting", sentence)
        return
    credential = services.credential_of(sending.link.realm)
    if credential is not None:  # a record that its owner closed takes all permissions with it
        found = await look_at_record(services, credential, sending.link.orcid)
        await trust.note_closed_record(services, sending.link, found.closed)
    sentence = "The person withdrew the permission at ORCID; waits until they connect again."
    now = services.clock()
    async with services.database.writing() as connection:
        # First the row, and both at once: the link may be believed again, and its rows be planned.
        await change_on(
            connection, sending.row, lambda fresh, _: fresh.rest("waiting", sentence), now
        )
        await trust.token_refused(connection, sending.link, now)


async def _doubt_item(services: Services, sending: Sending, _error: RegistryError) -> None:
    """Believe that an item is gone only if the record answers without it."""
    put_code = sending.row.put_code
    try:
        contradicted = put_code is None or await sending.record.has(put_code)
    except RegistryError as trouble:
        await later(services, sending.row, _told(trouble))
        return
    if contradicted:
        await later(services, sending.row, "ORCID contradicts itself about this item.")
        return
    facts = Facts(None, None, removed_by_researcher=True)
    await conclude(services, sending.row, facts, "it was gone, confirmed by reading the record")


async def _look_at_clash(services: Services, sending: Sending, error: RegistryError) -> None:
    """Adopt what stands there only if it is ours, the same thing, and no other row's."""
    row, put_code = sending.row, getattr(error, "clashing_put_code", None)
    if sending.method == "PUT":
        await _make_way(services, sending, error, put_code)
        return
    try:
        if put_code is None:
            put_code = await _nameless_clash(services, sending)
        if put_code is None:
            await _wait_for_twin(services, sending, error)
            return
        item = await sending.record.is_ours(put_code, sending.payload)
    except RegistryError as trouble:
        await later(services, row, _told(trouble))
        return
    async with services.database.reading() as connection:
        owner = await ledger.owner_of(connection, row, put_code)
    other = owner if owner is not None and owner.id != row.id else None
    if item is not None and other is not None and other.subject != row.subject:
        await change(services, row, lambda fresh, _now: stands_already(fresh, other))
        return
    if item is None or other is not None:
        await rest(services, row, "parked", _clash_sentence(put_code, row, owner))
        return
    same = says(item, sending.record.activity, sending.body.text)
    facts = Facts(put_code, row.desired_hash if same else None)
    await conclude(services, row, facts, "adopted: it stood on the record already")


async def _make_way(
    services: Services, sending: Sending, error: RegistryError, put_code: int | None
) -> None:
    """A change that would make it the same as another item: nothing is adopted; what another row
    of ours put there is waited for."""
    row = sending.row
    if put_code is None:
        await _wait_for_twin(services, sending, error)
        return
    async with services.database.reading() as connection:
        owner = await ledger.owner_of(connection, row, put_code)
    if owner is None or owner.subject == row.subject:
        await rest(services, row, "parked", _told(error))
    else:
        await change(services, row, lambda fresh, _now: stands_already(fresh, owner))


async def _nameless_clash(services: Services, sending: Sending) -> int | None:
    """Person items clash without a put-code (9030): the list tells which one of ours it is."""
    found = await nobodys(services, sending.row, sending.record, sending.payload)
    return found[0].put_code if found else None


async def _wait_for_twin(services: Services, sending: Sending, error: RegistryError) -> None:
    """ORCID does not say with what it clashes: wait for what another row put there, if any did."""
    row = sending.row
    async with services.database.reading() as connection:
        other = await twin_on_record(connection, row, sending.payload, lambda _attempt: False)
    if other is None:
        await rest(services, row, "parked", _told(error))
    else:
        await change(services, row, lambda fresh, _now: stands_already(fresh, other))


def _clash_sentence(put_code: int, row: Delivery, owner: Delivery | None) -> str:
    whose = "an item that is not ours or about something else"
    if owner is not None:
        whose = f"what we put there for {named_to(row.subject.tenant, owner.subject)}"
    return (
        f"ORCID takes it for a duplicate of {whose} (put-code {put_code}): "
        "correct the identifiers of one of the two, or withdraw one."
    )


async def _lose_moved(services: Services, sending: Sending, _error: RegistryError) -> None:
    reason = "the record was merged into another"
    if sending.link.state == "active":
        async with services.database.writing() as connection:
            await trust.lose_link(connection, sending.link, "moved", reason, services.clock())
    sentence = f"{sending.record.orcid} was merged into another record: the person must reconnect."
    await rest(services, sending.row, "waiting", sentence)


async def _make_group(services: Services, sending: Sending, error: RegistryError) -> None:
    """Create the venue of our own that a peer review names, then send the review."""
    group_id = str(sending.payload.get("review-group-id") or "")
    is_ours_to_make = sending.record.activity == "peer-review" and group_id.startswith(OWN_GROUP)
    if not is_ours_to_make or sending.row.tries >= ISSN_TRIES:
        await rest(services, sending.row, "parked", _told(error))
        return
    name = services.settings.tree.name(sending.row.subject.tenant)
    description = f"Reviews for {name}"
    group = GroupIdRecord(name=name, group_id=group_id, type="journal", description=description)
    try:
        await sending.record.api.groups.ensure(group)
    except RegistryError as trouble:
        await repair(services, replace(sending, method="GET", attempt=None), trouble)
        return
    await change(services, sending.row, lambda fresh, now: fresh.due(now, tries=fresh.tries + 1))


async def _doubt_issn(services: Services, sending: Sending, error: RegistryError) -> None:
    """ORCID says the same of an unknown ISSN and of a look-up it could not make: ask again."""
    if sending.row.tries < ISSN_TRIES:
        await later(services, sending.row, _told(error))
    else:
        await rest(services, sending.row, "parked", _told(error))


async def _pause_credential(services: Services, sending: Sending, error: RegistryError) -> None:
    """The client itself is refused: nothing of it is sent until somebody has looked."""
    async with services.database.writing() as connection:
        await trust.pause_credential(connection, sending.row.realm, _told(error), services.clock())
    await _as_before(services, sending, error)


_REPAIRS: dict[Verdict, Repair] = {
    Verdict.UNCLEAR: _look_up_later,
    Verdict.LATER: _as_before,
    Verdict.SLOW_DOWN: _as_before,
    Verdict.REFUSED_TOKEN: _doubt_token,
    Verdict.NEEDS_SCOPE: _ask_for_scope,
    Verdict.GONE: _doubt_item,
    Verdict.CLASH: _look_at_clash,
    Verdict.MOVED: _lose_moved,
    Verdict.NO_GROUP: _make_group,
    Verdict.DOUBTED_ISSN: _doubt_issn,
    Verdict.CREDENTIAL: _pause_credential,
    Verdict.RESTING: _tomorrow,
    Verdict.PARK: _park,
}
