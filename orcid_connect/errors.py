"""The one error tree of the product, and `Problem`, one finding about content.

Catch `OrcidConnectError` for everything. Errors carry facts (status, code, setting), so nobody
parses a message; a message is a sentence for a person and never holds a secret.
"""

from dataclasses import dataclass
from typing import Literal

# OrcidConnectError
#  ├── SettingsError            the configuration contradicts itself or lacks something
#  ├── InputError               a file or declaration cannot be read
#  ├── StoreError               the local database cannot do what was asked
#  │    ├── MigrationNeeded     the database is older or newer than this version
#  │    └── SealBroken          a sealed value was not sealed by our keys, or not for this owner
#  ├── RegistryError            ORCID, or the way to it
#  │    ├── RegistryNotAsked    refused here, before anything was sent
#  │    │    └── KindCannot     this kind of credential may not; `kinds` names those that may
#  │    ├── RegistryUnreachable no answer: nothing is known about what happened
#  │    ├── RegistryUnreadable  an answer that makes no sense
#  │    │    └── AnswerTooLarge it was cut off
#  │    └── RegistryRefusal     an answer that says no; one class for each thing to do about it
#  │         ├── Duplicate, NotTheSource, NotFound, StateRefused, LimitReached
#  │         ├── TokenRefused (WrongRecord), ScopeMissing, NotVisible, ClientRefused, GrantRefused
#  │         ├── RecordClosed (RecordLocked, RecordDeactivated, RecordUnclaimed), RecordMoved
#  │         ├── ContentRefused, RequestRefused
#  │         └── RateLimited, RegistryDown
#  ├── HostSilent               the host's own plugins failed where their answer decides
#  └── LinkingError             a connection that did not come about; `outcome` names the page

Severity = Literal["refused", "caution"]


class OrcidConnectError(Exception):
    """Base of every error that orcid_connect raises on purpose."""


class SettingsError(OrcidConnectError):
    """The settings contradict themselves or lack something; the sentence names the setting."""


class InputError(OrcidConnectError):
    """Something handed to us cannot be read; one line says what and where."""


class StoreError(OrcidConnectError):
    """The local database could not do what was asked."""


class MigrationNeeded(StoreError):
    """The database's tables are of another version than this program."""


class SealBroken(StoreError):
    """A sealed value does not open with our keys for this owner."""


class RegistryError(OrcidConnectError):
    """Base of what can go wrong between us and ORCID."""

    @property
    def outcome_unknown(self) -> bool:
        """Tell whether ORCID may have carried the request out all the same: read, then decide."""
        return False


class RegistryNotAsked(RegistryError):
    """The call cannot be right, so nothing was sent; the sentence says what to change."""


class KindCannot(RegistryNotAsked):
    """The credential's kind or its `only_scopes` do not allow it; `kinds` are those that may."""

    def __init__(self, message: str, *, kinds: tuple[str, ...]) -> None:
        super().__init__(message)
        self.kinds = kinds


class RegistryUnreachable(RegistryError):
    """No answer arrived; whether ORCID acted on the request is unknown if `sent` is true."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent

    @property
    def outcome_unknown(self) -> bool:
        """Tell whether the request left."""
        return self.sent


class RegistryUnreadable(RegistryError):
    """An answer arrived that is not what the API promises (not JSON, too large, a wrong shape)."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status

    @property
    def outcome_unknown(self) -> bool:
        """Tell that the request may have been carried out: the answer does not say."""
        return True


class AnswerTooLarge(RegistryUnreadable):
    """The answer was longer than `limit` bytes and was cut off there."""

    def __init__(self, message: str, *, status: int, limit: int) -> None:
        super().__init__(message, status=status)
        self.limit = limit


