"""The OAuth side of the registry, against the simulator and against answers that should not be."""

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.errors import RegistryError, RegistryRefusal, RegistryUnreadable
from orcid_connect.registry.idtokens import SigningKeys
from orcid_connect.registry.oauth import OAuth, Prefill, TokenAnswer
from orcid_connect.registry.transport import Transport
from orcid_connect.settings import Credential
from orcid_connect.simulator import SimClock, Simulator, serving

pytestmark = pytest.mark.anyio

REDIRECT_URI = "http://journal.test/orcid/callback"
SCOPES = "openid /read-limited /activities/update"


class Far:
    """ORCID as the simulator plays it, our client there, and a person."""

    def __init__(self, sim: Simulator, credential: Credential, oauth: OAuth) -> None:
        self.sim, self.credential, self.oauth = sim, credential, oauth
        self.ada = sim.add_person("Ada", "Lovelace").orcid

    async def sign_in(self, *, scope: str = SCOPES, nonce: str = "a nonce") -> TokenAnswer:
        """Return the tokens of a person who agreed."""
        client_id = self.credential.client_id
        code = self.sim.grant(client_id, self.ada, scope, REDIRECT_URI, nonce=nonce)
        return await self.oauth.exchange(SecretStr(code), REDIRECT_URI)


@pytest.fixture
async def far(anyio_backend: str) -> AsyncIterator[Far]:
    """A simulator on a port."""
    sim = Simulator(clock=SimClock(1_790_000_000.0, frozen=True))
    client = sim.add_client("member", "A journal", [REDIRECT_URI])
    async with serving(sim) as base_url, Transport(10.0) as transport:
        credential = Credential(
            client_id=client.client_id,
            client_secret=client.client_secret,
            environment="simulator",
            site_url=base_url,
        )
        keys = SigningKeys()
        oauth = OAuth(transport, credential, clock=sim.clock.now, keys=keys)
        yield Far(sim, credential, oauth)


def test_authorize_url() -> None:
    """The address at ORCID carries what OAuth wants, escaped, and prefill only where known."""
    oauth = OAuth(Transport(1.0), _credential(), clock=lambda: 0.0)
    url = oauth.authorize_url(
        state="a state",
        nonce="a nonce",
        scopes=("openid", "/activities/update"),
        redirect_uri=REDIRECT_URI,
        prefill=Prefill(email="ada@example.org", given_names="Ada & Co", language="fr"),
    )
    parts = urlsplit(url)
    assert (
        f"{parts.scheme}://{parts.netloc}{parts.path}"
        == "https://sandbox.orcid.org/oauth/authorize"
    )
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["APP-0000000000000001"],
        "redirect_uri": [REDIRECT_URI],
        "scope": ["openid /activities/update"],
        "state": ["a state"],
        "nonce": ["a nonce"],
        "email": ["ada@example.org"],
        "given_names": ["Ada & Co"],
        "lang": ["fr"],
    }


async def test_exchange(far: Far) -> None:
    """A code becomes tokens with their scopes, expiry, name and iD."""
    answer = await far.sign_in()
    assert answer.scopes == frozenset(SCOPES.split())
    assert answer.orcid == far.ada
    assert answer.name == "Ada Lovelace"
    assert answer.expires_at is not None
    assert 0 <= 1_790_000_000 + 631_138_519 - answer.expires_at <= 2
    assert answer.refresh_token is not None
    assert answer.access_token.get_secret_value() not in repr(answer)


