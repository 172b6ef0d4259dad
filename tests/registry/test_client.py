"""`RegistryClient`: one obvious way to ORCID's APIs, for a program that wants them themselves."""

import httpx
import pytest
from pydantic import SecretStr

import orcid_connect
from orcid_connect import MemberApi, PublicApi, RegistryClient, errors
from orcid_connect.errors import SettingsError
from orcid_connect.settings import Credential, CredentialKind
from tests.registry.conftest import Registry
from tests.registry.contents import CONTENTS
from tests.support.clock import MovedClock

pytestmark = pytest.mark.anyio
ORCID = "0000-0002-1825-0097"


def credential(name: str, kind: CredentialKind = "member") -> Credential:
    """Return a credential of the sandbox."""
    return Credential(
        name=name,
        client_id=f"APP-{name}",
        client_secret=SecretStr("a secret"),
        kind=kind,
        environment="sandbox",
    )


async def test_all_of_it(registry: Registry) -> None:
    """With credentials alone a vendor reads, writes and exchanges, and closes in good order."""
    kinds: list[CredentialKind] = ["public", "member"]
    async with RegistryClient([registry.credential(kind) for kind in kinds]) as client:
        member = client.member()
        assert member.client_id == registry.credential("member").client_id
        put_code = await member.add(
            registry.orcid, "keyword", CONTENTS["keyword"], token=registry.token()
        )
        assert (await client.public().record(registry.orcid)).orcid == registry.orcid
        stranger = client.anonymous("simulator", registry.base_url)
        assert (await stranger.record(registry.orcid)).orcid == registry.orcid
        assert (await client.oauth("member").client_token("/read-public")).orcid is None
        with pytest.raises(errors.Duplicate):
            await member.add(registry.orcid, "keyword", CONTENTS["keyword"], token=registry.token())
        await member.remove(registry.orcid, "keyword", put_code, token=registry.token())


async def test_one_rate_and_a_count_for_each_api() -> None:
    """All APIs of a credential share its rate; the Public API's daily count is its own."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    far = httpx.MockTransport(lambda _: httpx.Response(200, json={"tomcatUp": True}))
    clock = MovedClock()
    async with RegistryClient([credential("one")], clock=clock, sleep=sleep, http=far) as client:
        for _ in range(20):
            await client.member().status()
            await client.public().status()
        assert not slept
        await client.public().status()
        await client.member().status()
        assert slept == pytest.approx([1 / 24, 2 / 24])
        meter = client.public().requests_today
        assert (meter.used, meter.quota, meter.left) == (21, 40_000, 39_979)
        assert client.anonymous().requests_today.left == 10_000


async def test_two_credentials() -> None:
    """Each credential has its own name and rate; which one is meant is said, or told."""
    far = httpx.MockTransport(lambda _: pytest.fail("something was sent"))
    both = [credential("reader", "public"), credential("writer")]
    async with RegistryClient(both, http=far) as client:
        assert client.member().client_id == "APP-writer"
        assert client.member("reader").client_id == "APP-reader"
        for ask in (client.member, client.public, client.oauth):
            with pytest.raises(SettingsError, match="there are: reader, writer"):
                ask("nobody")
        with pytest.raises(SettingsError, match="production, sandbox, simulator"):
            client.anonymous("moon")
    with pytest.raises(SettingsError, match="name of its own"):
        RegistryClient([credential("same"), credential("same")])


def test_where_a_vendor_looks() -> None:
    """The APIs, the errors to catch and the types to send are found from the package itself."""
    assert {"MemberApi", "PublicApi", "RegistryClient", "errors", "records"} <= {
        *orcid_connect.__all__
    }
    assert orcid_connect.MemberApi is MemberApi
    assert orcid_connect.PublicApi is PublicApi
    assert orcid_connect.records.Work.__doc__
    assert issubclass(orcid_connect.errors.Duplicate, orcid_connect.OrcidConnectError)
