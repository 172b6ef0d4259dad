"""REGISTRY.md 3.1, 3.3 and the order of checks of 3.2: protocol, authentication, who wins."""

import pytest

from tests.conformance.bodies import external_id, group, work
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

INDENTED = ("application/vnd.orcid+json", "application/orcid+json")


@row("3.1", "Media types")
def test_json_types(ada: Account) -> None:
    """application/json is compact, the two ORCID types are indented with a space before colons."""
    code = ada.add("/work", work())
    compact = ada.get(f"/work/{code}")
    assert compact.headers["content-type"].startswith("application/json")
    assert "\n" not in compact.text
    for media in INDENTED:
        answer = ada.get(f"/work/{code}", accept=media)
        assert answer.headers["content-type"].startswith(media)
        assert f'"put-code" : {code}' in answer.text
        assert answer.text.count("\n") > 20
        assert answer.json() == compact.json()
        assert ada.post("/work", work(), content_type=media).status_code == 201


@row("3.1", "Accept defaulting")
@row("13", "1.")
def test_xml_unless_json_is_asked_for(ada: Account) -> None:
    """Without Accept, or with */*, XML would come; a JSON Content-Type makes it JSON."""
    for accept in ("*/*", "application/xml", "application/vnd.orcid+xml"):
        answer = ada.get("/works", accept=accept)
        is_xml = "xml" in answer.headers["content-type"]
        assert answer.status_code == (200 if is_xml else 406)
    answer = ada.get("/works", accept="*/*", content_type="application/json")
    assert (answer.status_code, answer.json()["group"]) == (200, [])
    answer = ada.get("/works", accept="*/*", content_type="application/json; charset=utf-8")
    assert "xml" in answer.headers["content-type"] or answer.status_code == 406


@row("3.1", "Accept defaulting")
def test_accept_missing_altogether(ada: Account, registry: Registry) -> None:
    """A POST in JSON without any Accept is answered in JSON; so is an error to it."""
    url = f"{MEMBER}/{ada.person.orcid}/work"
    headers = {"authorization": f"Bearer {ada.token}", "content-type": "application/json"}
    request = registry.http.build_request("POST", url, headers=headers, content="{}")
    del request.headers["accept"]
    refused(registry.http.send(request), 400, 9047)


