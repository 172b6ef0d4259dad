"""The authorization page: sign in, see who asks for what, say yes or no (REGISTRY 2.1, 2.5)."""

from urllib.parse import parse_qsl, urlencode

from orcid_connect.simulator.core import Core
from orcid_connect.simulator.entities import Person
from orcid_connect.simulator.oauth import tokens
from orcid_connect.simulator.oauth.authorize import (
    AuthorizationRequest,
    PageError,
    RedirectError,
    approve,
    deny,
    judge,
)
from orcid_connect.simulator.pages.rendering import page, problem_page
from orcid_connect.simulator.pages.sessions import current_person
from orcid_connect.simulator.pages.signing_in import form, registration_form
from orcid_connect.simulator.wire import Answer, Call, redirect

# What each scope means to the person who is asked for it.
MEANINGS = {
    "/authenticate": "Get your ORCID iD",
    "openid": "Get your ORCID iD",
    "/read-limited": "Read your information with visibility set to Trusted Parties",
    "/activities/read-limited": "Read your activities shown to Trusted Parties",
    "/person/read-limited": "Read your biographical information shown to Trusted Parties",
    "/activities/update": "Add or update your research activities (works, affiliations, reviews)",
    "/person/update": "Add or update other information about you (links, keywords, other names)",
    "/email/read-private": "Read your e-mail addresses",
}


def show(core: Core, call: Call) -> Answer:
    """Answer `GET /oauth/authorize`."""
    try:
        request = judge(core.world, call.arguments)
    except PageError as problem:
        return problem_page(problem.code, problem.sentence)
    except RedirectError as problem:
        return redirect(problem.location, f"refused by redirect: {problem.code}")
    call.client_id = request.client.client_id
    person = current_person(core, call)
    if "none" in request.prompt:
        return _without_a_page(core, request, person)
    if person is None or "login" in request.prompt or _too_long_ago(core, request, person):
        return _sign_in(call, request)
    call.orcid = person.orcid
    if "confirm" not in request.prompt and _has_agreed(core, request, person):
        location = approve(core.world, core.keys, request, person)
        return redirect(location, "agreed before: sent back at once")
    return _consent_page(call, request, person)


def _without_a_page(core: Core, request: AuthorizationRequest, person: Person | None) -> Answer:
    if person is None:
        return redirect(request.refusal("login_required"), "refused by redirect: login_required")
    if not _has_agreed(core, request, person):
        location = request.refusal("interaction_required")
        return redirect(location, "refused by redirect: interaction_required")
    location = approve(core.world, core.keys, request, person)
    return redirect(location, "agreed before: sent back without a page")


def _has_agreed(core: Core, request: AuthorizationRequest, person: Person) -> bool:
    return tokens.has_consent(core.world, request.client, person.orcid, request.scopes)


def _too_long_ago(core: Core, request: AuthorizationRequest, person: Person) -> bool:
    if request.max_age is None:
        return False
    return core.clock.now() - person.last_sign_in > request.max_age


def _sign_in(call: Call, request: AuthorizationRequest) -> Answer:
    here = f"/oauth/authorize?{call.query}"
    arguments = call.arguments
    if arguments.get("show_login", "").lower() == "false":
        return registration_form(
            here,
            given=arguments.get("given_names", ""),
            family=arguments.get("family_names", ""),
            email=arguments.get("email", ""),
            client=request.client.name,
        )
    username = arguments.get("orcid") or arguments.get("email") or ""
    return form(here, username=username, client=request.client.name)


def _consent_page(call: Call, request: AuthorizationRequest, person: Person) -> Answer:
    meanings = list(dict.fromkeys(MEANINGS.get(scope, scope) for scope in request.scopes))
    return page(
        "consent.html",
        "consent page",
        client=request.client,
        person=person,
        scopes=request.scopes,
        meanings=meanings,
        request=call.query,
        sign_out=f"/signout?{urlencode({'return_to': f'/oauth/authorize?{call.query}'})}",
    )


def decide(core: Core, call: Call) -> Answer:
    """Take the consent form."""
    arguments = dict(parse_qsl(call.form.get("request", ""), keep_blank_values=True))
    try:
        request = judge(core.world, arguments)
    except PageError as problem:
        return problem_page(problem.code, problem.sentence)
    except RedirectError as problem:
        return redirect(problem.location, f"refused by redirect: {problem.code}")
    call.client_id = request.client.client_id
    person = current_person(core, call)
    if person is None:
        call.query = call.form.get("request", "")
        return _sign_in(call, request)
    call.orcid = person.orcid
    if call.form.get("decision") != "authorize":
        return redirect(deny(request), "the person said no", 303)
    location = approve(core.world, core.keys, request, person)
    return redirect(location, "the person agreed", 303)
