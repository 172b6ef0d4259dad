"""REGISTRY 3.1 to 3.3 and 3.5: paths, media types, tokens, answers and their JSON."""

import json
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import EVERYTHING, NOW, UPDATE, Caller

pytestmark = pytest.mark.anyio
XML = "application/vnd.orcid+xml"


async def test_3_1_post_is_201_empty_with_location(
    sim: Simulator, member: Caller, ada: Person
) -> None:
    """Creating answers 201 without a body and names the item in Location."""
    answer = await member.post("/work", bodies.work())
    assert (answer.status_code, answer.content) == (201, b"")
    base = f"{sim.base_url}/api/v3.0/{ada.orcid}/work/"
    assert answer.headers["location"].startswith(base)
    assert answer.headers["location"].removeprefix(base).isdigit()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("peer-review", bodies.review()),
        ("funding", bodies.funding()),
        ("invited-position", bodies.affiliation()),
        ("research-resource", bodies.resource()),
        ("keywords", {"content": "k"}),
        ("other-names", {"content": "n"}),
        ("address", {"country": {"value": "GB"}}),
        ("researcher-urls", {"url-name": "n", "url": {"value": "https://example.org"}}),
        (
            "external-identifiers",
            bodies.identifier("1", "Example ID") | {"external-id-url": "https://example.org/1"},
        ),
    ],
)
async def test_3_1_location_and_path_name_the_segment(
    member: Caller, ada: Person, path: str, body: dict[str, Any]
) -> None:
    """Location carries the segment posted to; a read shows it in path, a PUT of activities not."""
    answer = await member.post(f"/{path}", body)
    assert answer.status_code == 201, answer.text
    location = answer.headers["location"]
    assert f"/{path}/" in location
    code = int(location.rsplit("/", 1)[1])
    read = (await member.get(f"/{path}/{code}")).json()
    assert read["path"] == f"/{ada.orcid}/{path}/{code}"
    assert read["put-code"] == code
    updated = await member.put(f"/{path}/{code}", body | {"put-code": code})
    assert updated.status_code == 200, updated.text
    is_person_item = path.endswith("s")
    assert updated.json()["path"] == (read["path"] if is_person_item else None)
    assert (await member.delete(f"/{path}/{code}")).status_code == 204
    gone = await member.get(f"/{path}/{code}")
    assert (gone.status_code, gone.json()["error-code"]) == (404, 9016)


async def test_3_1_put_answers_the_full_item_and_delete_nothing(member: Caller) -> None:
    """PUT is 200 with the updated item, DELETE 204 and empty."""
    code = await member.created("/work", bodies.work())
    changed = bodies.work("10.5555/x", "Changed") | {"put-code": code}
    answer = await member.put(f"/work/{code}", changed)
    assert answer.status_code == 200
    assert answer.json()["title"]["title"]["value"] == "Changed"
    deleted = await member.delete(f"/work/{code}")
    assert (deleted.status_code, deleted.content) == (204, b"")


async def test_3_1_no_conditional_requests(member: Caller) -> None:
    """There is no ETag, and If-Match changes nothing."""
    code = await member.created("/work", bodies.work())
    read = await member.get(f"/work/{code}", headers={"if-none-match": "*"})
    assert read.status_code == 200
    assert "etag" not in read.headers


@pytest.mark.parametrize(
    ("sent", "final"),
    [
        ("/api/{orcid}/works?x=1", "/api/v3.0/{orcid}/works"),
        ("/pub/{orcid}", "/pub/v3.0/{orcid}"),
        ("/api/search", "/api/v3.0/search"),
    ],
)
async def test_3_1_unversioned_paths_are_redirected(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, sent: str, final: str
) -> None:
    """A path without version is 302 to v3.0 without its query, whatever the method."""
    for method in ("GET", "POST"):
        answer = await http.request(method, sent.format(orcid=ada.orcid))
        assert answer.status_code == 302
        assert answer.headers["location"] == sim.base_url + final.format(orcid=ada.orcid)


async def test_3_1_rdf_has_a_version_of_its_own(
    sim: Simulator, http: httpx.AsyncClient, ada: Person
) -> None:
    """An unversioned path asked for as RDF leads to the public RDF version."""
    answer = await http.get(f"/pub/{ada.orcid}", headers={"accept": "text/turtle"})
    location = f"{sim.base_url}/pub/experimental_rdf_v1/{ada.orcid}"
    assert (answer.status_code, answer.headers["location"]) == (302, location)


@pytest.mark.parametrize(
    ("version", "final"),
    [
        ("v3.0_rc2", "v3.0"),
        ("v2.0_rc4", "v2.0"),
        ("v2.1_rc1", "v2.1"),
        ("v1.2", "v3.0"),
        ("v9", "v3.0"),
    ],
)
async def test_1_other_versions_are_308(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, version: str, final: str
) -> None:
    """Any version but 2.0, 2.1 and 3.0 is redirected with 9056; the JSON body says 301."""
    answer = await http.get(
        f"/api/{version}/{ada.orcid}/works", headers={"accept": "application/json"}
    )
    assert answer.status_code == 308
    assert answer.headers["location"] == f"{sim.base_url}/api/{final}/{ada.orcid}/works"
    assert (answer.json()["error-code"], answer.json()["response-code"]) == (9056, 301)


async def test_3_1_cors(member: Caller) -> None:
    """Every answer allows every origin; the preflight does not allow Authorization."""
    assert (await member.get("/works")).headers["access-control-allow-origin"] == "*"
    preflight = await member.send("OPTIONS", "/works")
    assert preflight.status_code == 200
    allowed = preflight.headers["access-control-allow-headers"]
    assert allowed == "X-Requested-With,Origin,Content-Type,Accept"


