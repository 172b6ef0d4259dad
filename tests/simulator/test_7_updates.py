"""REGISTRY 7: who may update and delete, in which order that is found out, and record states."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import EVERYTHING, UPDATE, Caller

pytestmark = pytest.mark.anyio

ITEMS = [
    ("/work", bodies.work()),
    ("/funding", bodies.funding()),
    ("/peer-review", bodies.review()),
    ("/employment", bodies.affiliation()),
    ("/research-resource", bodies.resource()),
    ("/keywords", {"content": "k"}),
    ("/other-names", {"content": "n"}),
    ("/researcher-urls", {"url-name": "n", "url": {"value": "https://example.org"}}),
    ("/address", {"country": {"value": "GB"}}),
    (
        "/external-identifiers",
        bodies.identifier("1", "Example ID") | {"external-id-url": "https://example.org/1"},
    ),
]


def refusal(answer: httpx.Response) -> tuple[int, int]:
    """Status and error number of a refusal."""
    return answer.status_code, answer.json()["error-code"]


@pytest.mark.parametrize(("path", "body"), ITEMS)
async def test_7_1_only_the_source_updates_and_deletes(
    member: Caller, rival: Caller, path: str, body: dict[str, Any]
) -> None:
    """Another client is 403/9010, for every kind of item."""
    code = await member.created(path, body)
    changed = body | {"put-code": code}
    if path == "/work":
        changed = bodies.work("10.5555/x", "Changed") | {"put-code": code}
    for answer in (
        await rival.put(f"{path}/{code}", changed),
        await rival.delete(f"{path}/{code}"),
    ):
        assert refusal(answer) == (403, 9010)
        assert "work" in answer.json()["developer-message"]
    assert (await member.get(f"{path}/{code}")).status_code == 200


@pytest.mark.parametrize(("path", "body"), ITEMS)
async def test_7_1_unknown_and_foreign_put_codes_are_9016(
    sim: Simulator,
    http: httpx.AsyncClient,
    member: Caller,
    journal: str,
    path: str,
    body: dict[str, Any],
) -> None:
    """An unknown put-code, another record's and another kind's are all 404."""
    bea = sim.add_person("Bea").orcid
    at_bea = Caller(http, sim.issue_token(journal, bea, EVERYTHING), bea)
    foreign = await at_bea.created(path, body)
    other_path, other_body = ITEMS[0] if path != "/work" else ITEMS[1]
    other_kind = await member.created(other_path, other_body)
    for code in (999_999, foreign, other_kind):
        for answer in (
            await member.get(f"{path}/{code}"),
            await member.put(f"{path}/{code}", body | {"put-code": code}),
            await member.delete(f"{path}/{code}"),
        ):
            assert refusal(answer) == (404, 9016)
    assert refusal(await member.get(f"{path}/abc")) == (400, 9034)
    assert refusal(await member.delete(f"{path}/abc")) == (400, 9034)


async def test_7_1_people_may_delete_anything(sim: Simulator, member: Caller) -> None:
    """The owner removes an item of a client, which then is unknown."""
    code = await member.created("/work", bodies.work())
    sim.remove_item(member.orcid, code)
    assert refusal(await member.delete(f"/work/{code}")) == (404, 9016)


async def test_7_1_identical_work(sim: Simulator, member: Caller, rival: Caller) -> None:
    """An equal work is answered as stored, without a new date; a non-source gets 9014."""
    code = await member.created("/work", bodies.work())
    stored = (await member.get(f"/work/{code}")).json()
    sim.clock.move(60)
    answer = await member.put(f"/work/{code}", stored)
    assert answer.status_code == 200
    assert answer.json()["last-modified-date"] == stored["last-modified-date"]
    assert answer.json()["path"] is None
    again = await member.put(f"/work/{code}", bodies.work() | {"put-code": code})
    assert again.json()["last-modified-date"] == stored["last-modified-date"]
    assert refusal(await rival.put(f"/work/{code}", stored)) == (403, 9014)


async def test_7_1_an_update_moves_the_date_and_clears_what_is_left_out(
    sim: Simulator, member: Caller
) -> None:
    """PUT replaces the whole item and keeps its created date."""
    full = bodies.work(url={"value": "https://example.org"}, country={"value": "GB"})
    code = await member.created("/work", full)
    sim.clock.move(60)
    body = (await member.put(f"/work/{code}", bodies.work() | {"put-code": code})).json()
    assert (body["url"], body["country"]) == (None, None)
    assert body["last-modified-date"]["value"] - body["created-date"]["value"] == 60_000
    history = (await member.get("/record")).json()["history"]
    assert history["last-modified-date"] == body["last-modified-date"]


@pytest.mark.parametrize(
    ("path", "body", "bad", "code"),
    [
        ("/work", bodies.work("10.5555/y"), {"external-ids": {"external-id": []}}, 9023),
        ("/funding", bodies.funding(), {"title": None}, 9022),
        ("/research-resource", bodies.resource(), {"put-code": -1}, 9019),
        ("/keywords", {"content": "k"}, {"content": ""}, 9020),
        ("/employment", bodies.affiliation(), {"organization": None}, 9010),
        ("/address", {"country": {"value": "GB"}}, {"visibility": "private"}, 9010),
    ],
)
async def test_7_1_order_of_checks_on_put(
    member: Caller, rival: Caller, path: str, body: dict[str, Any], bad: dict[str, Any], code: int
) -> None:
    """Most kinds are validated before the source check, affiliations and addresses after."""
    put_code = await member.created(path, body)
    sent = body | {"put-code": put_code} | bad
    assert (await rival.put(f"{path}/{put_code}", sent)).json()["error-code"] == code


async def test_7_1_duplicates_come_before_the_source(member: Caller, rival: Caller) -> None:
    """A rival's update that clashes with its own item is 9021 or 9030, not 9010."""
    for path, one, two in (
        ("/work", bodies.work("10.5555/1"), bodies.work("10.5555/2")),
        ("/keywords", {"content": "one"}, {"content": "two"}),
    ):
        await rival.created(path, one)
        code = await member.created(path, two)
        answer = await rival.put(f"{path}/{code}", one | {"put-code": code})
        assert answer.json()["error-code"] in {9021, 9030}


