"""Who an author is: nobody who did not connect is ever written to, whatever the article claims."""

import pytest

from orcid_connect import Credential, Settings
from orcid_connect.journeys.linking import disconnect
from orcid_connect.journeys.participants import participants
from tests.support.journal import TENANT, Journal, article, author, review

pytestmark = pytest.mark.anyio


async def test_a_name_never_identifies(journal: Journal) -> None:
    """An author who has the very name of a connected person is not that person."""
    orcid = journal.person("Ada", "Lovelace")
    await journal.connect("ada", orcid)
    await journal.declare(article(author(None)))
    assert journal.works(orcid) == []
    assert await journal.rows() == []


async def test_a_typed_iD_is_never_written_to(journal: Journal) -> None:
    """An iD that the host does not vouch for is not used, even if it is connected here."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    receipt = await journal.declare(article(author(None, orcid=orcid)))
    assert journal.works(orcid) == []
    assert [one.state for one in receipt.people] == ["unknown"]


async def test_an_authenticated_iD_without_a_link_waits(journal: Journal) -> None:
    """An iD that the host vouches for, but whose owner never connected here, is not written to."""
    orcid = journal.person()
    await journal.declare(article(author(None, orcid=orcid, orcid_authenticated=True)))
    assert journal.works(orcid) == []
    assert (await journal.row()).state == "waiting"
    assert journal.writes() == []


async def test_an_authenticated_iD_with_a_link_is_delivered(journal: Journal) -> None:
    """The iD that the host vouches for and that is connected in this tenant receives the work."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author(None, orcid=orcid, orcid_authenticated=True)))
    assert len(journal.works(orcid)) == 1


async def test_another_tenants_link_is_not_used(journal: Journal) -> None:
    """A person connected in one journal is not connected in another, by key or by iD."""
    orcid = journal.person()
    await journal.connect("ada", orcid, tenant="another journal")
    await journal.declare(article(author()))
    vouched = author(None, orcid=orcid, orcid_authenticated=True)
    await journal.declare(article(vouched, key="a2"))
    assert journal.works(orcid) == []
    assert {row.state for row in await journal.rows()} == {"waiting"}


async def test_a_link_of_another_environment_is_not_used(journal: Journal) -> None:
    """Sandbox and production iDs never mix: a credential of the same name elsewhere is another."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    old = journal.services.settings.credentials[0]
    moved = Credential(
        client_id=old.client_id, client_secret=old.client_secret, environment="sandbox"
    )
    changed = journal.services.settings.model_copy(update={"credentials": (moved,)})
    assert isinstance(changed, Settings)
    object.__setattr__(journal.services, "settings", changed)
    await journal.declare(article(author()))
    assert (await journal.row()).state == "waiting"
    assert journal.works(orcid) == []


async def test_a_person_key_and_a_vouched_iD_that_disagree_are_held_back(journal: Journal) -> None:
    """If the person connected another iD than the article vouches for, a person must look."""
    orcid, other = journal.person(), journal.person("Augusta", "King")
    await journal.connect("ada", orcid)
    await journal.declare(article(author(orcid=other, orcid_authenticated=True)))
    row = await journal.row()
    assert row.state == "parked"
    assert other in row.sentence
    assert journal.works(orcid) == journal.works(other) == []


async def test_a_disagreement_that_is_corrected_is_delivered(journal: Journal) -> None:
    """The corrected article is delivered without anybody having to release it."""
    orcid, other = journal.person(), journal.person("Augusta", "King")
    await journal.connect("ada", orcid)
    await journal.declare(article(author(orcid=other, orcid_authenticated=True)))
    await journal.declare(article(author(orcid=orcid, orcid_authenticated=True), day=2))
    assert len(journal.works(orcid)) == 1


async def test_a_disconnected_person_is_not_written_to(journal: Journal) -> None:
    """After disconnecting, a correction waits and the record keeps what it had."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await disconnect(journal.services, TENANT, "ada")
    await journal.declare(article(author(), day=2, title="Corrected"))
    row = await journal.row()
    assert row.state == "waiting"
    assert "disconnected" in row.sentence
    assert journal.works(orcid)[0]["title"]["title"]["value"] == "On the Analytical Engine"


