"""The checks around every call: state, scopes, and who may see what (REGISTRY 3.2 to 3.4)."""

from orcid_connect.simulator.api.callers import Caller
from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.entities import Item, Person
from orcid_connect.simulator.oauth.scopes import READ_PUBLIC
from orcid_connect.simulator.orcid_ids import ORCID_SITE, has_orcid_shape

UNCLAIMED_MILLISECONDS = 10 * 24 * 3600 * 1000  # an older one is open to all
READING = frozenset({"GET", "HEAD"})


def check_token_record(caller: Caller, segments: list[str]) -> None:
    """Refuse a token whose record is not the one in the path, wherever in the path it stands."""
    if caller.orcid is None:
        return
    for segment in segments:
        if has_orcid_shape(segment) and segment != caller.orcid:
            raise Problem(9017)


def check_state(context: Context) -> Person:
    """Refuse records that are missing or closed; give the person otherwise."""
    person = context.world.people.get(context.orcid)
    if person is None:
        raise Problem(9016)
    if person.primary is not None:
        raise _deprecated(context, person.primary)
    if not person.claimed and _too_young(context, person):
        raise Problem(9036)
    if person.locked:
        raise Problem(9018, parameters={"orcid": person.orcid})
    if person.deactivated is not None:
        raise Problem(9044)
    return person


def _too_young(context: Context, person: Person) -> bool:
    client = context.caller.client
    if client is not None and client.client_id == person.creator:
        return False
    return context.world.clock.milliseconds() - person.created < UNCLAIMED_MILLISECONDS


def _deprecated(context: Context, primary: str) -> Problem:
    call = context.call
    base = context.world.public_base if context.public else context.world.api_base
    rest = call.raw_path.split("/", 2)[2].replace(context.orcid, primary)
    location = f"{base}/{rest}"
    return Problem(
        9007,
        status=301 if call.method in READING else 409,
        headers=[("location", location)],
        parameters={
            "primary": f"{ORCID_SITE}/{primary}",
            "deprecated": f"{ORCID_SITE}/{context.orcid}",
        },
    )


def check_write_scope(context: Context, wanted: frozenset[str]) -> None:
    """Refuse a write by a public client or without one of these scopes."""
    client = context.caller.client
    if client is not None and not client.is_member:
        raise Problem(9017)
    require_scope(context.caller, wanted)


def require_scope(caller: Caller, wanted: frozenset[str]) -> None:
    """Refuse a caller that holds none of these scopes."""
    if not caller.has_any(wanted):
        raise Problem(9038)


def reading_refusal(
    context: Context, visibility: str, read_limited: str, *, is_source: bool
) -> int | None:
    """Tell with which error number this reader is refused; None: may read."""
    if context.public:
        return None if visibility == "public" else 9039
    if is_source:
        return None
    if visibility == "public":
        return None if READ_PUBLIC in context.caller.scopes else 9038
    if read_limited not in context.caller.scopes:
        return 9038
    return None if visibility == "limited" else 9013


def item_refusal(context: Context, item: Item, read_limited: str) -> int | None:
    """Tell with which error number the reading of this item is refused; None: may be read."""
    is_source = context.caller.wrote(item)
    return reading_refusal(context, item.visibility, read_limited, is_source=is_source)


def may_see(context: Context, item: Item, read_limited: str) -> bool:
    """Tell whether a list shows this item to its reader."""
    return item_refusal(context, item, read_limited) is None


def check_source(context: Context, item: Item) -> None:
    """Refuse everybody but the source of an item."""
    if not context.caller.is_source(item):
        raise Problem(9010, parameters={"activity": "work"})