class RegistryRefusal(RegistryError):
    """ORCID answered no. `code` is its own error number (REGISTRY.md 5.1) or an OAuth word.

    `orcid` and `put_code` are what was asked about; `field` is the member of the payload that
    ORCID complains of, where it can be told. The message ends in what to do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: int | str | None = None,
        location: str | None = None,
        clashing_put_code: int | None = None,
        retry_after: float | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.location = location
        self.clashing_put_code = clashing_put_code
        self.retry_after = retry_after
        self.field = field
        self.orcid: str | None = None
        self.put_code: int | None = None

    @property
    def outcome_unknown(self) -> bool:
        """Tell whether it broke inside the registry, where part may have been done."""
        return self.status >= 500


class Duplicate(RegistryRefusal):
    """The same source has it there already: 9021, 9025, 9030 (REGISTRY.md 5.3, 6).

    `clashing_put_code` is the existing item's, which only 9021 tells. Read it before adopting it.
    """


class NotTheSource(RegistryRefusal):
    """Another client or the person put it there: 9004, 9010, 9014 (REGISTRY.md 7.1)."""


class NotFound(RegistryRefusal):
    """There is no such thing: 9011, 9016, 9026 to 9029, 9033, 9041 (REGISTRY.md 5.1, 7.3).

    With a `put_code` the item is not there, or the whole record is not: 9016 says both, and only
    reading the record tells.
    """

    @property
    def what(self) -> str:
        """Return what was looked for in vain: `item`, `record` or `thing`."""
        if self.put_code is not None:
            return "item"
        return "record" if self.code in (9011, 9016) else "thing"


class StateRefused(RegistryRefusal):
    """What it is now stands against it: 9005, 9009, 9032, 9040 (REGISTRY.md 6, 9.3)."""


class LimitReached(RegistryRefusal):
    """The record holds 10,000 works and takes no more: 9048 (REGISTRY.md 5.4)."""


class TokenRefused(RegistryRefusal):
    """The token is unknown, expired, withdrawn or of the wrong kind (REGISTRY.md 3.3)."""


class WrongRecord(TokenRefused):
    """The token is for another record, or such a client may not write: 9017 (REGISTRY.md 3.3)."""


class ScopeMissing(RegistryRefusal):
    """The token's scopes do not allow it: 9015, 9038, 9052, `invalid_scope` (REGISTRY.md 2.7)."""


class NotVisible(RegistryRefusal):
    """The item is not shown to this caller: 9013, 9039 (REGISTRY.md 3.4)."""


class ClientRefused(RegistryRefusal):
    """The client itself is refused: wrong secret, locked, deactivated: 9057 (REGISTRY.md 2.3)."""


class GrantRefused(RegistryRefusal):
    """The code, refresh token or exchange is not accepted; `code` says how (REGISTRY.md 2.3)."""


class RecordClosed(RegistryRefusal):
    """The record takes no requests in the state it is in (REGISTRY.md 7.3)."""


class RecordLocked(RecordClosed):
    """ORCID has locked the record: 9018."""


class RecordDeactivated(RecordClosed):
    """Its owner has closed the record: 9044."""


class RecordUnclaimed(RecordClosed):
    """The record was made for somebody who has not claimed it yet: 9036."""


class RecordMoved(RegistryRefusal):
    """The record was merged into another, whose iD is `primary`: 9007 (REGISTRY.md 7.3)."""

    primary: str | None = None


class ContentRefused(RegistryRefusal):
    """The item's content is not accepted; `field` names the member (REGISTRY.md 5.1, 5.2)."""


class RequestRefused(RegistryRefusal):
    """The request itself is wrong: path, number, parameter, media type (REGISTRY.md 3.1, 5.1)."""


class RateLimited(RegistryRefusal):
    """Too many requests: 429, or 503, which a registry that is down says too (REGISTRY.md 8)."""


class RegistryDown(RegistryRefusal):
    """The registry is broken or away: 9000, 9008, 500, 502, 504."""


class HostSilent(OrcidConnectError):
    """The host was asked something that decides, and its plugins failed instead of answering."""


class LinkingError(OrcidConnectError):
    """A connection that did not come about; `outcome` is the name of the page that explains it."""

    def __init__(self, message: str, *, outcome: str) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about content, before it is sent.

    `refused` is what ORCID would refuse (`registry_error` is its number, REGISTRY.md 5.1);
    `caution` is what it would swallow but a careful publisher would not send. `identity` marks
    cautions about who or what is meant (an iD, a DOI, an ISSN): these hold a delivery back.
    """

    path: str
    code: str
    severity: Severity
    message: str
    registry_error: int | None = None
    identity: bool = False

    @property
    def holds(self) -> bool:
        """Tell whether a delivery with this problem must wait for a person."""
        return self.severity == "refused" or self.identity