@row("3.1", "Status by protocol fault")
@row("5.1", "9001")
@row("5.2", "malformed syntax")
@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", "/nonsense", {}, None, 404),
        ("PATCH", "/work", {}, "{}", 405),
        ("DELETE", "/works", {}, None, 405),
        ("GET", "/works", {"accept": "text/plain"}, None, 406),
        ("POST", "/work", {"content_type": "text/plain"}, "{}", 415),
        ("POST", "/work", {}, "{", 400),
        ("POST", "/works", {}, '{"bulk":[}', 400),
    ],
)
def test_protocol_faults(
    method: str,
    path: str,
    headers: dict[str, str],
    body: str | None,
    status: int,
    ada: Account,
) -> None:
    """Unknown routes, wrong methods, types and syntax are errors numbered 9001."""
    answer = ada.call(method, path, body, **headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["error-code"] == 9001
    assert answer.json()["response-code"] == status
    assert ada.codes("work") == []


@row("3.1", "ETag / If-*")
def test_no_conditional_requests(ada: Account) -> None:
    """There are no ETags, and conditions are not looked at."""
    code = ada.add("/work", work())
    answer = ada.get(f"/work/{code}", if_none_match="*", if_modified_since="Fri, 01 Jan 2100")
    assert answer.status_code == 200
    assert not {"etag", "last-modified"} & set(answer.headers)


@row("3.1", "CORS", "JSONP")
def test_browsers_of_other_sites(registry: Registry, ada: Account) -> None:
    """Any origin may read, Authorization is not among the preflight's headers, JSONP is given."""
    answer = ada.get("/works")
    assert answer.headers["access-control-allow-origin"] == "*"
    url = f"{PUBLIC}/{ada.person.orcid}/works"
    asked = {"origin": "https://a.example", "access-control-request-method": "GET"}
    preflight = registry.http.options(url, headers=asked)
    allowed = preflight.headers["access-control-allow-headers"].replace(" ", "").split(",")
    assert set(allowed) == {"X-Requested-With", "Origin", "Content-Type", "Accept"}
    padded = registry.call("GET", f"{url}?callback=show")
    assert padded.text.startswith("show(")


@row("3.1", "Token transport")
def test_ways_to_send_a_token(registry: Registry, ada: Account) -> None:
    """The word Bearer in any case, text after a comma cut off; else the query parameter."""
    url = f"{MEMBER}/{ada.person.orcid}/works"
    for text in (f"bearer {ada.token}", f"BEARER {ada.token},and more"):
        assert registry.call("GET", url, authorization=text).status_code == 200
    assert registry.call("GET", f"{url}?access_token={ada.token}").status_code == 200
    answer = registry.call("GET", f"{url}?access_token={ada.token}", "bad")
    refused_by_oauth(answer, 401, "invalid_token")


@row("3.1", "Unversioned path on the API hosts")
@row("13", "25.")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_paths_without_a_version(method: str, registry: Registry, ada: Account) -> None:
    """A path without version leads to v3.0 whatever the method, without its query."""
    url = f"/api/{ada.person.orcid}/works?x=1"
    answer = registry.call(method, url, ada.token)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{registry.base_url}{MEMBER}/{ada.person.orcid}/works"


@row("5.1", "9056")
@row("13", "25.")
@pytest.mark.parametrize("version", ["v9", "v1.2", "v3.0_rc1", "v3.1"])
def test_other_versions_are_redirected(version: str, registry: Registry, ada: Account) -> None:
    """Any version but 2.0, 2.1 and 3.0 is a 308 to the final one, before the token is looked at."""
    answer = registry.call("GET", f"/api/{version}/{ada.person.orcid}/works", "bad")
    refused(answer, 308, 9056, body_status=301)
    assert answer.headers["location"].endswith(f"/v3.0/{ada.person.orcid}/works")
    answer = registry.call("GET", f"/api/v2.0_rc1/{ada.person.orcid}/works", "bad")
    assert (answer.status_code, "/v2.0/" in answer.headers["location"]) == (308, True)


@row("3.3", "Member API, no token")
@row("13", "2.", "5.")
def test_no_token(registry: Registry, person: Person) -> None:
    """Without a token the Member API answers 403 in the OAuth family."""
    answer = registry.call("GET", f"{MEMBER}/{person.orcid}/works")
    assert refused_by_oauth(answer, 403, "forbidden").startswith("Forbidden: ")
    answer = registry.call("GET", f"{MEMBER}/{person.orcid}/works", accept="application/xml")
    refused_by_oauth(answer, 403, "forbidden")


@row("3.3", "Token unknown, expired, revoked")
@row("13", "2.")
def test_bad_tokens(clock: Registry, member: Client, person: Person) -> None:
    """An unknown, expired or revoked token is 401 invalid_token, and echoed."""
    expired = clock.token(member, person, "/read-limited", expires_in=5)
    clock.move(6)
    for token in ("nobody-gave-this", expired):
        for base in (MEMBER, PUBLIC):
            answer = clock.call("GET", f"{base}/{person.orcid}/works", token)
            text = refused_by_oauth(answer, 401, "invalid_token")
            assert text == f"Invalid access token: {token}"


@row("3.3", "Public-client token on the Member API")
def test_public_clients_on_the_member_api(registry: Registry, person: Person) -> None:
    """A public client's token is 403 forbidden on the Member API, and good on the Public one."""
    token = registry.token(registry.client("public"), None, "/read-public")
    answer = registry.call("GET", f"{MEMBER}/{person.orcid}/works", token)
    text = refused_by_oauth(answer, 403, "forbidden")
    assert text == f"Access Denied: {token}"
    assert registry.call("GET", f"{PUBLIC}/{person.orcid}/works", token).status_code == 200


@row("3.3", "Token belongs to another record")
@row("5.1", "9017")
@row("13", "5.")
def test_tokens_of_another_record(registry: Registry, ada: Account) -> None:
    """A token is good for its own record only; a 2-legged one is bound to none."""
    other = registry.person()
    for method, path in (("GET", "/works"), ("POST", "/work"), ("DELETE", "/work/1")):
        body = work() if method == "POST" else None
        answer = registry.call(method, f"{MEMBER}/{other.orcid}{path}", ada.token, body)
        refused(answer, 401, 9017)
    token = registry.token(ada.client, None, "/read-public")
    for orcid in (other.orcid, ada.person.orcid):
        assert registry.call("GET", f"{MEMBER}/{orcid}/works", token).status_code == 200


@row("3.3", "Scope missing on write")
@row("5.1", "9038")
@row("13", "5.")
def test_missing_scope_on_write(ada: Account) -> None:
    """A write without its scope is 403/9038, whose text begins with 409 Conflict."""
    reader = ada.of("/read-limited")
    text = refused(reader.post("/work", work()), 403, 9038)
    assert text.startswith("409 Conflict")
    code = ada.add("/work", work())
    refused(reader.delete(f"/work/{code}"), 403, 9038)
    assert ada.codes("work") == [code]


@row("3.3", "Client locked or deactivated")
@pytest.mark.parametrize("state", ["locked", "deactivated"])
def test_tokens_of_shut_clients(state: str, registry: Registry, person: Person) -> None:
    """The tokens of a locked or deactivated client are simply invalid."""
    client = registry.client(state=state)
    token = registry.token(client, person, "/read-limited")
    answer = registry.call("GET", f"{MEMBER}/{person.orcid}/works", token)
    refused_by_oauth(answer, 401, "invalid_token")


BAD = {"title": {"title": {"value": "T"}}, "unknown": 1}


@row("3.2", "Order of checks on every write")
@row("13", "21.")
def test_order_of_checks(registry: Registry, ada: Account) -> None:
    """Each fault is told before those that come after it, one by one until the write passes."""
    orcid, other = ada.person.orcid, registry.person()
    reader = ada.of("/read-limited")
    stranger = account(registry, "/read-limited", other, ada.client)
    url = f"{MEMBER}/{orcid}/work/x"
    code = ada.add("/work", work())
    registry.change_person(ada.person, state="locked")

    answer = registry.call("PUT", url, "bad", BAD, content_type="text/plain")
    refused_by_oauth(answer, 401, "invalid_token")
    answer = registry.call("PUT", url, stranger.token, BAD, content_type="text/plain")
    refused(answer, 415, 9001)
    refused(registry.call("PUT", url, stranger.token, BAD), 401, 9017)
    refused(registry.call("PUT", url, reader.token, BAD), 400, 9047)
    refused(registry.call("PUT", url, reader.token, work()), 400, 9034)
    refused(reader.put("/work/999999999", work()), 409, 9018)
    registry.change_person(ada.person, state="active")
    refused(reader.put("/work/999999999", work()), 403, 9038)
    refused(ada.put("/work/999999999", work()), 400, 9019)
    refused(ada.put("/work/999999999", {**work(), "put-code": 999999999}), 404, 9016)
    body = {**work(external_id(relationship="part-of")), "put-code": code}
    refused(ada.put(f"/work/{code}", body), 400, 9023)


@row("3.2", "Order of checks on every write")
def test_organisations_are_looked_up_last(ada: Account) -> None:
    """An unknown organisation is told after everything else, the duplicate included."""
    organization = {
        "name": "N",
        "address": {"city": "C", "country": "GB"},
        "disambiguated-organization": {
            "disambiguated-organization-identifier": "https://ror.org/000000000",
            "disambiguation-source": "ROR",
        },
    }
    grant = external_id("G-same", "grant_number")
    base = {"type": "grant", "title": {"title": {"value": "G"}}}
    body = {**base, "organization": organization, "external-ids": {"external-id": [grant]}}
    refused(ada.post("/funding", body), 400, 9045)
    assert ada.codes("funding") == []
    known = {**organization["disambiguated-organization"]}  # type: ignore[dict-item]
    known["disambiguated-organization-identifier"] = "https://ror.org/04fa4r544"
    right = {**organization, "disambiguated-organization": known}
    ada.add("/funding", {**body, "organization": right})
    refused(ada.post("/funding", body), 409, 9021)


@row("3.2", "Creating uses *create or update*")
def test_create_scopes_do_not_change(registry: Registry, ada: Account) -> None:
    """A create scope creates but neither changes nor deletes."""
    maker = ada.of("/orcid-works/create")
    body = work()
    code = maker.add("/work", body)
    changed = {**body, "put-code": code, "type": "book"}
    refused(maker.put(f"/work/{code}", changed), 403, 9038)
    refused(maker.delete(f"/work/{code}"), 403, 9038)
    assert ada.of("/orcid-works/update").put(f"/work/{code}", changed).status_code == 200
    for path in ("/biography", "/personal-details", "/email"):
        assert ada.post(path, {}).status_code == 405


@row("3.2", "Scope column")
def test_every_read_needs_some_scope(registry: Registry, ada: Account) -> None:
    """A token without any reading scope reads nothing of a record but its own items."""
    webhook = registry.token(registry.client("premium"), None, "/webhook")
    code = registry.by_hand(ada.person, "work", work(), "public")
    answer = registry.call("GET", f"{MEMBER}/{ada.person.orcid}/work/{code}", webhook)
    refused(answer, 403, 9038)
    reader = registry.token(ada.client, None, "/read-public")
    answer = registry.call("GET", f"{MEMBER}/{ada.person.orcid}/work/{code}", reader)
    assert answer.status_code == 200


@row("3.2", "Public API (pub. host)")
def test_public_api(registry: Registry, ada: Account) -> None:
    """The Public API serves the same reads to anybody, nothing for members, and no writes."""
    code = ada.add("/work", work())
    url = f"{PUBLIC}/{ada.person.orcid}"
    for path in ("", "/record", "/person", "/activities", "/works", f"/work/{code}"):
        assert registry.call("GET", url + path).json() == ada.read(path)
    answer = registry.call("GET", f"{url}/works/{code}")
    assert answer.json()["bulk"][0]["work"]["put-code"] == code
    for token in (ada.token, registry.token(registry.client("public"), None, "/read-public")):
        assert registry.call("GET", f"{url}/works", token).status_code == 200
    for path in (f"{url}/summary", f"{PUBLIC}/group-id-record"):
        assert registry.call("GET", path, ada.token).status_code == 404
    answer = registry.call("POST", f"{url}/work", ada.token, work())
    assert answer.status_code in (404, 405)
    answer = registry.call("POST", f"{PUBLIC}/group-id-record", ada.token, group())
    assert answer.status_code in (404, 405)
    types = registry.call("GET", f"{PUBLIC}/identifiers?locale=en")
    assert types.status_code == 200
    assert "doi" in types.text
    assert "grant_number" in types.text
    assert ada.codes("work") == [code]
