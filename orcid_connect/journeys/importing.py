"""Taking over the connections of an older system: each is proved before it is believed.

A token is proved by one read of the record with it; an iD without one is never a link. No link
that is here already is changed, and nothing is written to any record.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.errors import (
    NotFound,
    NotVisible,
    RateLimited,
    RecordClosed,
    RecordMoved,
    RegistryDown,
    RegistryError,
    RegistryUnreachable,
    ScopeMissing,
    SealBroken,
    TokenRefused,
    WrongRecord,
)
from orcid_connect.identifiers import parse_orcid
from orcid_connect.journeys.importing_items import (
    Checked,
    Kept,
    OldItem,
    checked_items,
    keep_items,
)
from orcid_connect.journeys.telling import link_notice
from orcid_connect.pacing import backoff
from orcid_connect.registry.member import MemberApi
from orcid_connect.services import Services, realm_of
from orcid_connect.settings import Credential
from orcid_connect.store import outbox, people
from orcid_connect.store.people import Link, NewLink, Realm
from orcid_connect.store.replanning import replan_person

Outcome = Literal["linked", "known", "refused"]
# linked   proved, and a link from now on
# known    it was taken earlier: the same iD with the same token
# refused  not taken; the sentence says why

TRIES: Final = 5
"""How often ORCID is asked again when it is too busy or away, before the import stops."""
READ_AGAIN_SECONDS: Final = 2.0
Value = TypeVar("Value")
Rest = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class OldLink:
    """One line: a person with the iD and token that an older system holds of them."""

    line: int
    person_key: str
    orcid: str
    host: str | None = None
    """Where the iD says that it lives, if it does: orcid.org or sandbox.orcid.org."""
    access_token: SecretStr | None = None
    refresh_token: SecretStr | None = None
    expires_at: float | None = None
    scopes: frozenset[str] = frozenset()
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one line, and of the put-codes of its person."""

    line: int
    outcome: Outcome
    sentence: str
    person_key: str
    orcid: str
    items: tuple[Kept, ...] = ()


