"""The way in for a program that wants ORCID's APIs themselves: opened once, closed once.

What hosts declare through `OrcidConnect` needs nothing of this.
"""

import asyncio
from collections.abc import Iterable
from typing import Self

from orcid_connect.errors import SettingsError
from orcid_connect.observe import Clock, wall_clock
from orcid_connect.pacing import Sleep
from orcid_connect.registry.access import Access
from orcid_connect.registry.idtokens import SigningKeys
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.public import PublicApi
from orcid_connect.registry.transport import HttpTransport, Transport
from orcid_connect.settings import SITES, Credential, api_address

REQUEST_SECONDS = 30.0
"""How long one request may take."""


class RegistryClient:
    """ORCID's APIs as the given credentials may use them; `async with` closes the connections.

    All APIs of one credential share its rate, its own tokens and its daily count, as ORCID counts
    per client (REGISTRY.md 8): make one object for the life of a process, not one for each call.
    Raises `SettingsError` for two credentials of one name.
    """

    def __init__(
        self,
        credentials: Iterable[Credential] = (),
        *,
        timeout: float = REQUEST_SECONDS,
        clock: Clock = wall_clock,
        sleep: Sleep = asyncio.sleep,
        http: HttpTransport | None = None,
    ) -> None:
        self.credentials = tuple(credentials)
        names = [one.name for one in self.credentials]
        if len(set(names)) < len(names):
            raise SettingsError("two credentials have the same name; give each a name of its own")
        self._transport = Transport(timeout, http=http)
        self._clock, self._sleep = clock, sleep
        self._keys = SigningKeys()
        self._accesses: dict[str, Access] = {}
        self._strangers: Access | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.close()

    def member(self, name: str = "") -> MemberApi:
        """Return the Member API of the credential of this name, else of the first that may write.

        Raises `SettingsError` without such a credential; calls then raise `RegistryError`.
        """
        writing = sorted(self.credentials, key=lambda one: not one.may_write)
        chosen = self._chosen(name, writing)
        return MemberApi(self._transport, chosen, access=self._access(chosen))

    def public(self, name: str = "") -> PublicApi:
        """Return the Public API in the name of this credential, else of the first.

        Raises `SettingsError` without such a credential; calls then raise `RegistryError`.
        """
        chosen = self._chosen(name, self.credentials)
        return PublicApi(self._access(chosen), chosen.pub, chosen.orcid_host)

    def oauth(self, name: str = "") -> OAuth:
        """Return the OAuth side of this credential, else of the first; raises `SettingsError`."""
        chosen = self._chosen(name, self.credentials)
        return OAuth(self._transport, chosen, clock=self._clock, keys=self._keys)

    def anonymous(self, environment: str = "production", site: str = "") -> PublicApi:
        """Return the Public API in nobody's name; `site` is where a simulator is.

        Raises `SettingsError` for an environment without addresses of its own (REGISTRY.md 1).
        """
        if environment not in SITES:
            raise SettingsError(f"environment {environment}: use one of {', '.join(SITES)}")
        host = "sandbox.orcid.org" if environment == "sandbox" else "orcid.org"
        base = api_address(environment, site.rstrip("/") or SITES[environment], "pub")
        if self._strangers is None:
            self._strangers = Access(self._transport, None, clock=self._clock, sleep=self._sleep)
        return PublicApi(self._strangers, base, host)

    def _chosen(self, name: str, among: Iterable[Credential]) -> Credential:
        for credential in among:
            if name in ("", credential.name):
                return credential
        known = ", ".join(one.name for one in self.credentials) or "none"
        raise SettingsError(f"there is no credential {name!r}; there are: {known}")

    def _access(self, credential: Credential) -> Access:
        if credential.name not in self._accesses:
            oauth = OAuth(self._transport, credential, clock=self._clock, keys=self._keys)
            self._accesses[credential.name] = Access(
                self._transport, credential, clock=self._clock, sleep=self._sleep, oauth=oauth
            )
        return self._accesses[credential.name]