async def test_7_1_research_resources_are_not_compared_on_update(member: Caller) -> None:
    """A PUT may give a research resource another one's identifier."""
    await member.created("/research-resource", bodies.resource("P-1"))
    assert refusal(await member.post("/research-resource", bodies.resource("P-1"))) == (409, 9021)
    code = await member.created("/research-resource", bodies.resource("P-2"))
    body = bodies.resource("P-1") | {"put-code": code}
    assert (await member.put(f"/research-resource/{code}", body)).status_code == 200


async def test_7_1_affiliations_share_one_number_space(member: Caller) -> None:
    """GET under the wrong type is 9006; PUT there changes the type, DELETE works."""
    code = await member.created("/employment", bodies.affiliation())
    assert refusal(await member.get(f"/education/{code}")) == (400, 9006)
    body = bodies.affiliation() | {"put-code": code}
    moved = await member.put(f"/education/{code}", body)
    assert moved.status_code == 200, moved.text
    assert (await member.get(f"/education/{code}")).status_code == 200
    assert refusal(await member.get(f"/employment/{code}")) == (400, 9006)
    assert (await member.get("/employments")).json()["affiliation-group"] == []
    assert (await member.delete(f"/service/{code}")).status_code == 204


async def test_7_2_a_retry_is_safe_through_the_clash(member: Caller) -> None:
    """POST again is 9021 with the put-code, DELETE again 9016."""
    code = await member.created("/work", bodies.work())
    again = await member.post("/work", bodies.work())
    assert f"put-code {code}." in again.json()["developer-message"]
    assert (await member.delete(f"/work/{code}")).status_code == 204
    assert refusal(await member.delete(f"/work/{code}")) == (404, 9016)


