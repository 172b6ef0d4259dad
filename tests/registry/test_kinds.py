"""What each kind of credential may ask for, told here before ORCID is asked (REGISTRY.md 2.7)."""

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from orcid_connect.errors import KindCannot, RegistryNotAsked
from orcid_connect.registry.access import Access
from orcid_connect.registry.kinds import SCOPES, check_scopes
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.notifications import NotifiedItem, PermissionMessage
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.public import PublicApi
from orcid_connect.registry.transport import Transport
from orcid_connect.settings import Credential, CredentialKind
from orcid_connect.simulator import Simulator
from orcid_connect.simulator.oauth.scopes import allowed_for

pytestmark = pytest.mark.anyio
ORCID = "0000-0002-1825-0097"
TOKEN = SecretStr("a token")


def credential(kind: CredentialKind = "member", **changes: object) -> Credential:
    """Return a credential for the sandbox."""
    values = {
        "client_id": "APP-0000000000000001",
        "client_secret": SecretStr("a secret"),
        "kind": kind,
        "environment": "sandbox",
    }
    return Credential.model_validate(values | changes)


def nowhere() -> Transport:
    """Return a way to a far end that nobody may ask."""
    return Transport(1.0, http=httpx.MockTransport(lambda _: pytest.fail("something was sent")))


@pytest.mark.parametrize(
    ("kind", "scope", "kinds"),
    [
        ("public", "/activities/update", ("member", "premium")),
        ("public", "/read-limited", ("member", "premium")),
        ("member", "/webhook", ("premium",)),
        ("member", "/premium-notification", ("premium",)),
    ],
)
def test_kinds(kind: CredentialKind, scope: str, kinds: tuple[str, ...]) -> None:
    """A kind that cannot have a scope is told which kinds can."""
    with pytest.raises(KindCannot) as raised:
        check_scopes(credential(kind), [scope], SCOPES[scope].giver)
    assert raised.value.kinds == kinds
    for word in (kind, scope, *kinds):
        assert word in str(raised.value)


@pytest.mark.parametrize("scope", sorted(SCOPES))
@pytest.mark.parametrize("kind", ["public", "member", "premium"])
def test_agreement_with_the_registry(kind: CredentialKind, scope: str) -> None:
    """Our table of kinds and scopes is the registry's, but for those granted by hand."""
    sim = Simulator()
    by_hand = ["/premium-notification"] if kind == "premium" else []
    by_hand += ["/email/read-private"] if kind != "public" else []
    client = sim.add_client(kind, "A client", extra_scopes=by_hand)
    assert (kind in SCOPES[scope].kinds) == (scope in allowed_for(client))


async def test_calls_of_the_wrong_kind() -> None:
    """No call leaves that this kind of credential cannot make."""
    public = MemberApi(nowhere(), credential("public"))
    member = MemberApi(nowhere(), credential("member"))
    oauth = OAuth(nowhere(), credential("public"))
    message = PermissionMessage("s", "i", "https://j.example/", (NotifiedItem("work", "W"),))
    for call, kind in (
        (public.record(ORCID), "member"),
        (public.add(ORCID, "work", {}, token=TOKEN), "member"),
        (public.groups.find("issn:1741-4857"), "member"),
        (member.webhooks.register(ORCID, "https://j.example/"), "premium"),
        (member.notifications.send(ORCID, message), "premium"),
        (oauth.delegable_id_token(TOKEN), "member"),
        (oauth.on_behalf_of(TOKEN), "member"),
    ):
        with pytest.raises(KindCannot, match=kind) as raised:
            await call
        assert kind in raised.value.kinds


async def test_given_by_whom() -> None:
    """What a person gives is not asked for by the client alone, nor the reverse."""
    oauth = OAuth(nowhere(), credential("premium"))
    with pytest.raises(RegistryNotAsked, match="by a person"):
        await oauth.client_token("/activities/update")
    with pytest.raises(RegistryNotAsked, match="by itself"):
        oauth.authorize_url(state="s", nonce="n", scopes=["/webhook"], redirect_uri="https://j/c")


async def test_only_scopes() -> None:
    """A credential that is held to some scopes asks for no others."""
    held = credential(only_scopes=("openid", "/read-public"))
    assert held.scopes("write-activities") == ("openid",)
    with pytest.raises(KindCannot, match="only_scopes"):
        await OAuth(nowhere(), held).client_token("/group-id-record/read")


def test_addresses() -> None:
    """Production, sandbox, simulators and custom registries have their own addresses."""
    sandbox = credential()
    assert (sandbox.api, sandbox.pub) == (
        "https://api.sandbox.orcid.org",
        "https://pub.sandbox.orcid.org",
    )
    assert sandbox.orcid_host == "sandbox.orcid.org"
    simulator = credential(environment="simulator", site_url="http://127.0.0.1:9/")
    assert (simulator.api, simulator.pub) == ("http://127.0.0.1:9/api", "http://127.0.0.1:9/pub")
    assert simulator.orcid_host == "orcid.org"
    custom = credential(environment="custom", site_url="https://qa.orcid.org")
    assert custom.api == "https://api.qa.orcid.org"
    moved = credential(
        environment="custom", site_url="https://r.example", pub_url="https://p.example/"
    )
    assert (moved.pub, moved.orcid_host) == ("https://p.example", "r.example")
    with pytest.raises(ValidationError, match="site_url"):
        credential(pub_url="https://p.example")
    with pytest.raises(ValidationError, match="site_url"):
        credential(environment="custom")


async def test_searching_limits() -> None:
    """Pages that ORCID would not give are not asked for."""
    anonymous = PublicApi(Access(nowhere(), None), "http://pub.test").searching
    for search, sentence in (
        (anonymous.plain("q", page_size=0), "1 to 1000"),
        (anonymous.plain("q", page_size=1001), "1 to 1000"),
        (anonymous.expanded("q", start=-1), "counted from 0"),
        (anonymous.csv("q", start=10_001), "give credentials"),
        (anonymous.plain("  "), "query"),
    ):
        with pytest.raises(RegistryNotAsked, match=sentence):
            await anext(search)