async def test_a_person_who_connects_another_iD_gets_a_new_item(journal: Journal) -> None:
    """What stands on the former record is left alone; the new record gets its own item."""
    first, second = journal.person(), journal.person()
    await journal.connect("ada", first)
    await journal.declare(article(author()))
    await disconnect(journal.services, TENANT, "ada")
    await journal.connect("ada", second)
    await journal.work()
    assert len(journal.works(first)) == len(journal.works(second)) == 1
    assert journal.writes() == [("POST", 201), ("POST", 201)]


async def test_disconnecting_ends_the_links_of_former_credentials_too(journal: Journal) -> None:
    """A tenant that got a credential of its own: nothing is written with the old link either."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    old = journal.services.settings.credentials[0]
    own = old.model_copy(update={"name": "own", "client_id": "APP-OWN", "tenants": (TENANT,)})
    changed = journal.services.settings.model_copy(update={"credentials": (old, own)})
    object.__setattr__(journal.services, "settings", changed)
    assert await disconnect(journal.services, TENANT, "ada") is not None
    await journal.declare(article(author(), day=2, title="Corrected"))
    assert [status for _, status in journal.writes()] == [201]


async def test_an_article_withdrawn_after_a_change_of_credential_goes(journal: Journal) -> None:
    """What was put there with the former credential is taken back with it."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    old = journal.services.settings.credentials[0]
    own = old.model_copy(update={"name": "own", "client_id": "APP-OWN", "tenants": (TENANT,)})
    changed = journal.services.settings.model_copy(update={"credentials": (old, own)})
    object.__setattr__(journal.services, "settings", changed)
    await journal.withdraw("a1")
    assert journal.works(orcid) == []


async def test_what_was_withdrawn_meanwhile_goes_when_the_person_comes_back(
    journal: Journal,
) -> None:
    """An article withdrawn while its author was disconnected goes once they connect again."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await disconnect(journal.services, TENANT, "ada")
    await journal.withdraw("a1")
    row = await journal.row()
    assert row.state == "waiting"
    assert "should go from the record" in row.sentence
    await journal.connect("ada", orcid)
    await journal.work()
    assert journal.works(orcid) == []
    assert (await journal.row()).state == "withdrawn"


async def test_a_new_link_to_the_same_iD_takes_the_old_items_over(journal: Journal) -> None:
    """After disconnecting and connecting again, corrections and withdrawals go on as before."""
    orcid = journal.person()
    await journal.connect("ada", orcid)
    await journal.declare(article(author()))
    await disconnect(journal.services, TENANT, "ada")
    await journal.connect("ada", orcid)
    await journal.declare(article(author(), day=2, title="Corrected"))
    assert journal.works(orcid)[0]["title"]["title"]["value"] == "Corrected"
    await journal.withdraw("a1")
    assert journal.works(orcid) == []
    assert journal.writes() == [("POST", 201), ("PUT", 200), ("DELETE", 204)]


async def test_a_permission_without_writing_waits(journal: Journal) -> None:
    """A link that only identifies is never tried for writing, and the row says what to do."""
    orcid = journal.person()
    await journal.connect("ada", orcid, scope="openid")
    await journal.declare(article(author()))
    row = await journal.row()
    assert row.state == "waiting"
    assert "connect once more" in row.sentence
    assert journal.writes() == []


def test_editors_are_no_authors() -> None:
    """Only the byline's authors take part in an article."""
    named = participants(article(author(), author("ed", role="editor")))
    assert [one.person for one in named] == ["key:ada"]


def test_an_iD_with_a_wrong_check_digit_is_nobody() -> None:
    """A vouched iD that cannot exist identifies nobody."""
    wrong = author(None, orcid="0000-0002-1825-0098", orcid_authenticated=True)
    assert participants(article(wrong)) == ()


async def test_a_reviewer_without_a_key_is_nobody(journal: Journal) -> None:
    """A reviewer known by name alone has no delivery, and the receipt says so."""
    receipt = await journal.declare(review(reviewer=author(None)))
    assert await journal.rows() == []
    assert [one.state for one in receipt.people] == ["unknown"]