class _Refused(Exception):
    """A line that is not taken; the text is the sentence."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes over line after line for one tenant; `rest` is how it waits when ORCID is busy."""

    services: Services
    tenant: str
    rest: Rest

    async def take(self, old: OldLink, items: Sequence[OldItem] = ()) -> Taken:
        """Prove one line and keep its link together with its put-codes.

        Raises `RegistryError` if ORCID cannot be asked at all, `SettingsError` without credential.
        """
        credential = self.services.settings.credential_for(self.tenant)
        try:
            outcome, kept = await self._take(credential, old, items)
        except _Refused as refused:
            lost = [Kept(item.line, "refused", "its person is not linked.", item) for item in items]
            return Taken(old.line, "refused", str(refused), old.person_key, old.orcid, tuple(lost))
        sentence = "" if outcome == "linked" else "It was taken earlier."
        return Taken(old.line, outcome, sentence, old.person_key, old.orcid, tuple(kept))

    async def take_items(self, person: str, items: Sequence[OldItem]) -> list[Kept]:
        """Check put-codes of somebody who is linked here already, by person key or iD.

        Raises `RegistryError` if ORCID cannot be asked at all, `SettingsError` without credential.
        """
        credential = self.services.settings.credential_for(self.tenant)
        link = await self._link_of(realm_of(credential), person)
        if link is None:
            sentence = "nobody is linked here with this person key or iD."
            return [Kept(item.line, "refused", sentence, item) for item in items]
        token = link.token(self.services.vault)
        if token is None:
            return [Kept(item.line, "refused", "the link has no token.", item) for item in items]
        try:
            checked = await self._checked(credential, link.orcid, token, items)
        except _Refused as refused:
            return [Kept(item.line, "refused", str(refused), item) for item in items]
        async with self.services.database.writing() as connection:
            return await keep_items(connection, self.services, link, checked)

    async def _link_of(self, realm: Realm, person: str) -> Link | None:
        async with self.services.database.reading() as connection:
            by_key = await people.active_link(connection, realm, self.tenant, person)
            orcid = parse_orcid(person)
            if by_key is not None or orcid is None:
                return by_key
            return await people.link_by_orcid(connection, realm, self.tenant, orcid)

    async def _take(
        self, credential: Credential, old: OldLink, items: Sequence[OldItem]
    ) -> tuple[Outcome, list[Kept]]:
        token = _plausible(old, credential, self.services.clock())
        new = self._new_link(old, realm_of(credential), token)
        async with self.services.database.reading() as connection:
            mine = await self._mine(connection, new)
        if mine is None:
            await self._prove(credential, new)
        checked = await self._checked(credential, new.orcid, token, items)
        async with self.services.database.writing() as connection:
            mine = await self._mine(connection, new)
            link = mine or await self._made(connection, new)
            kept = await keep_items(connection, self.services, link, checked)
        return "known" if mine is not None else "linked", kept

    def _new_link(self, old: OldLink, realm: Realm, token: SecretStr) -> NewLink:
        return NewLink(
            tenant=self.tenant,
            person_key=old.person_key,
            realm=realm,
            orcid=old.orcid,
            name=old.name,
            scopes=old.scopes,
            access_token=token,
            refresh_token=old.refresh_token,
            expires_at=old.expires_at,
        )

    async def _mine(self, connection: AsyncConnection, new: NewLink) -> Link | None:
        """Return the link if it was taken earlier; raises `_Refused` if another stands here."""
        last = await people.last_link(connection, new.realm, new.tenant, new.person_key)
        active = await people.active_link(connection, new.realm, new.tenant, new.person_key)
        if active is not None:
            self._check_same(active, new)
            return active
        holder = await people.link_by_orcid(connection, new.realm, new.tenant, new.orcid)
        if holder is not None:
            raise _Refused("somebody else here is linked to this iD already.")
        if last is not None and last.state == "ended":
            raise _Refused("the person disconnected here: only they can connect again.")
        return None

    def _check_same(self, active: Link, new: NewLink) -> None:
        if active.orcid != new.orcid:
            raise _Refused(f"the person is linked to {active.orcid} here; that link stays.")
        try:
            held = active.token(self.services.vault)
        except SealBroken:
            held = None
        given = new.access_token.get_secret_value().encode()
        if held is None or not hmac.compare_digest(held.get_secret_value().encode(), given):
            raise _Refused("the person is linked here with another token; that link stays.")

    async def _made(self, connection: AsyncConnection, new: NewLink) -> Link:
        now = self.services.clock()
        try:
            async with connection.begin_nested():
                link = await people.make_link(connection, self.services.vault, new, now)
        except IntegrityError:
            raise _Refused("somebody else here is linked to this iD already.") from None
        facts = {"link": link_notice(link).model_dump()}
        await connection.run_sync(outbox.add_notices, "orcid_link_made", [facts], now)
        await replan_person(connection, link.tenant, link.person_key, link.orcid, now)
        return link

    # --- asking ORCID ----------------------------------------------------------------------------

    async def _prove(self, credential: Credential, new: NewLink) -> None:
        api = self.services.member_api(credential)
        await self._asked(lambda: api.personal_details(new.orcid, token=new.access_token))

    async def _checked(
        self, credential: Credential, orcid: str, token: SecretStr, items: Sequence[OldItem]
    ) -> list[Checked]:
        api: MemberApi = self.services.member_api(credential)
        return await self._asked(
            lambda: checked_items(self.services, api, self.tenant, orcid, token, items)
        )

    async def _asked(self, ask: Callable[[], Awaitable[Value]]) -> Value:
        """Ask, again after a while if ORCID is busy; raises `_Refused` if it says no to this."""
        for tries in range(1, TRIES + 1):
            try:
                return await ask()
            except (RateLimited, RegistryDown, RegistryUnreachable) as error:
                if tries == TRIES:
                    raise
                given = getattr(error, "retry_after", None)
                await self.rest(given or backoff(tries, base=READ_AGAIN_SECONDS, limit=60.0))
            except RegistryError as error:
                raise _Refused(_why(error)) from None
        raise AssertionError("unreachable")


def _plausible(old: OldLink, credential: Credential, now: float) -> SecretStr:
    """Return the token of a line that may be asked about; raises `_Refused`."""
    if old.host is not None and old.host != credential.orcid_host:
        raise _Refused(
            f"it is an iD of {old.host}, but the credential {credential.name} is for "
            f"{credential.orcid_host}: they never mix."
        )
    if parse_orcid(old.orcid) is None:
        raise _Refused("this is no valid ORCID iD.")
    if old.access_token is None:
        raise _Refused("an iD without a token is not authenticated: the person must connect.")
    if not old.scopes:
        raise _Refused("the line does not say what its token may do: give the column scope.")
    if old.expires_at is not None and old.expires_at <= now:
        raise _Refused("the token has expired: the person must connect.")
    return old.access_token


def _why(error: RegistryError) -> str:
    match error:
        case WrongRecord():
            return "the token is for another record: nothing of it is kept."
        case TokenRefused():
            return "ORCID refuses the token: it was withdrawn, or is of another client or site."
        case ScopeMissing() | NotVisible():
            return "the token may not even read the record: its scope is too narrow."
        case RecordMoved(primary=str() as primary):
            return f"the record was merged into {primary}: the person must connect there."
        case RecordClosed() | RecordMoved():
            return "the record is locked, deactivated, merged or not claimed."
        case NotFound():
            return "there is no such record in this environment."
        case _:
            raise error
