"""Which person a browser is signed in as."""

from orcid_connect.simulator.core import Core
from orcid_connect.simulator.entities import Person, Session
from orcid_connect.simulator.wire import Answer, Call
from orcid_connect.simulator.world import new_secret

# Browsers do not keep cookies of different ports apart: the name must not meet a host's own.
COOKIE = "orcid_simulator_session"


def current_session(core: Core, call: Call) -> Session | None:
    """Find this browser's session."""
    value = call.cookie(COOKIE)
    return core.world.sessions.get(value) if value else None


def current_person(core: Core, call: Call) -> Person | None:
    """Find who is signed in here; nobody with a closed record is."""
    session = current_session(core, call)
    person = core.world.people.get(session.orcid) if session else None
    return person if person is not None and person.state == "active" else None


def open_session(core: Core, person: Person, answer: Answer) -> Answer:
    """Sign the browser in that gets this answer."""
    now = core.clock.now()
    person.last_sign_in = now
    core.world.people.put(person)
    session = core.world.sessions.put(Session(new_secret(), person.orcid, now))
    cookie = f"{COOKIE}={session.value}; Path=/; HttpOnly; SameSite=Lax"
    answer.headers.append(("set-cookie", cookie))
    return answer


def close_session(core: Core, call: Call, answer: Answer) -> Answer:
    """Sign this browser out."""
    value = call.cookie(COOKIE)
    if value:
        core.world.sessions.remove(value)
    cookie = f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    answer.headers.append(("set-cookie", cookie))
    return answer
