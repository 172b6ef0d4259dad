"""The edges in one frozen object, opened and closed together, handed to every journey."""

from dataclasses import dataclass, field
from typing import Self

from orcid_connect.observe import Clock, Counters, wall_clock
from orcid_connect.pacing import Turns
from orcid_connect.plugins import Plugins
from orcid_connect.registry.access import Access, rate_of
from orcid_connect.registry.idtokens import SigningKeys
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.public import PublicApi
from orcid_connect.registry.transport import HttpTransport, Transport
from orcid_connect.settings import Credential, Settings
from orcid_connect.store.database import Database
from orcid_connect.store.migrating import make_ready
from orcid_connect.store.pace import SharedPace
from orcid_connect.store.people import Realm
from orcid_connect.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Services:
    """What journeys need: settings, clock, database, vault, plugins and the way to ORCID."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault
    plugins: Plugins
    transport: Transport
    signing_keys: SigningKeys
    counters: Counters
    accesses: dict[str, Access] = field(default_factory=dict)

    @classmethod
    async def open(
        cls,
        settings: Settings,
        plugins: Plugins,
        *,
        clock: Clock = wall_clock,
        http: HttpTransport | None = None,
    ) -> Self:
        """Open everything; raises `MigrationNeeded` if the database does not fit."""
        database = Database(settings.database_place)
        await make_ready(settings.database_place, settings.migrate)
        counters = Counters()
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            vault=Vault(settings.secret_keys),
            plugins=plugins,
            transport=Transport(settings.request_timeout, http=http, counters=counters),
            signing_keys=SigningKeys(),
            counters=counters,
        )

    async def close(self) -> None:
        """Close everything."""
        await self.transport.close()
        await self.database.close()

    def oauth(self, credential: Credential) -> OAuth:
        """Return the OAuth side of a credential."""
        return OAuth(self.transport, credential, clock=self.clock, keys=self.signing_keys)

    def member_api(self, credential: Credential) -> MemberApi:
        """Return the Member API as a credential sees it."""
        return MemberApi(self.transport, credential, access=self._access(credential))

    def public_api(self, credential: Credential) -> PublicApi:
        """Return the Public API, read in a credential's name."""
        return PublicApi(self._access(credential), credential.pub, credential.orcid_host)

    def _access(self, credential: Credential) -> Access:
        """One for each credential, at one pace with every other process of this database.

        ORCID counts requests per client.
        """
        if credential.name not in self.accesses:
            self.accesses[credential.name] = Access(
                self.transport,
                credential,
                clock=self.clock,
                oauth=self.oauth(credential),
                turns=self._turns(credential),
            )
        return self.accesses[credential.name]

    def _turns(self, credential: Credential) -> Turns | None:
        rate, realm = rate_of(credential), realm_of(credential)
        return SharedPace(self.database, realm, rate, clock=self.clock) if rate else None

    def credential_of(self, realm: Realm) -> Credential | None:
        """Return the credential of a realm, if it is still configured."""
        return self.settings.credential_named(realm.credential, realm.environment)


def realm_of(credential: Credential) -> Realm:
    """Return the realm in which a credential's links live."""
    return Realm(credential.name, credential.environment)
