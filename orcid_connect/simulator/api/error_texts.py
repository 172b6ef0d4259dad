"""The error table of the APIs: status and texts by error number (REGISTRY 5.1), in our own words.

`${name}` is filled from an error's parameters; a name without a value stays as it is. A developer
text of None means that the registry shows the exception's class name there.
"""

from typing import NamedTuple


class ErrorText(NamedTuple):
    """One row of the table."""

    status: int
    developer: str | None
    user: str


_SORRY = "Something went wrong at the ORCID registry. Please try again later."
_NO_ITEM = "The item could not be found on the record."
_INVALID = "The data sent by the application is not valid. Please contact ${clientName}."
_IDENTIFIER = "The item has no identifier, or one that is not valid."
_NOT_SOURCE = "Only the organisation that added an item can change or remove it."
_NOT_PERMITTED = "The application has no permission to do this. Please grant it first."
_PRIVATE = "The item is private."
_ORGANIZATION = "The organisation of the item is missing or not known."
_ADDRESS = "The address of the organisation is not complete."

ERROR_TEXTS: dict[int, ErrorText] = {
    9000: ErrorText(503, "503 Service unavailable: the registry cannot be reached.", _SORRY),
    9001: ErrorText(400, "The request breaks a rule of HTTP or of the API.", _SORRY),
    9002: ErrorText(401, "401 Unauthorized: the client is not authorised.", _NOT_PERMITTED),
    9003: ErrorText(401, "401 Unauthorized: the client may not do this.", _NOT_PERMITTED),
    9004: ErrorText(403, "403 Forbidden: a security rule stands against it.", _NOT_PERMITTED),
    9005: ErrorText(403, "403 Forbidden: not in this state.", _SORRY),
    9006: ErrorText(400, "400 Bad Request: an argument is not valid.", _INVALID),
    9007: ErrorText(
        409,
        "This record is deprecated. The primary record is ${primary}; asked for was ${deprecated}.",
        "This record is deprecated. Please use the primary record ${primary}.",
    ),
    9008: ErrorText(500, None, _SORRY),
    9009: ErrorText(403, "403 Forbidden: the notification has been read.", "Already read."),
    9010: ErrorText(
        403, "403 Forbidden: this client is not the source of the ${activity}.", _NOT_SOURCE
    ),
    9011: ErrorText(404, "404 Not Found: no such record or item.", _NO_ITEM),
    9012: ErrorText(400, "400 Bad Request: the request is not valid.", _INVALID),
    9013: ErrorText(
        403, "403 Forbidden: the item is private and this is not its source.", _PRIVATE
    ),
    9014: ErrorText(403, "403 Forbidden: this client may not touch it.", _NOT_SOURCE),
    9015: ErrorText(401, "401 Unauthorized: the scope is unknown or not allowed.", _NOT_PERMITTED),
    9016: ErrorText(404, "404 Not Found: there is nothing under this identifier.", _NO_ITEM),
    9017: ErrorText(
        401,
        "401 Unauthorized: the token is for another record, or such a client may not do this.",
        _NOT_PERMITTED,
    ),
    9018: ErrorText(409, "409 Conflict: ORCID ${orcid} is locked", "The ORCID record is locked."),
    9019: ErrorText(
        400,
        "400 Bad Request: the put-codes differ. The one in the URL was ${url} whereas the one in "
        "the body was ${body}.",
        _INVALID,
    ),
    9020: ErrorText(400, "400 Bad Request: the data failed validation.", _INVALID),
    9021: ErrorText(
        409,
        "409 Conflict: this source has added this activity before; the existing item has put-code "
        "${putCode}. To change it, send a PUT instead of a POST.",
        "${clientName} has already added this item.",
    ),
    9022: ErrorText(400, "400 Bad Request: the title is missing.", "The item has no title."),
    9023: ErrorText(
        400, "400 Bad Request: an external identifier is missing or not valid.", _IDENTIFIER
    ),
    9024: ErrorText(400, "400 Bad Request: a POST must not carry a put-code.", _INVALID),
    9025: ErrorText(409, "409 Conflict: a group with this group-id exists.", "The group exists."),
    9026: ErrorText(400, "400 Bad Request: there is no such group-id record.", "No such group."),
    9027: ErrorText(404, "404 Not Found: there is no such client.", "No such application."),
    9028: ErrorText(
        404, "404 Not Found: the record ${orcid} has no webhook ${uri}.", "No such webhook."
    ),
    9029: ErrorText(
        404, "404 Not Found: the record ${orcid} has no notification ${id}.", "No notification."
    ),
    9030: ErrorText(
        409,
        "409 Conflict: '${value}' is there already, from the same source, of the type '${type}'.",
        "'${value}' of the type '${type}' is there already.",
    ),
    9031: ErrorText(409, "409 Conflict: a put-code is needed.", _INVALID),
    9032: ErrorText(409, "409 Conflict: the person takes no notifications.", "No notifications."),
    9033: ErrorText(400, "400 Bad Request: there is no such other name.", _NO_ITEM),
    9034: ErrorText(400, "400 Bad Request: the put-code is not one.", _INVALID),
    9035: ErrorText(403, "403 Forbidden: a client may not change the visibility.", _INVALID),
    9036: ErrorText(409, "409 Conflict: the record is not claimed yet.", "Not claimed yet."),
    9037: ErrorText(
        400,
        "400 Bad Request: ${field} is missing or not one of ${values}.",
        "The work type is missing or not valid.",
    ),
    9038: ErrorText(
        403, "409 Conflict: the token's scopes do not allow this request.", _NOT_PERMITTED
    ),
    9039: ErrorText(403, "403 Forbidden: the item is not public.", "The item is not public."),
    9040: ErrorText(409, "409 Conflict: peer reviews belong to the group.", "The group is in use."),
    9041: ErrorText(404, "404 Not Found: the record has no biography.", "No biography."),
    9042: ErrorText(400, None, _INVALID),
    9043: ErrorText(400, "400 Bad Request: start is out of range.", _INVALID),
    9044: ErrorText(409, "409 Conflict: the record is deactivated.", "The record is deactivated."),
    9045: ErrorText(
        400, "400 Bad Request: the disambiguated organisation is missing or unknown.", _ORGANIZATION
    ),
    9046: ErrorText(400, "400 Bad Request: the organisation is missing.", _ORGANIZATION),
    9047: ErrorText(400, "400 Bad Request: the JSON does not fit: ${error}", _INVALID),
    9048: ErrorText(409, "409 Conflict: a record holds 10000 works at most.", "Too many works."),
    9049: ErrorText(400, "400 Bad Request: the date ${date} does not exist.", _INVALID),
    9050: ErrorText(400, "400 Bad Request: an end date needs a start date.", _INVALID),
    9051: ErrorText(400, "400 Bad Request: ${value} is not a value of ${type}.", _INVALID),
    9052: ErrorText(403, "403 Forbidden: this version knows no on-behalf-of tokens.", _INVALID),
    9053: ErrorText(400, "400 Bad Request: the ISSN is not valid or not found.", _INVALID),
    9054: ErrorText(400, "400 Bad Request: the amount is not valid.", _INVALID),
    9055: ErrorText(400, "400 Bad Request: the end is before the start.", _INVALID),
    9056: ErrorText(301, "301 Moved: use the version at ${location}.", "Use another version."),
    9057: ErrorText(409, "409 Conflict: the client is locked or deactivated.", _NOT_PERMITTED),
    9058: ErrorText(
        400, "404 Bad Request: ${role} is not a contributor role; allowed are ${roles}.", _INVALID
    ),
    9060: ErrorText(400, "400 Bad Request: the organisation needs a city and a country.", _ADDRESS),
    9061: ErrorText(400, "400 Bad Request: a city or region needs a country.", _ADDRESS),
    9062: ErrorText(
        400, "400 Bad Request: an organisation id or an external id is needed.", _ORGANIZATION
    ),
}

# The user texts of these name the client, REGISTRY 5.1; in 9035 the name stays unresolved.
CLIENT_NAME_UNRESOLVED = frozenset({9035})
