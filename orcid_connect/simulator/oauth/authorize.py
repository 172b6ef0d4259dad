"""The authorization request: judged, then approved or refused in the right place (REGISTRY 2.1)."""

from dataclasses import dataclass

from orcid_connect.simulator.entities import PERSISTENT_SECONDS, Client, Person
from orcid_connect.simulator.oauth import scopes, tokens
from orcid_connect.simulator.oauth.redirects import is_registered, with_parameters
from orcid_connect.simulator.oauth.signing import SigningKeys, make_id_token
from orcid_connect.simulator.world import World

RESPONSE_TYPES = frozenset({"code", "token", "id_token"})
REQUIRED = ("client_id", "response_type", "scope", "redirect_uri")
_BROWSER_SCOPES = frozenset({scopes.OPENID, scopes.AUTHENTICATE, scopes.READ_PUBLIC})


class PageError(Exception):
    """A fault that is shown on the registry's own page and never redirected."""

    def __init__(self, code: str, sentence: str) -> None:
        """Show this error code with this sentence."""
        super().__init__(code)
        self.code = code
        self.sentence = sentence


class RedirectError(Exception):
    """A fault that is sent back to the client."""

    def __init__(self, location: str, code: str) -> None:
        """Send the browser to `location`."""
        super().__init__(code)
        self.location = location
        self.code = code


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that stood the checks."""

    client: Client
    implicit: bool
    scopes: tuple[str, ...]
    redirect_uri: str
    state: str | None
    nonce: str | None
    prompt: frozenset[str]
    max_age: int | None

    def refusal(self, error: str, description: str | None = None) -> str:
        """Give the address that tells the client of a refusal."""
        parameters = {"error": error}
        if description:
            parameters["error_description"] = description
        return self.back(parameters)

    def back(self, parameters: dict[str, str]) -> str:
        """Give the client's address with these parameters and the state."""
        if self.state is not None:
            parameters = {**parameters, "state": self.state}
        return with_parameters(self.redirect_uri, parameters, fragment=self.implicit)


def judge(world: World, arguments: dict[str, str]) -> AuthorizationRequest:
    """Check an authorization request; raise PageError or RedirectError."""
    for name in REQUIRED:
        if not arguments.get(name, "").strip():
            raise PageError("oauth_error", f"The parameter {name} is missing.")
    client = _client(world, arguments["client_id"])
    redirect_uri = arguments["redirect_uri"].strip()
    if not is_registered(client, redirect_uri):
        raise PageError("invalid_grant", _unregistered(client, redirect_uri))
    wanted = set(arguments["response_type"].split())
    if not wanted or not wanted <= RESPONSE_TYPES:
        raise PageError("unsupported_response_type", "This response_type is not supported.")
    asked = [each for each in scopes.split(arguments["scope"]) if each not in scopes.IGNORED]
    openid = scopes.OPENID in asked
    request = AuthorizationRequest(
        client=client,
        implicit=bool(wanted & {"token", "id_token"}),
        scopes=tuple(asked),
        redirect_uri=redirect_uri,
        state=arguments.get("state"),
        nonce=arguments.get("nonce"),
        prompt=frozenset(arguments.get("prompt", "").split()) if openid else frozenset(),
        max_age=_max_age(arguments),
    )
    _check_scopes(world, request)
    if "id_token" in wanted and not request.nonce:
        raise PageError("invalid_request", "An implicit request for an id_token needs a nonce.")
    return request


def _unregistered(client: Client, redirect_uri: str) -> str:
    known = ", ".join(client.redirect_uris) or "none"
    return (
        f"The redirect_uri {redirect_uri} is not one this client registered, which are: {known}. "
        f"Start the simulator with --redirect-uri {redirect_uri} to register it too."
    )


def _client(world: World, client_id: str) -> Client:
    client = world.clients.get(client_id.strip())
    if client is None:
        raise PageError("invalid_client", "There is no client with this client_id.")
    if client.state != "active":
        raise PageError(f"client_{client.state}", f"This client is {client.state}.")
    return client


def _max_age(arguments: dict[str, str]) -> int | None:
    text = arguments.get("max_age", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise PageError("invalid_request", "max_age is not a number of seconds.")
    return int(text)


def _check_scopes(world: World, request: AuthorizationRequest) -> None:
    allowed = scopes.allowed_for(request.client) - scopes.TWO_LEGGED
    wrong = [scope for scope in request.scopes if scope not in allowed]
    if not wrong and request.scopes:
        return
    sentence = f"Invalid scope: {' '.join(wrong)}" if wrong else "No scope was asked for"
    if world.settings.invalid_scope == "page":
        raise PageError("invalid_scope", f"{sentence}.")
    raise RedirectError(request.refusal("invalid_scope", sentence), "invalid_scope")


def deny(request: AuthorizationRequest) -> str:
    """Give the address for a person who said no."""
    return request.refusal("access_denied", "User denied access")


def approve(world: World, keys: SigningKeys, request: AuthorizationRequest, person: Person) -> str:
    """Give the address for a person who said yes: with a code, or with tokens."""
    if request.implicit:
        return request.back(_implicit_parameters(world, keys, request, person))
    code = tokens.issue_code(
        world, request.client, person.orcid, request.scopes, request.redirect_uri, request.nonce
    )
    return request.back({"code": code.value})


def _implicit_parameters(
    world: World, keys: SigningKeys, request: AuthorizationRequest, person: Person
) -> dict[str, str]:
    now = world.clock.now()
    if not _BROWSER_SCOPES.issuperset(request.scopes):
        # The powerful token never reaches the browser: it is kept here for token exchange.
        tokens.issue_token(
            world,
            request.client,
            person.orcid,
            request.scopes,
            expires=now + PERSISTENT_SECONDS,
            hidden=True,
        )
    token = tokens.issue_token(
        world,
        request.client,
        person.orcid,
        _browser_scopes(request),
        expires=now + tokens.IMPLICIT_SECONDS,
        refreshable=False,
    )
    parameters = {
        "access_token": token.value,
        "token_type": "bearer",
        "expires_in": str(tokens.IMPLICIT_SECONDS - 1),
        "tokenVersion": "1",
        "persistent": "false",
    }
    if scopes.OPENID in request.scopes:
        parameters["id_token"] = make_id_token(
            world, keys, request.client, person, access_token=token.value, nonce=request.nonce
        )
    return {**parameters, "scope": " ".join(token.scopes)}


def _browser_scopes(request: AuthorizationRequest) -> list[str]:
    allowed = scopes.expand(request.scopes) & _BROWSER_SCOPES
    if _BROWSER_SCOPES.issuperset(request.scopes):
        return list(request.scopes)
    return sorted(allowed)