async def test_credentials_go_in_the_form(far: Far) -> None:
    """No Authorization header goes to the token endpoint: ORCID would drop the form's secret."""
    seen: list[Request] = []
    oauth = _oauth_against({"access_token": "t", "token_type": "bearer"}, seen=seen)
    await oauth.exchange(SecretStr("abc"), REDIRECT_URI)
    assert "authorization" not in seen[0].headers
    assert seen[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen[0].headers["accept"] == "application/json"
    assert parse_qs(seen[0].state.body) == {
        "client_id": ["APP-0000000000000001"],
        "client_secret": ["a secret & more+"],
        "grant_type": ["authorization_code"],
        "redirect_uri": [REDIRECT_URI],
        "code": ["abc"],
    }


async def test_verify(far: Far) -> None:
    """The id_token that comes with the tokens proves who signed in."""
    answer = await far.sign_in()
    identity = await far.oauth.verify(answer, "a nonce")
    assert identity.orcid == far.ada
    with pytest.raises(RegistryUnreadable, match="nonce"):
        await far.oauth.verify(answer, "another nonce")


async def test_key_rotation(far: Far) -> None:
    """After ORCID rotated its keys the next sign-in is verified with the new one."""
    await far.oauth.verify(await far.sign_in(), "a nonce")
    await far.oauth.verify(await far.sign_in(), "a nonce")
    fetched = [entry for entry in far.sim.journal() if entry["path"] == "/oauth/jwks"]
    assert len(fetched) == 1
    far.sim.rotate_keys()
    assert (await far.oauth.verify(await far.sign_in(), "a nonce")).orcid == far.ada


async def test_answer_without_identity(far: Far) -> None:
    """Without the openid scope there is no id_token, and nothing is proven."""
    answer = await far.sign_in(scope="/read-limited")
    with pytest.raises(RegistryUnreadable, match="who signed in"):
        await far.oauth.verify(answer, "a nonce")


async def test_parts_that_name_two_people(far: Far) -> None:
    """An id_token of one person beside the iD of another is not believed."""
    answer = await far.sign_in()
    other = TokenAnswer(
        **{name: getattr(answer, name) for name in TokenAnswer.__slots__ if name != "orcid"},
        orcid="0000-0002-1825-0097",
    )
    with pytest.raises(RegistryUnreadable, match="two different iDs"):
        await far.oauth.verify(other, "a nonce")


async def test_replayed_and_unknown_codes(far: Far) -> None:
    """A refused code is a refusal with the OAuth word, and the code is not in its text."""
    code = far.sim.grant(far.credential.client_id, far.ada, SCOPES, REDIRECT_URI, nonce="n")
    await far.oauth.exchange(SecretStr(code), REDIRECT_URI)
    for bad in (code, "unknwn"):
        with pytest.raises(RegistryRefusal) as raised:
            await far.oauth.exchange(SecretStr(bad), REDIRECT_URI)
        assert (raised.value.status, raised.value.code) == (400, "invalid_grant")
        assert bad not in str(raised.value)


async def test_wrong_secret(far: Far) -> None:
    """A wrong client secret is told as ORCID tells it."""
    wrong = far.credential.model_copy(update={"client_secret": SecretStr("wrong")})
    async with Transport(10.0) as transport:
        oauth = OAuth(transport, wrong)
        with pytest.raises(RegistryRefusal) as raised:
            await oauth.client_token("/read-public")
    assert (raised.value.status, raised.value.code) == (401, "invalid_client")


async def test_client_token(far: Far) -> None:
    """A client's own token belongs to no person."""
    answer = await far.oauth.client_token("/read-public")
    assert answer.orcid is None
    assert answer.scopes == {"/read-public"}


async def test_revoke(far: Far) -> None:
    """A revoked token is dead, and revoking again, or anything, is accepted by ORCID."""
    answer = await far.sign_in()
    await far.oauth.revoke(answer.access_token)
    assert [row.disabled for row in far.sim.world.tokens if row.orcid == far.ada] != [None]
    await far.oauth.revoke(answer.access_token)
    await far.oauth.revoke(SecretStr("never seen"))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<html>", "not JSON"),
        ("[]", "JSON object"),
        ("{}", "usable token"),
        ('{"access_token": ""}', "usable token"),
        ('{"access_token": 7}', "usable token"),
        ('{"access_token": "t", "token_type": "mac"}', "usable token"),
        ('{"access_token": "t", "orcid": "0000-0002-1825-0098"}', "an iD that is none"),
        ('{"access_token": "t", "orcid": 7}', "an iD that is none"),
    ],
)
async def test_unreadable_answers(body: str, sentence: str) -> None:
    """An answer that promises tokens and holds none is unreadable, whatever is wrong."""
    with pytest.raises(RegistryUnreadable, match=sentence):
        await _oauth_against(body).exchange(SecretStr("abc"), REDIRECT_URI)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (3600, 4600.0),
        ("3600", 4600.0),
        (3599.5, 4599.5),
        (0, None),
        (-1, None),
        (True, None),
        (None, None),
        ("soon", None),
        ("9" * 4301, None),
        (10**12, None),
    ],
)
async def test_expiry(given: object, expected: float | None) -> None:
    """A lifetime is kept as a time; nonsense is no lifetime, and never an error."""
    body = json.dumps({"access_token": "t", "expires_in": given})
    answer = await _oauth_against(body).exchange(SecretStr("abc"), REDIRECT_URI)
    assert answer.expires_at == expected


@pytest.mark.parametrize("name", ["", "  ", None, 7])
async def test_no_name(name: object) -> None:
    """A private name is no name, in whatever way it is left out."""
    body = {"access_token": "t", "name": name}
    answer = await _oauth_against(body).exchange(SecretStr("abc"), REDIRECT_URI)
    assert answer.name is None


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error": "invalid_grant", "error_description": "Reused code: abc"}, "invalid_grant"),
        (400, {"error": "abc"}, None),
        (400, {"error": "x_" * 40}, None),
        (400, {"error": "Invalid code ZZ9plu"}, None),
        (500, {"error": "server_error"}, "server_error"),
        (503, "busy", None),
        (429, "", None),
    ],
)
async def test_refusals(status: int, body: object, code: str | None) -> None:
    """A refusal keeps ORCID's word if it is a word, and never its text."""
    with pytest.raises(RegistryRefusal) as raised:
        await _oauth_against(body, status=status).exchange(SecretStr("abc"), REDIRECT_URI)
    assert (raised.value.status, raised.value.code) == (status, code)
    assert "ZZ9plu" not in str(raised.value)
    assert "Reused" not in str(raised.value)


async def test_redirects_are_not_followed() -> None:
    """A redirect of the token endpoint is no answer: the secret must not travel on."""
    with pytest.raises(RegistryError):
        await _oauth_against("", status=302).exchange(SecretStr("abc"), REDIRECT_URI)


def _credential() -> Credential:
    return Credential(
        client_id="APP-0000000000000001",
        client_secret=SecretStr("a secret & more+"),
        environment="sandbox",
    )


def _oauth_against(body: object, *, status: int = 200, seen: list[Request] | None = None) -> OAuth:
    """Return a client of an ORCID that always answers the same."""
    content = body if isinstance(body, str) else json.dumps(body)

    async def app(scope, receive, send):  # type: ignore[no-untyped-def]
        request = Request(scope, receive)
        request.state.body = (await request.body()).decode()
        if seen is not None:
            seen.append(request)
        response = Response(content, status, {"Location": "https://elsewhere.example/"})
        await response(scope, receive, send)

    transport = Transport(5.0, http=httpx.ASGITransport(app))
    return OAuth(transport, _credential(), clock=lambda: 1000.0)