async def test_3_1_jsonp(member: Caller) -> None:
    """callback= wraps the JSON."""
    answer = await member.get("/works?callback=show")
    assert answer.text.startswith("show({")
    assert answer.text.endswith("})")
    assert "javascript" in answer.headers["content-type"]


@pytest.mark.parametrize("how", ["BEARER", "comma", "query", "form"])
async def test_3_1_token_transport(
    http: httpx.AsyncClient, member: Caller, ada: Person, how: str
) -> None:
    """The word Bearer is case-insensitive, a comma ends the token, a parameter does as well."""
    accept = {"accept": "application/json"}
    path = f"/api/v3.0/{ada.orcid}/works"
    if how == "query":
        answer = await http.get(f"{path}?access_token={member.token}", headers=accept)
    elif how == "form":
        form = {"access_token": member.token}
        answer = await http.request("GET", path, data=form, headers=accept)
    else:
        text = f"BEARER {member.token}" if how == "BEARER" else f"Bearer {member.token},more"
        answer = await http.get(path, headers=accept | {"authorization": text})
    assert answer.status_code == 200


@pytest.mark.parametrize("accept", [None, "*/*", XML, "application/json;q=0.5, */*"])
async def test_13_1_xml_unless_json_is_asked_for(
    http: httpx.AsyncClient, member: Caller, ada: Person, accept: str | None
) -> None:
    """A read that would come as XML is 406 with a clear sentence."""
    headers = {"authorization": f"Bearer {member.token}"}
    request = http.build_request("GET", f"/api/v3.0/{ada.orcid}/works", headers=headers)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    answer = await http.send(request)
    assert (answer.status_code, answer.json()["error-code"]) == (406, 9001)
    assert "ask for application/json" in answer.json()["developer-message"]


async def test_3_1_without_accept_the_content_type_decides(member: Caller) -> None:
    """With Accept */* the answer takes over a plain Content-Type; parameters defeat that."""
    code = await member.created("/work", bodies.work())
    changed = json.dumps(bodies.work("10.5555/x", "U") | {"put-code": code})
    plain = {"accept": "*/*", "content-type": "application/json"}
    answer = await member.send("PUT", f"/work/{code}", content=changed, headers=plain)
    assert answer.status_code == 200
    charset = {"accept": "*/*", "content-type": "application/json; charset=utf-8"}
    answer = await member.send("PUT", f"/work/{code}", content=changed, headers=charset)
    assert answer.status_code == 406


async def test_3_1_writes_without_a_body_in_the_answer_need_no_json(member: Caller) -> None:
    """POST and DELETE succeed with Accept */*; their errors would come as XML and do."""
    content = json.dumps(bodies.work())
    headers = {"accept": XML, "content-type": "application/vnd.orcid+json"}
    created = await member.send("POST", "/work", content=content, headers=headers)
    assert created.status_code == 201
    clash = await member.send("POST", "/work", content=content, headers=headers)
    assert clash.status_code == 409
    assert clash.headers["content-type"].startswith(XML)
    assert '<error xmlns="http://www.orcid.org/ns/error">' in clash.text
    assert "<error-code>9021</error-code>" in clash.text
    code = created.headers["location"].rsplit("/", 1)[1]
    assert (await member.delete(f"/work/{code}", headers={"accept": "*/*"})).status_code == 204


@pytest.mark.parametrize("media", ["application/vnd.orcid+json", "application/orcid+json"])
async def test_3_1_vendor_json_is_indented(member: Caller, media: str) -> None:
    """application/json is compact, the vendor types are indented with a space before the colon."""
    code = await member.created("/work", bodies.work())
    compact = await member.get(f"/work/{code}")
    indented = await member.get(f"/work/{code}", headers={"accept": media})
    assert indented.headers["content-type"].startswith(media)
    assert '"uri" : "https://orcid.org/client/' in indented.text
    assert '"external-id" : [ {' in indented.text
    assert '": "' not in compact.text
    assert compact.json() == indented.json()


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/nonsense", {}, 404),
        ("GET", "/work/1/2/3", {}, 404),
        ("DELETE", "/works", {}, 405),
        ("GET", "/work", {}, 405),
        ("GET", "/works", {"headers": {"accept": "text/html"}}, 406),
        ("POST", "/work", {"content": "x", "headers": {"content-type": "text/plain"}}, 415),
        ("POST", "/work", {"content": "x"}, 415),
        ("POST", "/work", {"content": "{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/work", {"content": "", "headers": {"content-type": "application/json"}}, 400),
    ],
)
async def test_3_1_protocol_faults_are_9001(
    member: Caller, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    """Unknown route, wrong method, unacceptable, wrong type and bad syntax all carry 9001."""
    answer = await member.send(method, path, **options)
    assert (answer.status_code, answer.json()["error-code"]) == (status, 9001)
    assert answer.json()["response-code"] == status
    if status == 405:
        assert answer.headers["allow"]


async def test_3_1_status_paths(http: httpx.AsyncClient, ada: Person) -> None:
    """Status needs no token; /status follows the Accept default, apiStatus and pubStatus do not."""
    plain = {"accept": "application/json"}
    assert (await http.get("/api/v3.0/status", headers=plain)).json() == {"tomcatUp": True}
    assert (await http.get("/api/v3.0/status")).status_code == 406
    for path in ("/api/v3.0/apiStatus", "/pub/v3.0/pubStatus"):
        assert (await http.get(path)).json() == {
            "tomcatUp": True,
            "dbConnectionOk": True,
            "readOnlyDbConnectionOk": True,
            "overallOk": True,
        }


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
