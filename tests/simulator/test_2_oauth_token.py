"""REGISTRY 2.3 and 2.4: the token endpoint and revocation."""

import base64
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator.callers import CALLBACK, UPDATE, Caller

pytestmark = pytest.mark.anyio


def secret_of(sim: Simulator, client_id: str) -> str:
    """The secret of a client."""
    return sim.world.clients[client_id].client_secret


async def post_token(
    sim: Simulator,
    http: httpx.AsyncClient,
    client: str,
    path: str = "/oauth/token",
    /,
    **form: str,
) -> httpx.Response:
    """Ask the token endpoint as this client."""
    credentials = {"client_id": client, "client_secret": secret_of(sim, client)}
    return await http.post(path, data=credentials | form)


async def exchange(
    sim: Simulator, http: httpx.AsyncClient, client_id: str, code: str, **form: str
) -> httpx.Response:
    """Exchange a code."""
    fixed = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return await post_token(sim, http, client_id, **(fixed | form))


async def refresh(
    sim: Simulator, http: httpx.AsyncClient, client_id: str, token: str, **form: str
) -> httpx.Response:
    """Use a refresh token."""
    fixed = {"grant_type": "refresh_token", "refresh_token": token}
    return await post_token(sim, http, client_id, **(fixed | form))


def assert_error(answer: httpx.Response, status: int, error: str) -> None:
    """The answer is this OAuth error."""
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error), answer.text
    assert set(body) == {"error", "error_description"}


async def test_a_code_becomes_a_token_of_twenty_years(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """A code gives a bearer token for twenty years with the bare iD and the public name."""
    code = sim.grant(journal, ada.orcid, f"{UPDATE} /read-limited", CALLBACK)
    answer = await exchange(sim, http, journal, code)
    body = answer.json()
    assert answer.status_code == 200
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 631138518
    assert (body["orcid"], body["name"]) == (ada.orcid, "Ada Lovelace")
    assert set(body["scope"].split()) == {UPDATE, "/read-limited"}
    assert "id_token" not in body
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    assert answer.headers["oauth_authorization_code_exchange"] == "ON"
    assert len(code) == 6


async def test_the_name_is_null_when_it_is_not_public(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """A hidden name does not travel with the token."""
    sim.change_person(ada.orcid, name_visibility="limited")
    code = sim.grant(journal, ada.orcid, "/authenticate", CALLBACK)
    assert (await exchange(sim, http, journal, code)).json()["name"] is None


async def test_a_replayed_code_kills_the_tokens_made_of_it(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, ada: Person, journal: str
) -> None:
    """Replaying a code is refused and revokes what it gave; a third try finds no such code."""
    code = sim.grant(journal, ada.orcid, UPDATE, CALLBACK)
    given = (await exchange(sim, http, journal, code)).json()
    replayed = await exchange(sim, http, journal, code)
    assert_error(replayed, 400, "invalid_grant")
    assert replayed.json()["error_description"].startswith("Reused authorization code")
    headers = {"authorization": f"Bearer {given['access_token']}", "accept": "application/json"}
    read = await http.get(f"/api/v3.0/{ada.orcid}/works", headers=headers)
    assert (read.status_code, read.json()["error"]) == (401, "invalid_token")
    third = await exchange(sim, http, journal, code)
    assert third.json()["error_description"] == f"Invalid authorization code: {code}"
    assert (await member.get("/works")).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error", "used_up"),
    [
        ({"code": "nosuch"}, 400, "invalid_grant", False),
        ({"scope": "/person/update"}, 400, "invalid_scope", False),
        ({"redirect_uri": "https://journal.example/elsewhere"}, 500, "server_error", True),
        ({"redirect_uri": ""}, 500, "server_error", True),
        ({"code": ""}, 500, "server_error", False),
    ],
)
async def test_codes_are_refused(
    sim: Simulator,
    http: httpx.AsyncClient,
    ada: Person,
    journal: str,
    form: dict[str, str],
    status: int,
    error: str,
    used_up: bool,
) -> None:
    """Each fault has its error; a wrong redirect URI is found only after the code is used up."""
    code = sim.grant(journal, ada.orcid, UPDATE, CALLBACK)
    assert_error(await exchange(sim, http, journal, **({"code": code} | form)), status, error)
    again = await exchange(sim, http, journal, code)
    assert again.status_code == (400 if used_up else 200)


async def test_an_expired_code_is_refused(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """A code lives for a day."""
    code = sim.grant(journal, ada.orcid, UPDATE, CALLBACK)
    sim.clock.move(24 * 3600)
    assert_error(await exchange(sim, http, journal, code), 400, "invalid_request")


async def test_another_clients_code_is_used_up_and_refused(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str, other: str
) -> None:
    """A code tried by another client is a server error, and gone."""
    code = sim.grant(journal, ada.orcid, UPDATE, CALLBACK)
    stolen = await exchange(sim, http, other, code)
    assert_error(stolen, 500, "server_error")
    assert stolen.json()["error_description"] == "Client ID mismatch"
    assert (await exchange(sim, http, journal, code)).status_code == 400


async def test_a_narrower_scope_can_be_asked_for(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """The token request may name fewer scopes than were granted."""
    code = sim.grant(journal, ada.orcid, f"{UPDATE} /read-limited", CALLBACK)
    answer = await exchange(sim, http, journal, code, scope="/read-limited")
    assert answer.json()["scope"] == "/read-limited"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "APP-0000000000000000"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_request"),
        ({"client_secret": ""}, 401, "invalid_request"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 401, "invalid_request"),
    ],
)
async def test_the_site_refuses_bad_requests(
    sim: Simulator,
    http: httpx.AsyncClient,
    journal: str,
    form: dict[str, str],
    status: int,
    error: str,
) -> None:
    """Bad credentials and missing parameters have the site's own statuses."""
    base = {"grant_type": "client_credentials", "scope": "/read-public"}
    assert_error(await post_token(sim, http, journal, **(base | form)), status, error)


@pytest.mark.parametrize("path", ["/api/oauth/token", "/pub/oauth/token"])
@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": ""},
        {"client_id": ""},
        {"client_id": "A" * 51},
        {"client_secret": ""},
        {"client_secret": "s" * 101},
    ],
)
async def test_the_api_hosts_answer_400_instead(
    sim: Simulator, http: httpx.AsyncClient, journal: str, path: str, form: dict[str, str]
) -> None:
    """The token endpoint of the API hosts refuses missing or overlong parameters with 400."""
    base = {"grant_type": "client_credentials", "scope": "/read-public"}
    answer = await post_token(sim, http, journal, path, **(base | form))
    assert_error(answer, 400, "invalid_request")


