"""REGISTRY 2.6 to 2.8: token exchange, scopes and introspection."""

import base64
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import UPDATE, Caller, tokens_for

pytestmark = pytest.mark.anyio
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
ID = "urn:ietf:params:oauth:token-type:id_token"
INTROSPECTION = ("APP-INTROSPECTION001", "introspection-secret-not-for-production")


async def ask(
    sim: Simulator, http: httpx.AsyncClient, client: str, subject: str, /, **form: str
) -> httpx.Response:
    """Ask for a token on behalf of the client that the id_token was made for."""
    fixed = {
        "grant_type": EXCHANGE,
        "client_id": client,
        "client_secret": sim.world.clients[client].client_secret,
        "subject_token": subject,
        "subject_token_type": ID,
        "requested_token_type": ACCESS,
    }
    return await http.post("/oauth/token", data=fixed | form)


@pytest.fixture
async def given(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> dict[str, Any]:
    """The journal's tokens for Ada: an id_token and the right to update."""
    return await tokens_for(sim, http, journal, ada.orcid, f"openid {UPDATE}")


async def test_2_6_an_access_token_becomes_an_id_token(
    sim: Simulator, http: httpx.AsyncClient, given: dict[str, Any], journal: str, other: str
) -> None:
    """A client exchanges its own access token; the id_token travels in access_token."""
    form = {"subject_token_type": ACCESS, "requested_token_type": ID}
    body = (await ask(sim, http, journal, given["access_token"], **form)).json()
    assert body["token_type"] == "N_A"
    assert body["issued_token_type"] == ID
    assert body["access_token"].count(".") == 2
    assert "expires_in" in body
    foreign = await ask(sim, http, other, given["access_token"], **form)
    assert (foreign.status_code, foreign.json()["error"]) == (400, "invalid_request")


async def test_2_6_acting_for_another_client(
    sim: Simulator, http: httpx.AsyncClient, given: dict[str, Any], ada: Person, other: str
) -> None:
    """Another client gets an hour's token without refresh, and its items name both clients."""
    sim.clock.move(48 * 3600)  # the expiry of the id_token is ignored
    body = (await ask(sim, http, other, given["id_token"])).json()
    assert body["expires_in"] == 3599
    assert "refresh_token" not in body
    assert body["issued_token_type"] == ACCESS
    assert (body["orcid"], body["name"]) == (ada.orcid, "Ada Lovelace")
    caller = Caller(http, body["access_token"], ada.orcid)
    code = await caller.created("/work", bodies.work())
    source = (await caller.get(f"/work/{code}")).json()["source"]
    assert source["source-name"]["value"] == "Other Press"
    assert source["assertion-origin-name"]["value"] == "Journal of Tests"
    assert source["assertion-origin-client-id"]["path"] != source["source-client-id"]["path"]


async def test_2_6_acting_for_another_is_another_source(
    sim: Simulator,
    http: httpx.AsyncClient,
    given: dict[str, Any],
    ada: Person,
    other: str,
    rival: Caller,
) -> None:
    """An item written on behalf neither clashes with the client's own nor may be changed by it."""
    body = (await ask(sim, http, other, given["id_token"])).json()
    caller = Caller(http, body["access_token"], ada.orcid)
    own = await rival.created("/work", bodies.work())
    code = await caller.created("/work", bodies.work())
    assert own != code
    sim.set_item_visibility(ada.orcid, code, "private")
    assert (await rival.get(f"/work/{code}")).status_code == 200  # reading is the client's own
    refused = await rival.delete(f"/work/{code}")
    assert (refused.status_code, refused.json()["error-code"]) == (403, 9010)
    assert (await caller.delete(f"/work/{code}")).status_code == 204


async def test_2_6_refusals(
    sim: Simulator, http: httpx.AsyncClient, given: dict[str, Any], journal: str, other: str
) -> None:
    """Own client, foreign id_token, equal types, missing parameters or grant are refused."""
    own = await ask(sim, http, journal, given["id_token"])
    assert (own.status_code, own.json()["error"]) == (400, "invalid_request")
    assert (await ask(sim, http, other, "not.a.token")).status_code == 400
    same = await ask(sim, http, other, given["id_token"], requested_token_type=ID)
    assert same.status_code == 400
    blank = await ask(sim, http, other, "")
    assert (blank.status_code, blank.json()["error"]) == (401, "invalid_request")
    sim.world.clients[journal].delegates_to = ["APP-0000000000000000"]
    assert (await ask(sim, http, other, given["id_token"])).status_code == 400
    sim.world.clients[journal].delegates_to = [other]
    assert (await ask(sim, http, other, given["id_token"])).status_code == 200
    sim.world.clients[other].token_exchange = False
    assert (await ask(sim, http, other, given["id_token"])).status_code == 400


async def test_2_6_scopes_are_the_union_or_the_intersection(
    sim: Simulator,
    http: httpx.AsyncClient,
    given: dict[str, Any],
    ada: Person,
    journal: str,
    other: str,
) -> None:
    """Without scope all live scopes of the other client are passed on, else what is common."""
    sim.issue_token(journal, ada.orcid, "/person/update")
    union = (await ask(sim, http, other, given["id_token"])).json()["scope"].split()
    assert set(union) == {"openid", UPDATE, "/person/update"}
    narrow = await ask(sim, http, other, given["id_token"], scope="/person/update")
    assert narrow.json()["scope"] == "/person/update"
    none = await ask(sim, http, other, given["id_token"], scope="/read-limited")
    assert (none.status_code, none.json()["error"]) == (401, "invalid_scope")


async def test_2_6_a_withdrawn_permission_can_only_delete(
    sim: Simulator,
    http: httpx.AsyncClient,
    given: dict[str, Any],
    ada: Person,
    journal: str,
    other: str,
) -> None:
    """After the person withdrew, the new token is born withdrawn: good for DELETE alone."""
    first = (await ask(sim, http, other, given["id_token"])).json()["access_token"]
    caller = Caller(http, first, ada.orcid)
    code = await caller.created("/work", bodies.work())
    sim.revoke_by_user(ada.orcid, journal)
    body = (await ask(sim, http, other, given["id_token"])).json()
    caller = Caller(http, body["access_token"], ada.orcid)
    assert (await caller.get("/works")).status_code == 401
    assert (await caller.delete(f"/work/{code}")).status_code == 204


@pytest.mark.parametrize(
    ("scope", "reason"), [(UPDATE, "CLIENT_REVOKED"), ("/read-limited", "USER_REVOKED")]
)
async def test_2_6_one_oddly_disabled_token_spoils_it(
    sim: Simulator,
    http: httpx.AsyncClient,
    given: dict[str, Any],
    ada: Person,
    journal: str,
    other: str,
    scope: str,
    reason: str,
) -> None:
    """A token disabled otherwise, or without update, makes the exchange invalid_scope."""
    sim.revoke_token(sim.issue_token(journal, ada.orcid, scope), reason)
    answer = await ask(sim, http, other, given["id_token"])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_scope")


async def test_2_6_user_obo_stamps_the_record_holder(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str, member: Caller
) -> None:
    """Clients flagged so write the holder's iD and name into every item."""
    sim.world.clients[journal].user_obo = True
    code = await member.created("/work", bodies.work())
    source = (await member.get(f"/work/{code}")).json()["source"]
    assert source["assertion-origin-orcid"]["path"] == ada.orcid
    assert source["assertion-origin-name"]["value"] == "Ada Lovelace"


async def introspect(
    http: httpx.AsyncClient, token: str, credentials: str | None = None
) -> httpx.Response:
    """Ask as the registry's API hosts do."""
    pair = ":".join(INTROSPECTION).encode()
    text = credentials or base64.urlsafe_b64encode(pair).decode().rstrip("=")
    headers = {"authorization": f"Basic {text}"}
    return await http.post("/oauth2/introspect", data={"token": token}, headers=headers)


async def test_2_8_introspection(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """An active token tells client, iD, scopes and authority; a client token leaves the iD out."""
    token = sim.issue_token(journal, ada.orcid, f"{UPDATE} openid")
    body = (await introspect(http, token)).json()
    assert (body["active"], body["client_id"], body["username"]) == (True, journal, ada.orcid)
    assert set(body["scope"].split()) == {UPDATE, "openid"}
    assert body["clientGrantedAuthority"] == "ROLE_CLIENT"
    assert "OBO_CLIENT_ID" not in body
    two_legged = (await introspect(http, sim.issue_token(journal, None, "/read-public"))).json()
    assert two_legged["active"] is True
    assert "username" not in two_legged
    public = sim.add_client("public", "P").client_id
    shown = (await introspect(http, sim.issue_token(public, ada.orcid, "openid"))).json()
    assert shown["clientGrantedAuthority"] == "ROLE_PUBLIC"


async def test_2_8_inactive_tokens(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """Unknown, expired and revoked tokens are inactive; a user-revoked one says so in full."""
    assert (await introspect(http, "unknown")).json() == {"active": False}
    short = sim.issue_token(journal, ada.orcid, UPDATE, expires_in=10)
    token = sim.issue_token(journal, ada.orcid, UPDATE)
    sim.clock.move(10)
    assert (await introspect(http, short)).json() == {"active": False}
    sim.revoke_token(token, "USER_REVOKED")
    body = (await introspect(http, token)).json()
    assert (body["active"], body["USER_REVOKED"]) == (False, True)
    assert (body["client_id"], body["username"]) == (journal, ada.orcid)


async def test_2_8_on_behalf_tokens_name_the_original(
    sim: Simulator, http: httpx.AsyncClient, given: dict[str, Any], journal: str, other: str
) -> None:
    """OBO_CLIENT_ID is the client on whose behalf a token acts."""
    token = (await ask(sim, http, other, given["id_token"])).json()["access_token"]
    body = (await introspect(http, token)).json()
    assert (body["client_id"], body["OBO_CLIENT_ID"]) == (other, journal)


async def test_2_8_credentials_in_both_alphabets(http: httpx.AsyncClient) -> None:
    """Basic credentials are read padded or not; without any, or wrong, the answer is 401."""
    padded = base64.b64encode(":".join(INTROSPECTION).encode()).decode()
    assert (await introspect(http, "x", padded)).status_code == 200
    wrong = base64.b64encode(b"APP-INTROSPECTION001:wrong").decode()
    assert (await introspect(http, "x", wrong)).status_code == 401
    assert (await introspect(http, "x", "%%%")).status_code == 401
    assert (await http.post("/oauth2/introspect", data={"token": "x"})).status_code == 401


@pytest.mark.parametrize(
    ("kind", "scope", "allowed"),
    [
        ("public", "/authenticate", True),
        ("public", "/read-limited", False),
        ("member", "/read-limited", True),
        ("member", "/orcid-works/create", True),
        ("member", "/orcid-patents/create", False),
        ("member", "/email/read-private", False),
        ("premium", "/person/update", True),
    ],
)
async def test_2_7_which_client_may_ask_for_which_scope(
    sim: Simulator, http: httpx.AsyncClient, kind: str, scope: str, allowed: bool
) -> None:
    """The client's kind decides which scopes the authorization page accepts."""
    client = sim.add_client(kind, "K", ["https://k.example/cb"])
    query = {
        "client_id": client.client_id,
        "response_type": "code",
        "scope": scope,
        "redirect_uri": "https://k.example/cb",
    }
    answer = await http.get("/oauth/authorize", params=query)
    assert (answer.status_code == 200) is allowed


@pytest.mark.parametrize(
    ("kind", "scope", "allowed"),
    [
        ("premium", "/webhook", True),
        ("member", "/webhook", False),
        ("member", "/group-id-record/update", True),
        ("public", "/group-id-record/read", False),
        ("public", "/read-public", True),
        ("creator", "/orcid-profile/create", True),
        ("premium", "/premium-notification", False),
    ],
)
async def test_2_7_client_scopes_by_kind(
    sim: Simulator, http: httpx.AsyncClient, kind: str, scope: str, allowed: bool
) -> None:
    """Client credentials give the two-legged scopes of the client's kind."""
    client = sim.add_client(kind, "K")
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "scope": scope,
    }
    answer = await http.post("/oauth/token", data=form)
    assert (answer.status_code == 200) is allowed


@pytest.mark.parametrize(
    ("scope", "path", "body", "status"),
    [
        ("/orcid-works/create", "/work", bodies.work(), 201),
        ("/orcid-works/update", "/work", bodies.work(), 201),
        ("/funding/create", "/funding", bodies.funding(), 201),
        ("/orcid-grants/create", "/funding", bodies.funding(), 201),
        ("/peer-review/create", "/peer-review", bodies.review(), 201),
        ("/affiliations/create", "/employment", bodies.affiliation(), 201),
        ("/affiliations/create", "/research-resource", bodies.resource(), 201),
        ("/person/update", "/keywords", {"content": "k"}, 201),
        ("/orcid-bio/update", "/keywords", {"content": "k"}, 201),
        ("/orcid-bio/external-identifiers/create", "/keywords", {"content": "k"}, 403),
        ("/funding/create", "/work", bodies.work(), 403),
        ("/person/update", "/work", bodies.work(), 403),
        (UPDATE, "/keywords", {"content": "k"}, 403),
        ("/read-limited", "/work", bodies.work(), 403),
    ],
)
async def test_2_7_what_scopes_grant(
    sim: Simulator,
    http: httpx.AsyncClient,
    ada: Person,
    journal: str,
    scope: str,
    path: str,
    body: dict[str, Any],
    status: int,
) -> None:
    """Legacy and current scopes open the sections they stand for; the others are 403/9038."""
    caller = Caller(http, sim.issue_token(journal, ada.orcid, scope), ada.orcid)
    answer = await caller.post(path, body)
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["error-code"] == 9038
        assert answer.json()["developer-message"].startswith("409 Conflict")


async def test_2_7_create_scopes_do_not_change_or_delete(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """A create scope neither updates nor deletes."""
    caller = Caller(http, sim.issue_token(journal, ada.orcid, "/orcid-works/create"), ada.orcid)
    code = await caller.created("/work", bodies.work())
    changed = bodies.work("10.5555/x", "U") | {"put-code": code}
    for answer in (
        await caller.put(f"/work/{code}", changed),
        await caller.delete(f"/work/{code}"),
    ):
        assert (answer.status_code, answer.json()["error-code"]) == (403, 9038)
