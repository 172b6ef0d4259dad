"""What an answer of ORCID's means for a delivery: a pure table, REGISTRY.md 3.3, 5.1 and 7.3.

A single answer never decides over a record's past: the verdicts GONE, CLASH and REFUSED_TOKEN are
questions that a further read answers (DESIGN.md section 2).
"""

from enum import StrEnum

from orcid_connect.errors import (
    ClientRefused,
    RegistryError,
    RegistryRefusal,
    RegistryUnreachable,
    RegistryUnreadable,
)


class Verdict(StrEnum):
    """What to do next."""

    UNCLEAR = "unclear"  # it may have been carried out: read before sending again
    LATER = "later"  # it was not carried out: try again after a while
    SLOW_DOWN = "slow down"  # too many requests: the whole credential waits
    REFUSED_TOKEN = "refused token"  # noqa: S105 - a verdict: read once more to be sure
    NEEDS_SCOPE = "needs scope"  # the person must allow more
    GONE = "gone"  # the item is not there: read the record to be sure
    CLASH = "clash"  # the same thing stands there already: read it
    MOVED = "moved"  # the record was merged into another
    NO_GROUP = "no group"  # the venue that a peer review names is not known to ORCID yet
    DOUBTED_ISSN = "doubted ISSN"  # ORCID did not find the ISSN, or could not look it up now
    CREDENTIAL = "credential"  # the client itself is refused: everything of it stands still
    RESTING = "resting"  # locked, deactivated, unclaimed: look again tomorrow
    PARK = "park"  # a person must look


_BY_CODE: dict[int | str, Verdict] = {
    9007: Verdict.MOVED,
    9018: Verdict.RESTING,
    9020: Verdict.NO_GROUP,
    9021: Verdict.CLASH,
    9030: Verdict.CLASH,
    9036: Verdict.RESTING,
    9038: Verdict.NEEDS_SCOPE,
    9044: Verdict.RESTING,
    9053: Verdict.DOUBTED_ISSN,
    9057: Verdict.CREDENTIAL,
    "invalid_token": Verdict.REFUSED_TOKEN,
}


def judge(method: str, error: RegistryError) -> Verdict:
    """Return what an error means for a request of this method."""
    if isinstance(error, RegistryUnreachable):
        return Verdict.UNCLEAR if error.sent else Verdict.LATER
    if isinstance(error, RegistryUnreadable):
        return Verdict.UNCLEAR
    if isinstance(error, RegistryRefusal):
        return _refused(method, error)
    return Verdict.PARK


def _refused(method: str, error: RegistryRefusal) -> Verdict:
    if error.status == 429:
        return Verdict.SLOW_DOWN
    if error.status >= 500:
        return Verdict.UNCLEAR
    known = _BY_CODE.get(error.code) if error.code is not None else None
    if known is Verdict.CLASH and method not in ("POST", "PUT"):
        return Verdict.PARK
    if isinstance(error, ClientRefused):
        return Verdict.CREDENTIAL
    if known is not None:
        return known
    if error.status == 401:
        return Verdict.REFUSED_TOKEN
    if error.status == 404 and error.code == 9016 and method in ("PUT", "DELETE"):
        return Verdict.GONE
    return Verdict.PARK