async def test_basic_authentication_replaces_the_form(
    sim: Simulator, http: httpx.AsyncClient, journal: str
) -> None:
    """An Authorization header decides alone: Basic works, Bearer makes good form fields void."""
    form = {"grant_type": "client_credentials", "scope": "/read-public"}
    pair = base64.b64encode(f"{journal}:{secret_of(sim, journal)}".encode()).decode()
    basic = {"authorization": f"Basic {pair}"}
    assert (await http.post("/oauth/token", data=form, headers=basic)).status_code == 200
    full = form | {"client_id": journal, "client_secret": secret_of(sim, journal)}
    bearer = {"authorization": "Bearer something"}
    refused = await http.post("/oauth/token", data=full, headers=bearer)
    assert_error(refused, 401, "invalid_client")


@pytest.mark.parametrize("state", ["locked", "deactivated"])
async def test_closed_clients_get_no_token(
    sim: Simulator, http: httpx.AsyncClient, journal: str, state: str
) -> None:
    """A locked or deactivated client is refused."""
    sim.world.clients[journal].state = state
    form = {"grant_type": "client_credentials", "scope": "/read-public"}
    assert_error(await post_token(sim, http, journal, **form), 400, "unauthorized_client")


@pytest.mark.parametrize("state", ["locked", "deactivated", "deprecated"])
async def test_closed_records_give_no_token(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str, state: str
) -> None:
    """A code of a record that was closed since is refused."""
    code = sim.grant(journal, ada.orcid, UPDATE, CALLBACK)
    primary = sim.add_person("Primary").orcid
    sim.set_state(ada.orcid, state, primary=primary)
    assert_error(await exchange(sim, http, journal, code), 400, "unauthorized_client")


