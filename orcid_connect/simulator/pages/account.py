"""What owners do with their record: take a permission back (REGISTRY 2.4), remove an item."""

from orcid_connect.simulator.core import Core
from orcid_connect.simulator.entities import Token
from orcid_connect.simulator.oauth import tokens
from orcid_connect.simulator.pages.consent import MEANINGS
from orcid_connect.simulator.pages.rendering import page
from orcid_connect.simulator.pages.sessions import current_person
from orcid_connect.simulator.wire import Answer, Call, redirect


def show(core: Core, call: Call) -> Answer:
    """Show the trusted parties of the person who is signed in."""
    person = current_person(core, call)
    if person is None:
        return redirect("/signin?return_to=/account", "not signed in")
    call.orcid = person.orcid
    return page("account.html", "account page", person=person, parties=_parties(core, person.orcid))


def _parties(core: Core, orcid: str) -> list[dict[str, object]]:
    live: dict[str, list[Token]] = {}
    for token in core.world.tokens_by_orcid.get(orcid, ()):
        if tokens.is_live(core.world, token):
            live.setdefault(token.client_id, []).append(token)
    return [
        {
            "client": core.world.clients[client_id],
            "meanings": sorted({MEANINGS.get(each, each) for it in held for each in it.scopes}),
            "since": min(token.issued for token in held),
        }
        for client_id, held in live.items()
    ]


def revoke(core: Core, call: Call) -> Answer:
    """Take back everything a client was permitted."""
    person = current_person(core, call)
    if person is None:
        return redirect("/signin?return_to=/account", "not signed in", 303)
    call.orcid, call.client_id = person.orcid, call.form.get("client_id")
    count = core.revoke_by_user(person.orcid, call.form.get("client_id", ""))
    return redirect("/account", f"the person took back {count} tokens", 303)


def remove(core: Core, call: Call) -> Answer:
    """Remove an item from the record of the person who is signed in, whoever put it there."""
    person = current_person(core, call)
    if person is None:
        return redirect("/signin?return_to=/account", "not signed in", 303)
    call.orcid = person.orcid
    back = f"/{person.orcid}"
    try:
        core.remove_item(person.orcid, int(call.form.get("put_code", "")))
    except ValueError:
        return redirect(back, "there is no such item to remove", 303)
    return redirect(back, "the person removed an item", 303)