async def test_2_4_a_user_revoked_token_still_deletes(
    sim: Simulator, member: Caller, journal: str
) -> None:
    """Trap 13: after the person withdrew permission the token authorises DELETE alone."""
    code = await member.created("/work", bodies.work())
    sim.revoke_by_user(member.orcid, journal)
    for answer in (
        await member.get(f"/work/{code}"),
        await member.post("/work", bodies.work("10.5555/2")),
        await member.put(f"/work/{code}", bodies.work() | {"put-code": code}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert (await member.delete(f"/work/{code}")).status_code == 204


@pytest.mark.parametrize("reason", ["CLIENT_REVOKED", "STAFF_REVOKED", "AUTH_CODE_REUSED"])
async def test_2_4_other_reasons_end_deleting_too(
    sim: Simulator, member: Caller, reason: str
) -> None:
    """Any other reason makes DELETE 401."""
    code = await member.created("/work", bodies.work())
    sim.revoke_token(member.token, reason)
    assert (await member.delete(f"/work/{code}")).status_code == 401


# --- record states ---------------------------------------------------------------------------


@pytest.fixture
def two_legged(sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str) -> Caller:
    """A reader that survives the closing of records."""
    return Caller(http, sim.issue_token(journal, None, "/read-public"), ada.orcid)


async def test_7_3_deprecated(
    sim: Simulator, http: httpx.AsyncClient, two_legged: Caller, ada: Person, journal: str
) -> None:
    """GET is 301 to the primary record, writes are 409, both 9007 with Location."""
    primary = sim.add_person("Primary").orcid
    token = sim.issue_token(journal, ada.orcid, UPDATE)
    sim.set_state(ada.orcid, "deprecated", primary=primary)
    read = await two_legged.get("/works")
    assert refusal(read) == (301, 9007)
    assert read.headers["location"] == f"{sim.base_url}/api/v3.0/{primary}/works"
    for orcid in (primary, ada.orcid):
        assert f"https://orcid.org/{orcid}" in read.json()["developer-message"]
    assert f"https://orcid.org/{primary}" in read.json()["user-message"]
    write = await Caller(http, token, ada.orcid).post("/work", bodies.work())
    assert refusal(write) == (409, 9007)
    assert write.json()["developer-message"] == write.json()["user-message"]
    assert write.headers["location"] == f"{sim.base_url}/api/v3.0/{primary}/work"
    anonymous = await http.get(
        f"/pub/v3.0/{ada.orcid}/record", headers={"accept": "application/json"}
    )
    assert anonymous.headers["location"] == f"{sim.base_url}/pub/v3.0/{primary}/record"


async def test_7_3_locked(sim: Simulator, member: Caller) -> None:
    """Reads and writes are 9018 and name the bare iD."""
    sim.set_state(member.orcid, "locked")
    for answer in (await member.get("/works"), await member.post("/work", bodies.work())):
        assert refusal(answer) == (409, 9018)
        assert f"ORCID {member.orcid} is locked" in answer.json()["developer-message"]
    sim.set_state(member.orcid, "active")
    assert (await member.get("/works")).status_code == 200


async def test_7_3_deactivated(sim: Simulator, member: Caller, two_legged: Caller) -> None:
    """Trap 15: the record's tokens are dead; others get 409/9044 for reads, too."""
    sim.set_state(member.orcid, "deactivated")
    assert (await member.get("/works")).status_code == 401
    assert refusal(await two_legged.get("/record")) == (409, 9044)


async def test_7_3_unclaimed(
    sim: Simulator, http: httpx.AsyncClient, journal: str, other: str
) -> None:
    """For ten days only the creator may touch an unclaimed record; later everybody may."""
    person = sim.add_person("Unclaimed", claimed=False, creator=journal)
    creator = Caller(http, sim.issue_token(journal, person.orcid, EVERYTHING), person.orcid)
    stranger = Caller(http, sim.issue_token(other, person.orcid, EVERYTHING), person.orcid)
    assert (await creator.get("/works")).status_code == 200
    await creator.created("/work", bodies.work())
    assert refusal(await stranger.get("/works")) == (409, 9036)
    sim.clock.move(10 * 24 * 3600)
    assert (await stranger.get("/works")).status_code == 200
    await stranger.created("/work", bodies.work())


@pytest.mark.parametrize("orcid", ["8888-9999-9999-9999", "not-an-id"])
async def test_7_3_no_such_record(
    sim: Simulator, http: httpx.AsyncClient, journal: str, orcid: str
) -> None:
    """A record that does not exist, or no iD at all, is 404/9016."""
    caller = Caller(http, sim.issue_token(journal, None, "/read-public"), orcid)
    assert refusal(await caller.get("/works")) == (404, 9016)
    assert refusal(await caller.get("/record")) == (404, 9016)


async def test_7_3_states_come_in_order(sim: Simulator, two_legged: Caller) -> None:
    """Deprecated is found before unclaimed, that before locked, that before deactivated."""
    person = sim.world.people[two_legged.orcid]
    person.deactivated = 1
    assert refusal(await two_legged.get("/works")) == (409, 9044)
    person.locked = True
    assert refusal(await two_legged.get("/works")) == (409, 9018)
    person.claimed = False
    assert refusal(await two_legged.get("/works")) == (409, 9036)
    person.primary = sim.add_person("Primary").orcid
    assert refusal(await two_legged.get("/works")) == (301, 9007)