async def first_token(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> dict[str, Any]:
    """A token of Ada's for the journal, with its refresh token."""
    code = sim.grant(journal, ada.orcid, f"{UPDATE} /read-limited", CALLBACK)
    body: dict[str, Any] = (await exchange(sim, http, journal, code)).json()
    return body


async def test_refreshing_revokes_the_old_token_by_default(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """A refresh gives new tokens with the parent's expiry and disables the parent."""
    parent = await first_token(sim, http, ada, journal)
    sim.clock.move(1000)
    child = (await refresh(sim, http, journal, parent["refresh_token"])).json()
    assert child["expires_in"] == 631138518 - 1000
    assert child["refresh_token"] != parent["refresh_token"]
    headers = {"authorization": f"Bearer {parent['access_token']}", "accept": "application/json"}
    assert (await http.get(f"/api/v3.0/{ada.orcid}/works", headers=headers)).status_code == 401
    again = await refresh(sim, http, journal, parent["refresh_token"])
    assert_error(again, 400, "unauthorized_client")
    assert again.json()["error_description"] == "Parent token is disabled"


async def test_revoke_old_false_keeps_the_old_token(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """With revoke_old=false parent and child both live, and the parent refreshes again."""
    parent = await first_token(sim, http, ada, journal)
    form = {"revoke_old": "false", "expires_in": "600", "scope": "/read-limited"}
    child = await refresh(sim, http, journal, parent["refresh_token"], **form)
    assert (child.json()["expires_in"], child.json()["scope"]) == (599, "/read-limited")
    again = await refresh(sim, http, journal, parent["refresh_token"])
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"refresh_token": "unknown"}, "unauthorized_client"),
        ({"expires_in": "700000000"}, "invalid_request"),
        ({"expires_in": "soon"}, "invalid_request"),
        ({"scope": "/person/update"}, "invalid_scope"),
    ],
)
async def test_refresh_faults(
    sim: Simulator,
    http: httpx.AsyncClient,
    ada: Person,
    journal: str,
    form: dict[str, str],
    error: str,
) -> None:
    """Each fault of a refresh has its error and leaves the parent alone."""
    parent = await first_token(sim, http, ada, journal)
    sent = {"refresh_token": parent["refresh_token"], "grant_type": "refresh_token"} | form
    assert_error(await post_token(sim, http, journal, **sent), 400, error)
    assert (await refresh(sim, http, journal, parent["refresh_token"])).status_code == 200


async def test_a_refresh_token_is_its_clients_own_and_dies_with_its_token(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str, other: str
) -> None:
    """Another client cannot refresh, and nobody can after the access token expired."""
    parent = await first_token(sim, http, ada, journal)
    stolen = await refresh(sim, http, other, parent["refresh_token"])
    assert_error(stolen, 400, "invalid_request")
    sim.clock.move(631138520)
    late = await refresh(sim, http, journal, parent["refresh_token"])
    assert_error(late, 400, "unauthorized_client")


async def test_client_credentials(sim: Simulator, http: httpx.AsyncClient, journal: str) -> None:
    """A client token has no record and no name, lives twenty years, and keeps only its scopes."""
    form = {"grant_type": "client_credentials", "scope": "/read-public /activities/update"}
    body = (await post_token(sim, http, journal, **form)).json()
    assert body["orcid"] is None
    assert "name" not in body
    assert body["scope"] == "/read-public"
    assert body["refresh_token"]
    assert body["expires_in"] == 631138518


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("", 400),
        ("/activities/update", 400),  # nothing left
        ("/webhook", 400),  # not this client's
        ("/no-such-scope", 401),
    ],
)
async def test_client_credential_scopes(
    sim: Simulator, http: httpx.AsyncClient, journal: str, scope: str, status: int
) -> None:
    """Scopes that cannot be had are invalid_scope: 400 when known, 401 when unknown."""
    form = {"grant_type": "client_credentials", "scope": scope}
    assert_error(await post_token(sim, http, journal, **form), status, "invalid_scope")


async def test_revoking_is_always_200(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, journal: str, other: str
) -> None:
    """Revocation answers 200 for any token, and disables only the client's own."""

    async def revoke(client_id: str, token: str) -> httpx.Response:
        form = {"client_id": client_id, "client_secret": secret_of(sim, client_id), "token": token}
        return await http.post("/oauth/revoke", data=form)

    for client_id, token in [(other, member.token), (journal, "unknown")]:
        answer = await revoke(client_id, token)
        assert (answer.status_code, answer.content) == (200, b"")
        assert (await member.get("/works")).status_code == 200
    assert (await revoke(journal, member.token)).headers["oauth_token_validation"] == "ON"
    assert (await member.get("/works")).status_code == 401
    assert (await member.delete("/work/1")).status_code == 401
    assert (await revoke(journal, member.token)).status_code == 200
    wrong = {"client_id": journal, "client_secret": "wrong", "token": member.token}
    assert (await http.post("/oauth/revoke", data=wrong)).status_code == 401


async def test_revoking_by_refresh_token_spares_the_siblings(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, member: Caller, journal: str
) -> None:
    """A refresh token revokes its own pair and no other token of the client."""
    given = await first_token(sim, http, ada, journal)
    secret = secret_of(sim, journal)
    form = {"client_id": journal, "client_secret": secret, "token": given["refresh_token"]}
    await http.post("/oauth/revoke", data=form)
    gone = Caller(http, given["access_token"], ada.orcid)
    assert (await gone.get("/works")).status_code == 401
    assert (await member.get("/works")).status_code == 200
