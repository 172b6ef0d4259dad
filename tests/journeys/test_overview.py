"""What editors and people read of deliveries, where the row alone does not say it."""

from datetime import UTC, datetime

import pytest

from orcid_connect import Affiliation, Contributor, Role
from orcid_connect.journeys import overview, standstill
from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from orcid_connect.services import realm_of
from orcid_connect.store.declared import Subject
from tests.journeys.test_repairing import connected
from tests.support.journal import TENANT, Journal, article, author
from tests.support.wishes import ADA

pytestmark = pytest.mark.anyio


async def read(journal: Journal, key: str) -> tuple[str, str]:
    """Return what the editor reads of an article, and how it stands for the author."""
    (notice,) = await overview.of_subject(journal.services, Subject(TENANT, "article", key))
    (own,) = (await overview.of_person(journal.services, ADA)).standings
    return notice.sentence, own.situation


async def test_what_stands_still_says_so(journal: Journal) -> None:
    """While its tenant or credential is paused, what is due says so, and to the author not why."""
    await connected(journal)
    await take_in(journal.services, article(author(), key="held"))
    while await plan_due(journal.services):
        pass
    realm = realm_of(journal.services.settings.credential_for(TENANT))
    await standstill.pause(journal.services, realm, "the secret is changed")
    editor, person = await read(journal, "held")
    assert (editor[:6], editor[-21:]) == ("Paused", "the secret is changed")
    assert person == "paused"
    await standstill.resume(journal.services, realm)
    await standstill.pause_tenant(journal.services, TENANT, "it moves house")
    assert (await read(journal, "held"))[0].endswith("it moves house")
    await standstill.resume_tenant(journal.services, TENANT)
    assert "aused" not in "".join(await read(journal, "held"))
    await journal.work()
    await standstill.pause_tenant(journal.services, TENANT, "it moves house")
    assert (await read(journal, "held"))[0] == ""


async def test_a_role_has_a_title(journal: Journal) -> None:
    """On a person's page a role reads as it is, not as the host's key of it."""
    role = Role(
        tenant=TENANT,
        key="role-1",
        as_of=datetime(2026, 1, 1, tzinfo=UTC),
        person=Contributor(person_key="ada"),
        organization=Affiliation(name="Paper Lantern Press"),
        role_title="Editor-in-Chief",
    )
    await take_in(journal.services, role)
    while await plan_due(journal.services):
        pass
    (own,) = (await overview.of_person(journal.services, ADA)).standings
    assert own.name == "Editor-in-Chief, Paper Lantern Press"
