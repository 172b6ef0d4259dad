"""The registry's own site: OAuth endpoints and the pages people look at."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from orcid_connect.simulator.api.media import SERVED
from orcid_connect.simulator.core import Core
from orcid_connect.simulator.oauth import endpoints
from orcid_connect.simulator.oauth.grants import token_endpoint
from orcid_connect.simulator.orcid_ids import has_orcid_shape
from orcid_connect.simulator.pages import account, consent, record, signing_in
from orcid_connect.simulator.pages.rendering import not_found, style_sheet
from orcid_connect.simulator.wire import Answer, Call, json_answer, redirect

PageHandler: TypeAlias = Callable[[Core, Call], Answer]

ROUTES: Mapping[str, Mapping[str, PageHandler]] = {
    "/": {"GET": record.front_page},
    "/style.css": {"GET": lambda _core, _call: style_sheet()},
    "/.well-known/openid-configuration": {"GET": lambda core, _: endpoints.discovery(core.world)},
    "/oauth/jwks": {"GET": lambda core, _: endpoints.jwks(core.keys)},
    "/oauth/authorize": {"GET": consent.show, "POST": consent.decide},
    "/oauth/token": {"POST": lambda core, call: token_endpoint(core.world, core.keys, call)},
    "/api/oauth/token": {"POST": lambda core, call: token_endpoint(core.world, core.keys, call)},
    "/pub/oauth/token": {"POST": lambda core, call: token_endpoint(core.world, core.keys, call)},
    "/oauth/revoke": {"POST": lambda core, call: endpoints.revoke(core.world, call)},
    "/oauth2/revoke": {"POST": lambda core, call: endpoints.revoke(core.world, call)},
    "/oauth/userinfo": {
        "GET": lambda core, call: endpoints.userinfo(core.world, call),
        "POST": lambda core, call: endpoints.userinfo(core.world, call),
    },
    "/oauth2/introspect": {"POST": lambda core, call: endpoints.introspect(core.world, call)},
    "/signin": {"GET": signing_in.show, "POST": signing_in.sign_in},
    "/register": {"GET": signing_in.show_registration, "POST": signing_in.register},
    "/signout": {"GET": signing_in.sign_out},
    "/userStatus.json": {"GET": signing_in.user_status},
    "/account": {"GET": account.show},
    "/account/revoke": {"POST": account.revoke},
    "/account/remove": {"POST": account.remove},
}


def answer_site(core: Core, call: Call) -> Answer:
    """Answer a call outside the APIs."""
    methods = ROUTES.get(call.path)
    if methods is None:
        return _record_or_nothing(core, call)
    handler = methods.get("GET" if call.method == "HEAD" else call.method)
    if handler is None:
        allowed = ", ".join(sorted(methods))
        answer = json_answer(405, {"error": "method_not_allowed"}, "refused: wrong method (405)")
        answer.headers.append(("allow", allowed))
        return answer
    return handler(core, call)


def _wants_data(accept: str) -> bool:
    """Tell whether an iD's address is asked for the record as data rather than as a page."""
    first = accept.split(",")[0].split(";")[0].strip().lower()
    return first in SERVED


def _record_or_nothing(core: Core, call: Call) -> Answer:
    orcid = call.path.strip("/")
    if has_orcid_shape(orcid) and call.method in {"GET", "HEAD"}:
        call.orcid = orcid
        if _wants_data(call.headers.get("accept", "")):
            return redirect(f"{core.world.public_base}/v3.0/{orcid}", "sent to the Public API")
        return record.show(core, call)
    return not_found()
