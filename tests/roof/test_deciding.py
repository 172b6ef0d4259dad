"""A host's own page: what it is told of a person's deliveries, and what it decides for them."""

import pytest

from orcid_connect import OrcidConnect, Person
from orcid_connect.errors import InputError
from tests.support.clock import MovedClock
from tests.support.journal import TENANT, article, author, has_works, journal_on
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def test_deciding_on_a_page_of_the_hosts(database: str, clock: MovedClock) -> None:
    """Asked first, seen, sent, and a decision that is not possible or not theirs is refused."""
    async with journal_on(database, clock) as journal:
        orcid_id = journal.person()
        await journal.connect("ada", orcid_id)
        async with OrcidConnect(journal.services.settings).running() as orcid:
            ada = Person(tenant=TENANT, key="ada")
            await orcid.person_asks_first(ada, True)
            await orcid.article_published(article(author()))

            async def asked() -> bool:
                found = await orcid.person_overview("ada", TENANT)
                return [one.situation for one in found.standings] == ["asks"]

            await until(asked, "the article waits for her yes")
            found = await orcid.person_overview(ada)
            (one,) = found.standings
            assert (found.ask_first, found.after) == (True, None)
            assert (one.name, one.deeds) == (article().title, ("send", "hold", "remove"))
            sent = await orcid.person_decides(ada, one.id, "send")
            assert sent.situation == "due"
            await until(has_works(journal, orcid_id, 1), "the work arrived")
            with pytest.raises(InputError, match="no such delivery"):
                await orcid.person_decides("bert", one.id, "hold", TENANT)
            with pytest.raises(InputError, match="not send"):
                await orcid.person_decides(ada, one.id, "send")
            with pytest.raises(InputError, match="send, hold, remove"):
                await orcid.person_decides(ada, one.id, "release")  # type: ignore[arg-type]
