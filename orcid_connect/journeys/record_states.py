"""Whether a record is open, as ORCID tells everybody (REGISTRY.md 7.3)."""

from dataclasses import dataclass

from orcid_connect.errors import (
    RecordDeactivated,
    RecordLocked,
    RecordMoved,
    RegistryError,
)
from orcid_connect.observe import describe, log
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.store.people import Closed


@dataclass(frozen=True, slots=True)
class RecordState:
    """How a record stands; `primary` is the iD it was merged into. Both None: open or unknown."""

    closed: Closed | None = None
    primary: str | None = None


def state_told_by(error: RegistryError) -> RecordState:
    """Return what an answer says of the record itself."""
    match error:
        case RecordMoved(primary=primary):
            return RecordState(primary=primary)
        case RecordLocked():
            return RecordState(closed="locked")
        case RecordDeactivated():
            return RecordState(closed="deactivated")
        case _:
            return RecordState()


async def look_at_record(services: Services, credential: Credential, orcid: str) -> RecordState:
    """Ask ORCID how a record stands; what cannot be found out is nothing to act on."""
    try:
        await services.public_api(credential).personal_details(orcid)
    except RegistryError as error:
        found = state_told_by(error)
        if found == RecordState():
            log.warning("how a record stands could not be read: %s", describe(error))
        return found
    return RecordState()
