"""ORCID as the simulator plays it, over real HTTP, and our APIs of each kind of credential."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from orcid_connect.registry.access import Access
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.public import PublicApi
from orcid_connect.registry.transport import Transport
from orcid_connect.settings import Credential, CredentialKind
from orcid_connect.simulator import SimClock, Simulator, serving

EVERYTHING = "/activities/update /person/update /read-limited openid"


@dataclass
class Registry:
    """A simulator on a port with one person, and the way there."""

    sim: Simulator
    base_url: str
    transport: Transport
    orcid: str
    credentials: dict[str, Credential] = field(default_factory=dict)

    def credential(self, kind: CredentialKind = "member", name: str = "") -> Credential:
        """Return the credential of a client of this kind, made when first asked for."""
        name = name or kind
        if name not in self.credentials:
            extra = ["/premium-notification"] if kind == "premium" else []
            client = self.sim.add_client(
                kind, f"A {name} client", ["http://j.test/cb"], extra_scopes=extra
            )
            self.credentials[name] = Credential(
                name=name,
                client_id=client.client_id,
                client_secret=client.client_secret,
                kind=kind,
                environment="simulator",
                site_url=self.base_url,
            )
        return self.credentials[name]

    def access(self, kind: CredentialKind = "member", name: str = "") -> Access:
        """Return a credential's way in."""
        return Access(self.transport, self.credential(kind, name), clock=self.sim.clock.now)

    def member(self, kind: CredentialKind = "member", name: str = "") -> MemberApi:
        """Return the Member API of a credential."""
        return MemberApi(
            self.transport, self.credential(kind, name), access=self.access(kind, name)
        )

    def public(self, *, anonymous: bool = False) -> PublicApi:
        """Return the Public API, in the public client's name or nobody's."""
        base = self.credential("public").pub
        stranger = Access(self.transport, None, clock=self.sim.clock.now)
        return PublicApi(stranger if anonymous else self.access("public"), base)

    def oauth(self, name: str = "member") -> OAuth:
        """Return the OAuth side of a credential."""
        credential = self.credential("member", name)
        return OAuth(self.transport, credential, clock=self.sim.clock.now)

    def token(self, scope: str = EVERYTHING, name: str = "member") -> SecretStr:
        """Return the person's permission to a member client."""
        client_id = self.credential("member", name).client_id
        return SecretStr(self.sim.issue_token(client_id, self.orcid, scope))


@pytest.fixture
async def registry(anyio_backend: str) -> AsyncIterator[Registry]:
    """A registry that knows every organisation and ISSN."""
    sim = Simulator(clock=SimClock(1_790_000_000.0, frozen=True))
    sim.know_organizations("all")
    sim.know_issns("all")
    async with serving(sim) as base_url, Transport(10.0) as transport:
        orcid = sim.add_person("Grace", "Brewster", biography="Compilers.").orcid
        yield Registry(sim, base_url, transport, orcid)
