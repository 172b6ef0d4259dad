"""What a host's server runs in the bench of connecting: ours and a minimal application.

The minimal one is what a host writes by itself with Starlette and Authlib: it sends people to
ORCID, takes them back, verifies who they are, and keeps the iD in a session cookie.
"""

from typing import Any

from authlib.integrations.starlette_client import OAuth
from authlib.oidc.core import CodeIDToken
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from orcid_connect import Credential, OrcidConnect, Person, Settings, hookimpl
from tests.bench.servers import Host
from tests.support.keys import SECRET_KEY

PUBLIC = "http://journal.test"
"""Where people reach the server, in the words of its redirect URIs."""
OURS, MINIMAL = "/orcid", "/minimal"
SCOPE = "openid /read-limited /activities/update"


class Accounts:
    """The host's own sign-in: a header that names the account."""

    @hookimpl
    def orcid_current_person(self, request: Request) -> Person | None:
        return Person(tenant="rivers", key=request.headers["x-account"])


class OrcidIdToken(CodeIDToken):  # type: ignore[misc]
    """ORCID's `amr` is a text where OpenID Connect asks for a list (REGISTRY.md 13.17)."""

    def validate_amr(self) -> None:
        """Accept it as it is."""


def host_app(host: Host) -> Starlette:
    """Return one application with both below their prefixes."""
    ours = OrcidConnect(_settings(host), plugins=[Accounts()])
    return Starlette(routes=[Mount(OURS, ours), Mount(MINIMAL, minimal_app(host))])


def _settings(host: Host) -> Settings:
    credential = Credential(
        client_id=host.client_id,
        client_secret=host.client_secret,
        environment="simulator",
        site_url=host.site,
    )
    return Settings(
        public_url=f"{PUBLIC}{OURS}",
        secret_keys=[SECRET_KEY],
        credentials=[credential],
        database=host.database,
        load_plugins=False,
        engine="off",
    )


def minimal_app(host: Host) -> Starlette:
    """Return the smallest application that connects people with Starlette and Authlib."""
    oauth: Any = OAuth()
    oauth.register(
        "orcid",
        client_id=host.client_id,
        client_secret=host.client_secret,
        server_metadata_url=f"{host.site}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE},
    )

    async def connect(request: Request) -> Response:
        answer: Response = await oauth.orcid.authorize_redirect(
            request, f"{PUBLIC}{MINIMAL}/callback"
        )
        return answer

    async def callback(request: Request) -> Response:
        token = await oauth.orcid.authorize_access_token(request, claims_cls=OrcidIdToken)
        request.session["orcid"] = token["orcid"]
        return PlainTextResponse(f"connected as {token['orcid']}")

    return Starlette(
        routes=[Route("/connect", connect), Route("/callback", callback)],
        middleware=[Middleware(SessionMiddleware, secret_key=SECRET_KEY)],
    )
