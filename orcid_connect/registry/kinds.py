"""Which kind of credential may ask for which scope, and who gives it (REGISTRY.md 2.7).

Asked here before ORCID is, so that a vendor reads which kind of membership is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from orcid_connect.errors import KindCannot, RegistryNotAsked
from orcid_connect.settings import Credential

Giver = Literal["person", "client", "either"]

_ALL: Final = ("public", "member", "premium")
_MEMBERS: Final = ("member", "premium")
_PREMIUM: Final = ("premium",)


@dataclass(frozen=True, slots=True)
class Scope:
    """The kinds that may ask for a scope, and who gives it: a person, or ORCID to the client."""

    kinds: tuple[str, ...]
    giver: Giver


_LEGACY_SECTIONS = ("orcid-works", "funding", "affiliations", "peer-review")

SCOPES: Final[dict[str, Scope]] = {
    "openid": Scope(_ALL, "person"),
    "/authenticate": Scope(_ALL, "person"),
    "/read-public": Scope(_ALL, "either"),
    "/read-limited": Scope(_MEMBERS, "person"),
    "/activities/read-limited": Scope(_MEMBERS, "person"),
    "/person/read-limited": Scope(_MEMBERS, "person"),
    "/activities/update": Scope(_MEMBERS, "person"),
    "/person/update": Scope(_MEMBERS, "person"),
    "/email/read-private": Scope(_MEMBERS, "person"),
    "/group-id-record/read": Scope(_MEMBERS, "client"),
    "/group-id-record/update": Scope(_MEMBERS, "client"),
    "/webhook": Scope(_PREMIUM, "client"),
    "/premium-notification": Scope(_PREMIUM, "client"),
    "/orcid-profile/read-limited": Scope(_MEMBERS, "person"),
    "/orcid-bio/read-limited": Scope(_MEMBERS, "person"),
    "/orcid-bio/update": Scope(_MEMBERS, "person"),
    "/orcid-bio/external-identifiers/create": Scope(_MEMBERS, "person"),
    **{
        f"/{section}/{verb}": Scope(_MEMBERS, "person")
        for section in _LEGACY_SECTIONS
        for verb in ("read-limited", "create", "update")
    },
}
"""All scopes of REGISTRY.md 2.7 that these kinds may have; unknown ones are ORCID's to judge."""


def check_scopes(credential: Credential, scopes: Iterable[str], giver: Giver) -> None:
    """Raise `KindCannot` or `RegistryNotAsked` for the first scope it cannot get in this way."""
    for name in scopes:
        scope = SCOPES.get(name)
        if scope is not None:
            _check_kind(credential, name, scope)
            if scope.giver not in (giver, "either"):
                raise RegistryNotAsked(f"the scope {name} is {_GIVEN[scope.giver]}")
        if credential.only_scopes and name not in credential.only_scopes:
            raise KindCannot(
                f"credential {credential.name!r} may not ask for {name}: "
                "its only_scopes do not hold it",
                kinds=scope.kinds if scope else (),
            )


_GIVEN = {
    "person": "given by a person who connects, not to a client by itself",
    "client": "given to the client by itself, not by a person",
}


def _check_kind(credential: Credential, name: str, scope: Scope) -> None:
    if credential.kind not in scope.kinds:
        raise KindCannot(
            f"credential {credential.name!r} is of kind {credential.kind}, which cannot have the "
            f"scope {name}: it takes one of kind {_either(scope.kinds)}",
            kinds=scope.kinds,
        )


def check_member_api(credential: Credential) -> None:
    """Raise `KindCannot` for a credential that the Member API turns away (REGISTRY.md 3.3)."""
    if credential.kind not in _MEMBERS:
        raise KindCannot(
            f"credential {credential.name!r} is of kind {credential.kind}, which the Member API "
            f"turns away: it takes one of kind {_either(_MEMBERS)}; the Public API reads for all",
            kinds=_MEMBERS,
        )


def _either(kinds: tuple[str, ...]) -> str:
    return " or ".join(kinds)
