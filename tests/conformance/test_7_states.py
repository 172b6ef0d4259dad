"""REGISTRY.md 7.3: records that are locked, deactivated, deprecated, unclaimed or not there."""

import pytest

from tests.conformance.bodies import work
from tests.conformance.marks import row
from tests.conformance.world import (
    MEMBER,
    PUBLIC,
    Account,
    Client,
    Person,
    Registry,
    account,
    refused,
    refused_by_oauth,
)

DAY_SECONDS = 24 * 3600


def reader(registry: Registry, person: Person, client: Client) -> Account:
    """A 2-legged reader of the record."""
    return Account(registry, person, client, registry.token(client, None, "/read-public"))


@row("7.3", "deprecated")
@row("5.1", "9007", "text of 9007")
def test_deprecated_records(ada: Account, registry: Registry) -> None:
    """A deprecated record leads to its primary: 301 for GET, 409 for a write, both 9007."""
    primary = registry.person().orcid
    code = ada.add("/work", work())
    registry.change_person(ada.person, state="deprecated", primary=primary)
    path = f"/work/{code}"
    answer = ada.get(path)
    text = refused(answer, 301, 9007)
    assert answer.headers["location"] == f"{registry.base_url}{MEMBER}/{primary}{path}"
    assert f"https://orcid.org/{primary}" in text
    assert f"https://orcid.org/{ada.person.orcid}" in text
    assert f"https://orcid.org/{primary}" in answer.json()["user-message"]
    writes = (ada.post("/work", work()), ada.put(path, work()), ada.delete(path))
    for answer in writes:
        text = refused(answer, 409, 9007)
        assert f"/{primary}/" in answer.headers["location"]
        assert f"https://orcid.org/{primary}" in text
    answer = registry.call("GET", f"{PUBLIC}/{ada.person.orcid}/record")
    refused(answer, 301, 9007)
    assert answer.headers["location"] == f"{registry.base_url}{PUBLIC}/{primary}/record"


@row("7.3", "locked")
@row("5.1", "9018", "text of 9018")
def test_locked_records(ada: Account, registry: Registry) -> None:
    """A locked record is 409/9018 to read and to write, and opens again unchanged."""
    path = f"/work/{ada.add('/work', work())}"
    before = ada.read("/record")
    registry.change_person(ada.person, state="locked")
    answers = [ada.get("/works"), ada.post("/work", work()), ada.put(path, work())]
    for answer in [*answers, ada.delete(path), ada.get("/record")]:
        text = refused(answer, 409, 9018)
        assert f"ORCID {ada.person.orcid}" in text
        assert f"{ada.person.orcid} is locked" in text
    refused(registry.call("GET", f"{PUBLIC}/{ada.person.orcid}/works"), 409, 9018)
    registry.change_person(ada.person, state="active")
    assert ada.read("/record")["activities-summary"] == before["activities-summary"]


@row("7.3", "deactivated")
@row("5.1", "9044")
@row("13", "15.")
@row("2.4", "Revocation reasons")
def test_deactivated_records(ada: Account, registry: Registry) -> None:
    """Deactivation kills all tokens, even for DELETE; who reads without meets 409/9044."""
    path = f"/work/{ada.add('/work', work())}"
    registry.change_person(ada.person, state="deactivated")
    for answer in (ada.get(path), ada.delete(path)):
        refused_by_oauth(answer, 401, "invalid_token")
    other = reader(registry, ada.person, ada.client)
    for name in ("", "/record", "/works", path, "/person"):
        refused(other.get(name), 409, 9044)
        refused(registry.call("GET", f"{PUBLIC}/{ada.person.orcid}{name}"), 409, 9044)
    refused(other.post("/work", work()), 409, 9044)


@row("7.3", "unclaimed")
@row("5.1", "9036")
def test_unclaimed_records(clock: Registry, member: Client) -> None:
    """For ten days an unclaimed record is only its creator's; then everybody's."""
    person = clock.person(claimed=False, creator=member.client_id)
    creator = account(clock, person=person, client=member)
    stranger = account(clock, person=person)
    path = f"/work/{creator.add('/work', work())}"
    assert creator.get(path).status_code == 200
    for answer in (stranger.get("/works"), stranger.post("/work", work()), stranger.get("")):
        refused(answer, 409, 9036)
    assert len(creator.codes("work")) == 1
    clock.move(10 * DAY_SECONDS + 1)
    assert stranger.get("/works").status_code == 200
    assert stranger.post("/work", work()).status_code == 201


@row("7.3", "not existing, or not an iD at all")
@row("5.1", "9016")
@pytest.mark.parametrize("orcid", ["8888-0000-0000-9999", "nobody", "0000-0002-1825-009X"])
def test_records_that_are_not_there(orcid: str, registry: Registry, member: Client) -> None:
    """Whatever is no record is 404/9016, for reads and writes, on both APIs."""
    nobody = reader(registry, Person(orcid, "", ""), member)
    refused(nobody.get("/record"), 404, 9016)
    refused(nobody.post("/work", work()), 404, 9016)
    refused(registry.call("GET", f"{PUBLIC}/{orcid}/works"), 404, 9016)


@row("7.3", "deprecated", "unclaimed", "locked", "deactivated")
def test_order_of_states(registry: Registry, member: Client) -> None:
    """A record of several states shows the first of deprecated, unclaimed, locked."""
    person = registry.person(claimed=False)
    caller = reader(registry, person, member)
    refused(caller.get("/works"), 409, 9036)
    registry.change_person(person, state="deprecated", primary=registry.person().orcid)
    refused(caller.get("/works"), 301, 9007)
