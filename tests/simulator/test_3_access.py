"""REGISTRY 3.2, 3.3 and 3.5: tokens and records, the order of checks, and the JSON of answers."""

import json
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import EVERYTHING, NOW, UPDATE, Caller

pytestmark = pytest.mark.anyio
XML = "application/vnd.orcid+xml"


async def test_3_3_no_token_on_the_member_api(http: httpx.AsyncClient, ada: Person) -> None:
    """Without a token the Member API is 403 forbidden, in JSON whatever Accept says."""
    answer = await http.get(f"/api/v3.0/{ada.orcid}/works", headers={"accept": XML})
    assert answer.status_code == 403
    assert answer.json()["error"] == "forbidden"
    assert answer.json()["error_description"].startswith("Forbidden: ")


@pytest.mark.parametrize("why", ["unknown", "expired", "revoked", "client locked"])
async def test_3_3_bad_tokens(
    sim: Simulator,
    http: httpx.AsyncClient,
    member: Caller,
    ada: Person,
    journal: str,
    why: str,
) -> None:
    """A token that is unknown, expired, revoked or of a locked client is 401 invalid_token."""
    token = sim.issue_token(journal, ada.orcid, EVERYTHING, expires_in=60)
    if why == "unknown":
        token = "no-such-token"
    elif why == "expired":
        sim.clock.move(60)
    elif why == "revoked":
        sim.revoke_token(token)
    else:
        sim.world.clients[journal].state = "locked"
    answer = await Caller(http, token, ada.orcid).get("/works")
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "invalid_token",
        "error_description": f"Invalid access token: {token}",
    }
    api = "/pub/v3.0"
    assert (await Caller(http, token, ada.orcid, api).get("/works")).status_code == 401


async def test_3_3_public_clients_on_the_member_api(
    sim: Simulator, http: httpx.AsyncClient, ada: Person
) -> None:
    """A public client's token is 403 Access Denied on the Member API."""
    client = sim.add_client("public", "P").client_id
    token = sim.issue_token(client, None, "/read-public")
    answer = await Caller(http, token, ada.orcid).get("/works")
    assert answer.status_code == 403
    assert answer.json() == {
        "error": "forbidden",
        "error_description": f"Access Denied: {token}",
    }


async def test_3_3_another_persons_record_is_401(
    sim: Simulator, http: httpx.AsyncClient, member: Caller
) -> None:
    """A token for another record is 401/9017, for reads and writes, even on public data."""
    stranger = Caller(http, member.token, sim.add_person("Bea").orcid)
    for answer in (
        await stranger.get("/works"),
        await stranger.post("/work", bodies.work()),
        await stranger.delete("/work/1"),
        await Caller(http, member.token, stranger.orcid, "/pub/v3.0").get("/works"),
    ):
        assert (answer.status_code, answer.json()["error-code"]) == (401, 9017)


async def test_3_2_the_order_of_checks(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, ada: Person, journal: str
) -> None:
    """Token, authority, route, media type, record, body, put-code, state, scope: in this order."""

    async def code(caller: Caller, method: str, path: str, text: str) -> tuple[int, int | None]:
        headers = {"content-type": "application/json"}
        answer = await caller.send(method, path, content=text, headers=headers)
        return answer.status_code, answer.json().get("error-code")

    sim.set_state(ada.orcid, "locked")
    weak = Caller(http, sim.issue_token(journal, ada.orcid, "/read-limited"), ada.orcid)
    bea = Caller(http, member.token, sim.add_person("Bea").orcid)
    nobody = Caller(http, "bad", ada.orcid)
    bad = '{"type": "nonsense"}'
    good = json.dumps(bodies.work())
    assert await code(nobody, "POST", "/nonsense", bad) == (401, None)
    assert await code(bea, "POST", "/nonsense", bad) == (404, 9001)
    assert await code(bea, "POST", "/work", bad) == (401, 9017)
    assert await code(weak, "POST", "/work", bad) == (400, 9047)
    assert await code(weak, "PUT", "/work/abc", bad) == (400, 9047)
    assert await code(weak, "PUT", "/work/abc", good) == (400, 9034)
    assert await code(weak, "PUT", "/work/1", good) == (409, 9018)
    sim.set_state(ada.orcid, "active")
    assert await code(weak, "PUT", "/work/1", good) == (403, 9038)
    assert await code(member, "PUT", "/work/1", good) == (400, 9019)
    known = json.dumps(bodies.work() | {"put-code": 1_000_000})
    assert await code(member, "PUT", "/work/1000000", known) == (404, 9016)


