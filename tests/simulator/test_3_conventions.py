"""REGISTRY 3.1 to 3.3 and 3.5: paths, media types, tokens, answers and their JSON."""

import json
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import Caller

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
