"""The web app below the mount point: one route table, and what stands around it."""

from collections.abc import Awaitable, Callable
from os import PathLike, stat_result

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from orcid_connect.errors import OrcidConnectError
from orcid_connect.services import Services
from orcid_connect.web.admin import Admin
from orcid_connect.web.admin_guard import AdminGuard
from orcid_connect.web.button import Button
from orcid_connect.web.callback import Callback
from orcid_connect.web.connect import Connecting
from orcid_connect.web.deciding import Deciding
from orcid_connect.web.display import Display
from orcid_connect.web.doors import Doors
from orcid_connect.web.embed import embed
from orcid_connect.web.errors import ErrorAnswers
from orcid_connect.web.facts import Me
from orcid_connect.web.folders import locate
from orcid_connect.web.gallery import Gallery
from orcid_connect.web.headers import Guard
from orcid_connect.web.health import Health
from orcid_connect.web.metrics import Metrics
from orcid_connect.web.my import MyOrcid
from orcid_connect.web.prefill import Prefilling
from orcid_connect.web.recent import Recent
from orcid_connect.web.redeeming import Redeeming
from orcid_connect.web.signin import SigningIn
from orcid_connect.web.tickets import TicketOffice

STATIC_SECONDS = 3600


def build_app(
    get_services: Callable[[], Awaitable[Services]], wake: Callable[[], None]
) -> Starlette:
    """Return the app; `wake` rings the engine when something has become due."""
    return app_behind(Doors(get_services, wake))


def app_behind(doors: Doors) -> Starlette:
    """Return the app behind these doors."""
    answer_error = ErrorAnswers(doors.pages)
    recent = Recent()
    connecting, button = Connecting(doors), Button(doors)
    redeeming, my, deciding = Redeeming(doors), MyOrcid(doors), Deciding(doors)
    signing_in = SigningIn(doors)
    admin, metrics = Admin(doors, recent), Metrics(doors, recent)
    app = Starlette(
        routes=[
            # For the person signed in at the host:
            Route("/connect", redeeming.before("connect", connecting.leave), methods=["GET"]),
            Route("/callback", Callback(doors, signing_in).come_back, methods=["GET"]),
            Route("/disconnect", connecting.disconnect, methods=["POST"]),
            Route("/me", Me(doors).show, methods=["GET"]),
            Route("/my", redeeming.before("my", my.show), methods=["GET"]),
            Route("/my/asking", deciding.asking, methods=["POST"]),
            Route("/my/{id}/remove", deciding.ask_once_more, methods=["GET"]),
            Route("/my/{id}/{deed}", deciding.decide, methods=["POST"]),
            Route("/continue", redeeming.agree, methods=["POST"]),
            # For hosts that sign:
            Route("/tickets", TicketOffice(doors).issue, methods=["POST"]),
            Route("/prefill", Prefilling(doors).show, methods=["GET"]),
            # For those whom the host lets administer:
            Route("/admin", admin.without_slash, methods=["GET"]),
            _administration(admin, doors),
            Route("/gallery", Gallery(doors).show, methods=["GET"]),
            Route("/metrics", metrics.show, methods=["GET"]),
            # For everybody:
            Route("/signin", signing_in.leave, methods=["GET"]),
            Route("/button", button.show, methods=["GET"]),
            Route("/embed.js", embed, methods=["GET"]),
            Route("/display/{orcid}", Display(doors).show, methods=["GET"]),
            Route("/healthz", Health(doors).show, methods=["GET"]),
            Mount("/static", Assets(directory=locate("templates") / "static"), name="static"),
        ],
        middleware=[Middleware(Guard, answer_error=answer_error)],
        exception_handlers={HTTPException: answer_error, OrcidConnectError: answer_error},
    )
    # With a slash too many it would send people, and their forms, to where the Host header says.
    app.router.redirect_slashes = False
    return app


def _administration(admin: Admin, doors: Doors) -> Mount:
    """Return the routes behind the one guard."""
    inside = Router(
        routes=[
            Route("/", admin.overview, methods=["GET"]),
            Route("/deliveries", admin.listing, methods=["GET"]),
            Route("/deliveries.csv", admin.download, methods=["GET"]),
            Route("/deliveries/{id}", admin.delivery, methods=["GET"]),
            Route("/deliveries/{id}/{deed}", admin.forms.act, methods=["POST"]),
            Route("/coverage", admin.coverage, methods=["GET"]),
            Route("/pause", admin.forms.pause, methods=["POST"]),
            Route("/resume", admin.forms.resume, methods=["POST"]),
        ],
        redirect_slashes=False,
    )
    guard = Middleware(AdminGuard, get_services=doors.get_services)
    return Mount("/admin", inside, middleware=[guard])


class Assets(StaticFiles):
    """Our style sheet, icon and scripts; alone among our answers they may be kept."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return one file."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response
