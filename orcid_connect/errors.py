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
#  │    ├── RegistryUnreachable no answer: nothing is known about what happened
#  │    ├── RegistryUnreadable  an answer that makes no sense
#  │    └── RegistryRefusal     an answer that says no
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


class RegistryUnreachable(RegistryError):
    """No answer arrived; whether ORCID acted on the request is unknown if `sent` is true."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class RegistryUnreadable(RegistryError):
    """An answer arrived that is not what the API promises (not JSON, too large, a wrong shape)."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class RegistryRefusal(RegistryError):
    """ORCID answered no. `code` is its own error number (REGISTRY.md 5.1) or an OAuth word."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: int | str | None = None,
        location: str | None = None,
        clashing_put_code: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.location = location
        self.clashing_put_code = clashing_put_code
        self.retry_after = retry_after


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
