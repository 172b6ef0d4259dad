"""What a proven sign-in means for the links there are: made, renewed, widened, kept or refused.

A wider permission is never lost to a narrower one, and an old token is forgotten only when the new
one stands in its place.
"""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from orcid_connect.journeys.arriving import Completion, Outcome, Proven
from orcid_connect.journeys.link_states import LinkState
from orcid_connect.journeys.record_states import RecordState
from orcid_connect.journeys.revoking import queue_forgetting, queue_unkept
from orcid_connect.journeys.telling import link_notice
from orcid_connect.journeys.trust import lose_link
from orcid_connect.purposes import allowed
from orcid_connect.services import Services
from orcid_connect.store import bylines, outbox, people, refusals
from orcid_connect.store.people import Link, NewLink
from orcid_connect.store.replanning import replan_person


@dataclass(frozen=True, slots=True)
class Settlement:
    """One proven sign-in, with what ORCID says of the record that was connected before."""

    services: Services
    state: LinkState
    proven: Proven
    before: RecordState

    @property
    def new(self) -> NewLink:
        """The permission to keep or to give up."""
        return self.proven.new

    @property
    def asked(self) -> frozenset[str]:
        """What the person was asked to allow."""
        return allowed(frozenset(self.proven.credential.scopes(self.state.purpose)))

    async def decide(self, connection: AsyncConnection) -> Completion:
        """Decide under the write lock."""
        new = self.new
        mine = await people.active_link(connection, new.realm, new.tenant, new.person_key)
        moved = await self._has_moved(connection, mine)
        if mine is not None and mine.orcid != new.orcid:
            if not moved:
                await queue_unkept(connection, self.services, new, "another iD is connected")
                return self._other_orcid(mine)
            await self._follow(connection, mine)
            mine = None
        if mine is not None and self._would_lose(mine):
            await queue_unkept(connection, self.services, new, "the link there is may do more")
            return self._kept(mine)
        holder = await people.link_by_orcid(connection, new.realm, new.tenant, new.orcid)
        if holder is not None and holder.person_key != new.person_key:
            return await self._belongs_to_another(connection, holder)
        link = await self._make(connection, mine)
        if link is None:
            return await self._belongs_to_another(connection, None)
        return self._made(link, mine, moved=moved)

    async def _has_moved(self, connection: AsyncConnection, mine: Link | None) -> bool:
        """Tell whether ORCID merged the record that was connected before into this one."""
        if mine is not None:
            return self.before.primary == self.new.orcid
        new = self.new
        last = await people.last_link(connection, new.realm, new.tenant, new.person_key)
        return last is not None and last.state == "moved" and last.orcid != new.orcid

    async def _follow(self, connection: AsyncConnection, mine: Link) -> None:
        """Give up the link to a record that was merged into the one that is connected now."""
        await queue_forgetting(connection, self.services, mine)
        reason = "the record was merged into another"
        await lose_link(connection, mine, "moved", reason, self.services.clock())

    def _would_lose(self, mine: Link) -> bool:
        """Tell whether the new permission is less, unless it alone allows what was asked for."""
        had, has = allowed(mine.scopes), allowed(self.new.scopes)
        return bool(had - has) and not (has - had and self.asked <= has)

    async def _make(self, connection: AsyncConnection, mine: Link | None) -> Link | None:
        """Store the link, tell of it and plan its person; None if another process was quicker.

        SQLite's lock rules that out, others do not.
        """
        services, new, now = self.services, self.new, self.services.clock()
        try:
            async with connection.begin_nested():
                link = await people.make_link(connection, services.vault, new, now)
                if mine is not None:  # the new token replaces the old one, unless it is the same
                    await queue_forgetting(connection, services, mine)
        except IntegrityError:
            return None
        if mine is None:
            facts = {"link": link_notice(link).model_dump()}
            await connection.run_sync(outbox.add_notices, "orcid_link_made", [facts], now)
        await refusals.forget_refusal(connection, new.tenant, new.person_key)
        await replan_person(connection, link.tenant, link.person_key, link.orcid, now)
        return link

    async def _belongs_to_another(
        self, connection: AsyncConnection, holder: Link | None
    ) -> Completion:
        new = self.new
        await queue_unkept(connection, self.services, new, "the iD belongs to another account")
        together = holder is not None and await bylines.share_an_article(
            connection, new.tenant, new.person_key, holder.person_key
        )
        reason = "same-article" if together else ""
        return Completion(Outcome.OTHER_ACCOUNT, reason, state=self.state, orcid=new.orcid)

    def _other_orcid(self, mine: Link) -> Completion:
        reason = self.before.closed or ""
        return Completion(
            Outcome.OTHER_ORCID, reason, state=self.state, link=mine, orcid=self.new.orcid
        )

    def _kept(self, mine: Link) -> Completion:
        lost = allowed(mine.scopes) - allowed(self.new.scopes)
        return Completion(Outcome.NARROWER, state=self.state, link=mine, lost=lost)

    def _made(self, link: Link, mine: Link | None, *, moved: bool) -> Completion:
        had = frozenset() if mine is None else allowed(mine.scopes)
        has = allowed(link.scopes)
        gained, missing = has - had if mine else frozenset(), self.asked - has
        if missing:
            outcome, lost = Outcome.READ_ONLY, missing
        else:
            lost = had - has
            if moved:
                outcome = Outcome.MOVED
            elif mine is None:
                outcome = Outcome.CONNECTED
            else:
                outcome = Outcome.UPGRADED if gained else Outcome.ALREADY_CONNECTED
        reason = "private-name" if link.name is None else ""
        return Completion(outcome, reason, state=self.state, link=link, gained=gained, lost=lost)