async def test_3_5_epoch_milliseconds_and_nulls(member: Caller) -> None:
    """Dates are whole milliseconds in a wrapper, and absent members are null."""
    code = await member.created("/work", bodies.work())
    read = (await member.get(f"/work/{code}")).json()
    assert read["created-date"] == {"value": int(NOW * 1000)}
    assert read["last-modified-date"] == {"value": int(NOW * 1000)}
    for name in ("citation", "url", "country", "publication-date"):
        assert read[name] is None


async def test_3_5_sources(sim: Simulator, member: Caller, ada: Person, journal: str) -> None:
    """A client's item names the client, a person's the person; all six members are there."""
    code = await member.created("/work", bodies.work())
    source = (await member.get(f"/work/{code}")).json()["source"]
    assert source == {
        "source-orcid": None,
        "source-client-id": {
            "uri": f"https://orcid.org/client/{journal}",
            "path": journal,
            "host": "orcid.org",
        },
        "source-name": {"value": "Journal of Tests"},
        "assertion-origin-orcid": None,
        "assertion-origin-client-id": None,
        "assertion-origin-name": None,
    }
    own = sim.put_item(ada.orcid, "work", bodies.work("10.5555/own"))
    source = (await member.get(f"/work/{own}")).json()["source"]
    assert source["source-orcid"] == {
        "uri": f"https://orcid.org/{ada.orcid}",
        "path": ada.orcid,
        "host": "orcid.org",
    }
    assert source["source-client-id"] is None


async def test_3_5_display_index(sim: Simulator, member: Caller, ada: Person) -> None:
    """Activities show it as text, person items as a number; the API gives 1 and people 0."""
    job = await member.created("/employment", bodies.affiliation())
    word = await member.created("/keywords", {"content": "k", "display-index": 9})
    assert (await member.get(f"/employment/{job}")).json()["display-index"] == "1"
    assert (await member.get(f"/keywords/{word}")).json()["display-index"] == 1
    own = sim.put_item(ada.orcid, "keyword", {"content": "own"})
    assert (await member.get(f"/keywords/{own}")).json()["display-index"] == 0
    work = await member.created("/work", bodies.work())
    assert "display-index" not in (await member.get(f"/work/{work}")).json()
    refused = await member.post("/work", bodies.work("10.5555/b") | {"display-index": "1"})
    assert (refused.status_code, refused.json()["error-code"]) == (400, 9047)


async def test_3_5_an_empty_record(http: httpx.AsyncClient, member: Caller, ada: Person) -> None:
    """Sections without items are empty lists with a null date and their path."""
    record = (await member.get("/record")).json()
    assert list(record) == [
        "orcid-identifier",
        "preferences",
        "history",
        "person",
        "activities-summary",
        "path",
    ]
    assert list(record["history"]) == [
        "creation-method",
        "completion-date",
        "submission-date",
        "last-modified-date",
        "claimed",
        "source",
        "deactivation-date",
        "verified-email",
        "verified-primary-email",
    ]
    assert list(record["person"]) == [
        "last-modified-date",
        "name",
        "other-names",
        "biography",
        "researcher-urls",
        "emails",
        "addresses",
        "keywords",
        "external-identifiers",
        "path",
    ]
    assert list(record["activities-summary"]) == [
        "last-modified-date",
        "distinctions",
        "educations",
        "employments",
        "fundings",
        "invited-positions",
        "memberships",
        "peer-reviews",
        "qualifications",
        "research-resources",
        "services",
        "works",
        "path",
    ]
    assert record["history"]["creation-method"] == "DIRECT"
    works: dict[str, Any] = {"last-modified-date": None, "group": [], "path": f"/{ada.orcid}/works"}
    assert record["activities-summary"]["works"] == works
    assert record["path"] == f"/{ada.orcid}"
    assert record["person"]["name"]["path"] == ada.orcid
    assert (await member.ask("GET", f"/{ada.orcid}")).json() == record


async def test_3_2_scopes_are_not_needed_to_be_told_of_wrong_json(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """Trap 21: a schema fault comes before a missing scope."""
    weak = Caller(http, sim.issue_token(journal, ada.orcid, "/read-limited"), ada.orcid)
    answer = await weak.post("/work", {"unknown": 1})
    assert (answer.status_code, answer.json()["error-code"]) == (400, 9047)
    assert UPDATE not in answer.text
