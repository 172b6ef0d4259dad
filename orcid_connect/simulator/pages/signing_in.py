"""Signing in, registering and signing out."""

import hmac
from urllib.parse import parse_qsl, urlencode, urlsplit

from orcid_connect.simulator.core import Core
from orcid_connect.simulator.entities import Person
from orcid_connect.simulator.pages.rendering import page
from orcid_connect.simulator.pages.sessions import close_session, open_session
from orcid_connect.simulator.wire import Answer, Call, json_answer, redirect

CLOSED_SENTENCES = {
    "locked": "This record is locked. Nobody can sign in to it.",
    "deactivated": "This record was deactivated by its owner.",
    "deprecated": "This record was merged into another one. Please sign in with that one.",
    "unclaimed": "This record was made for somebody who has not claimed it yet.",
}
WRONG = "The iD or e-mail address and the password do not belong together."


def show(_core: Core, call: Call) -> Answer:
    """Show the sign-in form by itself."""
    return_to = _local(call.arguments.get("return_to", "/account"))
    return form(return_to, username=call.arguments.get("orcid", ""))


def form(return_to: str, *, username: str = "", client: str = "", problem: str = "") -> Answer:
    """Show the sign-in form on the way to `return_to`."""
    return page(
        "sign_in.html",
        "sign-in page" if not problem else "sign-in refused",
        200 if not problem else 401,
        return_to=return_to,
        username=username,
        client=client,
        problem=problem,
        register=f"/register?{urlencode({'return_to': return_to})}",
    )


def sign_in(core: Core, call: Call) -> Answer:
    """Take the sign-in form."""
    return_to = _local(call.form.get("return_to", "/account"))
    username = call.form.get("username", "").strip()
    client = call.form.get("client", "")
    person = find_person(core, username)
    password = call.form.get("password", "")
    if person is None or not hmac.compare_digest(person.password.encode(), password.encode()):
        return form(return_to, username=username, client=client, problem=WRONG)
    call.orcid = person.orcid
    if person.state != "active":
        sentence = CLOSED_SENTENCES[person.state]
        return form(return_to, username=username, client=client, problem=sentence)
    answer = redirect(_without_login_prompt(return_to), "signed in", 303)
    return open_session(core, person, answer)


def find_person(core: Core, username: str) -> Person | None:
    """Find a person by iD, iD address or e-mail address."""
    orcid = username.rstrip("/").rsplit("/", 1)[-1].upper()
    found = core.world.people.get(orcid)
    if found is None:
        by_mail = core.world.people_by_email.get(username.lower())
        found = core.world.people.get(by_mail) if by_mail else None
    return found


def show_registration(_core: Core, call: Call) -> Answer:
    """Show the form for people without an iD."""
    return registration_form(
        _local(call.arguments.get("return_to", "/account")),
        given=call.arguments.get("given_names", ""),
        family=call.arguments.get("family_names", ""),
        email=call.arguments.get("email", ""),
    )


def registration_form(
    return_to: str,
    *,
    given: str = "",
    family: str = "",
    email: str = "",
    client: str = "",
    problem: str = "",
) -> Answer:
    """Show the registration form on the way to `return_to`."""
    return page(
        "register.html",
        "registration page" if not problem else "registration refused",
        200 if not problem else 400,
        return_to=return_to,
        given=given,
        family=family,
        email=email,
        client=client,
        problem=problem,
        sign_in=f"/signin?{urlencode({'return_to': return_to})}",
    )


def register(core: Core, call: Call) -> Answer:
    """Take the registration form: make the person and sign them in."""
    return_to = _local(call.form.get("return_to", "/account"))
    values = {name: call.form.get(name, "").strip() for name in ("given", "family", "email")}
    password = call.form.get("password", "")
    problem = _registration_problem(core, values, password)
    if problem:
        return registration_form(return_to, **values, problem=problem)
    person = core.add_person(
        values["given"],
        values["family"] or None,
        email=values["email"],
        password=password,
        default_visibility=call.form.get("visibility") or "public",
    )
    call.orcid = person.orcid
    answer = redirect(_without_login_prompt(return_to), f"registered {person.orcid}", 303)
    return open_session(core, person, answer)


def _registration_problem(core: Core, values: dict[str, str], password: str) -> str:
    if not values["given"]:
        return "Please give your first name."
    if "@" not in values["email"]:
        return "Please give an e-mail address."
    if values["email"].lower() in core.world.people_by_email:
        return "There is a record with this e-mail address already. Please sign in."
    return "" if len(password) >= 8 else "Please choose a password of eight characters or more."


def sign_out(core: Core, call: Call) -> Answer:
    """Sign the browser out and show the sign-in page, on the way to where it was going."""
    wish = call.arguments.get("return_to", "")
    address = f"/signin?{urlencode({'return_to': _local(wish)})}" if wish else "/signin"
    return close_session(core, call, redirect(address, "signed out"))


def user_status(core: Core, call: Call) -> Answer:
    """Answer the address with which clients sign a browser out of the registry (REGISTRY 2.5)."""
    answer = json_answer(200, {"loggedIn": False}, "asked who is signed in")
    if call.arguments.get("logUserOut", "").lower() == "true":
        answer.decision = "signed out"
        return close_session(core, call, answer)
    return answer


def _local(address: str) -> str:
    """Keep an address only if it stays on this site."""
    is_local = address.startswith("/") and address[1:2] not in {"/", "\\"}
    return address if is_local else "/account"


def _without_login_prompt(return_to: str) -> str:
    """Take `login` out of the prompt: the person has just signed in."""
    parts = urlsplit(return_to)
    pairs = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        kept = value
        if name == "prompt":
            kept = " ".join(word for word in value.split() if word != "login")
        if name != "max_age":
            pairs.append((name, kept))
    query = urlencode(pairs)
    return f"{parts.path}?{query}" if query else parts.path
