"""What each of ORCID's error numbers and OAuth words means: its class, its field, what to do.

The numbers are those of REGISTRY.md 5.1, the words those of 2.3 and 3.3. Advice is part of a
sentence, without capital or full stop.
"""

from dataclasses import dataclass

from orcid_connect.errors import (
    ClientRefused,
    ContentRefused,
    Duplicate,
    GrantRefused,
    LimitReached,
    NotFound,
    NotTheSource,
    NotVisible,
    RateLimited,
    RecordDeactivated,
    RecordLocked,
    RecordMoved,
    RecordUnclaimed,
    RegistryDown,
    RegistryRefusal,
    RequestRefused,
    ScopeMissing,
    StateRefused,
    TokenRefused,
    WrongRecord,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which error to raise, what to do about it, and which member of the payload it is about."""

    error: type[RegistryRefusal]
    advice: str
    field: str | None = None


_AGAIN = "connect the person once more, allowing what is missing"
_SOURCE = "only the client that added it may change or remove it"
_REPORT = "this is a fault in how we ask: please report it"
_LATER = "try again later"
_CLIENT = "check client_id, client_secret, kind and environment, or ask ORCID's support"
_GRANT = "let the person connect once more"
_ORGANIZATION = "give an organisation that ORCID knows, by its ROR id"

BY_CODE: dict[int | str, Meaning] = {
    9000: Meaning(RegistryDown, _LATER),
    9001: Meaning(RequestRefused, _REPORT),
    9002: Meaning(TokenRefused, _GRANT),
    9003: Meaning(TokenRefused, _GRANT),
    9004: Meaning(NotTheSource, _SOURCE),
    9005: Meaning(StateRefused, "read it again and look at the state it is in"),
    9006: Meaning(RequestRefused, "check kind, put-codes and scopes; 100 works a call at most"),
    9007: Meaning(RecordMoved, "use the primary iD; the person must connect it"),
    9008: Meaning(RegistryDown, f"read the record to see what was done, and {_LATER}"),
    9009: Meaning(StateRefused, "it was read already and can no longer be archived"),
    9010: Meaning(NotTheSource, _SOURCE),
    9011: Meaning(NotFound, "check the iD"),
    9012: Meaning(RequestRefused, "check the query, its rows and start, or the webhook's address"),
    9013: Meaning(NotVisible, "its owner keeps it private; nothing can be done from here"),
    9014: Meaning(NotTheSource, _SOURCE),
    9015: Meaning(ScopeMissing, _AGAIN),
    9016: Meaning(NotFound, "check iD and put-code; its owner may have removed it"),
    9017: Meaning(WrongRecord, "use the token of this very record"),
    9018: Meaning(RecordLocked, "wait; only ORCID can unlock the record"),
    9019: Meaning(RequestRefused, "send the put-code of the path in the body", "put-code"),
    9020: Meaning(ContentRefused, "correct what the sentence names"),
    9021: Meaning(Duplicate, "read the existing item and change that one"),
    9022: Meaning(ContentRefused, "give a title", "title"),
    9023: Meaning(
        ContentRefused, "give identifiers of known types, one of them self", "external-ids"
    ),
    9024: Meaning(RequestRefused, "add an item without put-code", "put-code"),
    9025: Meaning(Duplicate, "find the group by its id and use that one", "group-id"),
    9026: Meaning(NotFound, "find the group by its id first"),
    9027: Meaning(NotFound, "check the client id"),
    9028: Meaning(NotFound, "it was not registered, or is unregistered already"),
    9029: Meaning(NotFound, "check the notification's put-code"),
    9030: Meaning(Duplicate, "it stands on the record already; nothing needs to be added"),
    9031: Meaning(RequestRefused, _REPORT, "put-code"),
    9032: Meaning(StateRefused, "the person takes no notifications; respect that"),
    9033: Meaning(NotFound, "its owner may have removed it"),
    9034: Meaning(RequestRefused, "check the put-code", "put-code"),
    9035: Meaning(ContentRefused, "leave the visibility as it is: it is its owner's", "visibility"),
    9036: Meaning(RecordUnclaimed, "wait until its owner has claimed the record"),
    9037: Meaning(ContentRefused, "use one of the values that the sentence lists"),
    9038: Meaning(ScopeMissing, _AGAIN),
    9039: Meaning(NotVisible, "it is not public; ask with the person's permission"),
    9040: Meaning(StateRefused, "peer reviews belong to the group: remove them first"),
    9041: Meaning(NotFound, "the person has written none"),
    9042: Meaning(RequestRefused, "ask for 100 works a call at most"),
    9043: Meaning(RequestRefused, "give credentials, or narrow the query: start ends at 10000"),
    9044: Meaning(RecordDeactivated, "its owner has closed the record; write nothing there"),
    9045: Meaning(ContentRefused, _ORGANIZATION, "organization"),
    9046: Meaning(ContentRefused, _ORGANIZATION, "organization"),
    9047: Meaning(ContentRefused, "validate the payload; it does not fit ORCID's schema"),
    9048: Meaning(LimitReached, "its owner must remove works before another fits"),
    9049: Meaning(ContentRefused, "give a date that exists, month and day in two digits", "date"),
    9050: Meaning(ContentRefused, "give the start too, or leave out the end", "start-date"),
    9051: Meaning(ContentRefused, "use one of the values that the sentence lists"),
    9052: Meaning(ScopeMissing, _REPORT),
    9053: Meaning(
        ContentRefused, "check the ISSN, or try later: the ISSN portal may be away", "issn"
    ),
    9054: Meaning(ContentRefused, "give the amount as a number", "amount"),
    9055: Meaning(ContentRefused, "let the end come after the start", "end-date"),
    9056: Meaning(RequestRefused, _REPORT),
    9057: Meaning(ClientRefused, _CLIENT),
    9058: Meaning(ContentRefused, "use a role that ORCID knows", "contributor-role"),
    9059: Meaning(RequestRefused, _REPORT),
    9060: Meaning(ContentRefused, "give the organisation's city and country", "organization"),
    9061: Meaning(ContentRefused, "give the organisation's country", "organization"),
    9062: Meaning(ContentRefused, f"{_ORGANIZATION}, or an identifier", "organization"),
    "invalid_token": Meaning(TokenRefused, _GRANT),
    "forbidden": Meaning(TokenRefused, "send a token of a member client"),
    "invalid_scope": Meaning(ScopeMissing, "ask only for scopes that the client may have"),
    "invalid_client": Meaning(ClientRefused, _CLIENT),
    "unauthorized_client": Meaning(GrantRefused, _GRANT),
    "invalid_grant": Meaning(GrantRefused, _GRANT),
    "invalid_request": Meaning(GrantRefused, _GRANT),
    "unsupported_grant_type": Meaning(GrantRefused, _CLIENT),
    "server_error": Meaning(RegistryDown, f"check the redirect URI, and {_LATER}"),
}
"""Every number of REGISTRY.md 5.1, and the words of 2.3 and 3.3."""

_BY_STATUS: dict[int, Meaning] = {
    401: Meaning(TokenRefused, _GRANT),
    404: Meaning(NotFound, "check the address"),
    429: Meaning(RateLimited, "send fewer requests"),
    503: Meaning(RateLimited, "wait, then send fewer requests"),
}
_BROKEN = Meaning(RegistryDown, _LATER)
_UNKNOWN = Meaning(RegistryRefusal, "look at ORCID's own words")


def meaning_of(status: int, code: int | str | None) -> Meaning:
    """Return what an answer means: by its number or word, else by its status."""
    if status in (429, 503):
        return _BY_STATUS[status]
    found = None if code is None else BY_CODE.get(code)
    if found is not None:
        return found
    return _BROKEN if status >= 500 else _BY_STATUS.get(status, _UNKNOWN)
