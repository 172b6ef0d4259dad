"""Writing what visits want, in one transaction for all that want something at the same time.

What became known is concluded first; then requests are announced, which leave once it is committed.
"""

from collections.abc import Sequence
from typing import Final, cast

from sqlalchemy import Connection

from orcid_connect.journeys.announcing import Announced, Draft, announce_on
from orcid_connect.journeys.rows import Conclusion, conclude_on
from orcid_connect.journeys.together import Together
from orcid_connect.services import Services
from orcid_connect.store.ledger import Delivery

ROWS_PER_TRANSACTION: Final = 200
"""Rows written before the write lock is let go, so that intake never waits long."""

Wish = Draft | Conclusion
Result = Announced | Delivery | None


class Committer:
    """Gathers what the visits of one engine want; what one wants in vain spoils no other."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._together: Together[Wish, Result] = Together(
            self._carry_out, most=ROWS_PER_TRANSACTION
        )

    async def announce(self, drafts: Sequence[Draft]) -> list[Announced | None]:
        """Commit an attempt for each draft that still holds; None for one that must not leave."""
        return cast("list[Announced | None]", await self._together.all(drafts))

    async def conclude(self, known: Sequence[Conclusion]) -> list[Delivery]:
        """Close the rows' attempts with what is known now, and see where the rows stand."""
        return cast("list[Delivery]", await self._together.all(known))

    async def _carry_out(self, wishes: Sequence[Wish]) -> list[Result]:
        return await self._services.database.at_once(
            "writing", lambda connection: self._write(connection, wishes)
        )

    def _write(self, connection: Connection, wishes: Sequence[Wish]) -> list[Result]:
        known = [wish for wish in wishes if isinstance(wish, Conclusion)]
        drafts = [wish for wish in wishes if isinstance(wish, Draft)]
        concluded = iter(conclude_on(connection, self._services, known))
        announced = iter(announce_on(connection, drafts, self._services.clock()))
        return [
            next(concluded) if isinstance(wish, Conclusion) else next(announced) for wish in wishes
        ]
