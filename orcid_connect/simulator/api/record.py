"""The whole record, and the client behind a client id (REGISTRY 3.2, 3.5)."""

from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.guards import check_state, require_scope
from orcid_connect.simulator.api.lists import all_activities
from orcid_connect.simulator.api.person import person_document
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.entities import Person
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.oauth.scopes import READ_PUBLIC
from orcid_connect.simulator.wire import Answer
from orcid_connect.simulator.writing import client_json, orcid_json


def read_record(context: Context) -> Answer:
    """Answer GET of a whole record."""
    person = check_state(context)
    value = {
        "orcid-identifier": orcid_json(person.orcid),
        "preferences": {"locale": person.locale},
        "history": _history(context, person),
        "person": person_document(context),
        "activities-summary": all_activities(context),
        "path": f"/{person.orcid}",
    }
    return context.reply(value, "read record")


def _history(context: Context, person: Person) -> JSON:
    verified = [mail for mail in person.emails if mail["verified"]]
    return {
        "creation-method": person.creation_method,
        "completion-date": {"value": person.created} if person.claimed else None,
        "submission-date": {"value": person.created},
        "last-modified-date": {"value": person.modified},
        "claimed": person.claimed,
        "source": _creator(context, person),
        "deactivation-date": None,
        "verified-email": bool(verified),
        "verified-primary-email": any(mail["primary"] for mail in verified),
    }


def _creator(context: Context, person: Person) -> JSON | None:
    client = context.world.clients.get(person.creator) if person.creator else None
    if client is None:
        return None
    return {
        "source-orcid": None,
        "source-client-id": client_json(client.client_id),
        "source-name": {"value": client.name},
        "assertion-origin-orcid": None,
        "assertion-origin-client-id": None,
        "assertion-origin-name": None,
    }


def read_client(context: Context) -> Answer:
    """Answer GET of a client's name and description."""
    if not context.public:
        require_scope(context.caller, frozenset({READ_PUBLIC}))
    client = context.world.clients.get(context.tail)
    if client is None:
        raise Problem(9027)
    value = {"name": client.name, "description": client.description}
    return context.reply(value, f"read client {client.client_id}")


def read_status(context: Context) -> Answer:
    """Answer GET of `/status`."""
    return context.reply({"tomcatUp": True}, "status")


def read_full_status(context: Context) -> Answer:
    """Answer GET of `/apiStatus` and `/pubStatus`."""
    names = ("tomcatUp", "dbConnectionOk", "readOnlyDbConnectionOk", "overallOk")
    return context.reply(dict.fromkeys(names, True), "status")
