"""Every row of REGISTRY.md 3.2: our client and the simulator, over HTTP."""

import pytest
from pydantic import SecretStr

from orcid_connect import codec, records
from orcid_connect.errors import (
    Duplicate,
    NotFound,
    NotTheSource,
    NotVisible,
    RequestRefused,
    StateRefused,
)
from orcid_connect.records import GroupIdRecord, ItemKind
from orcid_connect.registry.notifications import NotifiedItem, PermissionMessage
from tests.registry.conftest import Registry
from tests.registry.contents import CONTENTS
from tests.simulator import bodies

pytestmark = pytest.mark.anyio
KINDS = tuple(CONTENTS)


@pytest.mark.parametrize("kind", KINDS)
async def test_items(registry: Registry, kind: ItemKind) -> None:
    """An item of each kind is added, listed, read, summarised, changed and removed."""
    api, token, orcid = registry.member(), registry.token(), registry.orcid
    put_code = await api.add(orcid, kind, CONTENTS[kind], token=token)
    item = await api.item(orcid, kind, put_code, token=token)
    assert type(item) is records.TYPES[kind]
    assert item.put_code == put_code
    assert item.source is not None
    assert item.source.client_id == api.client_id
    summary = await api.summary(orcid, kind, put_code, token=token)
    assert summary.put_code == put_code
    listing = await api.section(orcid, kind, token=token)
    assert str(put_code) in listing.model_dump_json()
    await api.change(orcid, kind, put_code, item, token=token)
    await api.remove(orcid, kind, put_code, token=token)
    with pytest.raises(NotFound) as raised:
        await api.item(orcid, kind, put_code, token=token)
    assert (raised.value.put_code, raised.value.what) == (put_code, "item")


@pytest.mark.parametrize("kind", KINDS)
async def test_items_on_the_public_api(registry: Registry, kind: ItemKind) -> None:
    """What is public is read by anybody, in a client's name or in nobody's."""
    put_code = registry.sim.put_item(registry.orcid, kind, CONTENTS[kind], visibility="public")
    hidden = registry.sim.put_item(registry.orcid, kind, _another(kind), visibility="private")
    for api in (registry.public(), registry.public(anonymous=True)):
        assert (await api.item(registry.orcid, kind, put_code)).put_code == put_code
        assert (await api.summary(registry.orcid, kind, put_code)).put_code == put_code
        listed = (await api.section(registry.orcid, kind)).model_dump_json()
        assert f'"put_code":{put_code},' in listed
        assert f'"put_code":{hidden},' not in listed
        with pytest.raises(NotVisible) as raised:
            await api.item(registry.orcid, kind, hidden)
        assert raised.value.code == 9039


def _another(kind: ItemKind) -> dict[str, object]:
    return {"country": {"value": "IT"}} if kind == "address" else CONTENTS[kind]


async def test_documents(registry: Registry) -> None:
    """The whole record and its larger parts are read as types, on both APIs."""
    registry.sim.put_item(registry.orcid, "work", CONTENTS["work"], visibility="public")
    member = registry.member()
    for api in (member, registry.public(), registry.public(anonymous=True)):
        record = await api.record(registry.orcid)
        assert record.orcid == registry.orcid
        assert record.aside == ()
        person = await api.person(registry.orcid)
        assert person.name is not None
        assert person.name.given_names == "Grace"
        details = await api.personal_details(registry.orcid)
        assert details.name == person.name
        assert (await api.biography(registry.orcid)).content == "Compilers."
        assert (await api.emails(registry.orcid)).items == ()
        activities = await api.activities(registry.orcid)
        assert activities.works is not None
        assert len(activities.works.groups) == 1
    token = registry.token("/email/read-private")
    assert len((await member.emails(registry.orcid, token=token)).items) == 1
    numbers = await member.record_summary(registry.orcid)
    assert numbers["works"] == {"self-asserted-count": 1, "validated-count": 0}


async def test_no_biography(registry: Registry) -> None:
    """Whoever wrote no biography has none to read."""
    silent = registry.sim.add_person("Si", "Lent").orcid
    with pytest.raises(NotFound) as raised:
        await registry.public().biography(silent)
    assert (raised.value.code, raised.value.what) == (9041, "thing")


async def test_bulk_reading(registry: Registry) -> None:
    """Works come in the order asked for, each with its put-code, or with why it is hidden."""
    put = registry.sim.put_item
    codes = [
        put(registry.orcid, "work", bodies.work(f"10.5555/{n}", f"T{n}"), visibility="public")
        for n in range(205)
    ]
    hidden = put(registry.orcid, "work", bodies.work("10.5555/h"), visibility="private")
    wanted = [*reversed(codes), 4711, hidden]
    before = len(registry.sim.journal())
    for api in (registry.member(), registry.public(anonymous=True)):
        read = [one async for one in api.works(registry.orcid, [*wanted, codes[0]])]
        assert [one.put_code for one in read] == wanted
        for one in read[:-2]:
            assert one.work is not None
            assert one.work.put_code == one.put_code
        unknown, private = read[-2:]
        assert isinstance(unknown.error, RequestRefused)
        assert (unknown.error.code, unknown.error.put_code) == (9034, 4711)
        assert isinstance(private.error, NotVisible)
        assert private.error.put_code == hidden
    asked = [one for one in registry.sim.journal()[before:] if "/works/" in one["path"]]
    assert len(asked) == 6


async def test_bulk_adding(registry: Registry) -> None:
    """Works are added 100 a call; of each it is told what became of it."""
    api, token = registry.member(), registry.token()
    works = [bodies.work(f"10.5555/b{n}") for n in range(120)]
    works[7] = bodies.work("10.5555/b6")
    works[110] = bodies.work("10.5555/x", "  ")
    typed = [codec.decode_work(work) for work in works]
    added = [one async for one in api.add_works(registry.orcid, typed, token=token)]
    assert [one.index for one in added] == list(range(120))
    clash, blank = added[7].error, added[110].error
    assert isinstance(clash, Duplicate)
    assert clash.clashing_put_code == added[6].put_code
    assert blank is not None
    assert (blank.code, blank.field) == (9022, "title")
    assert sum(one.put_code is not None for one in added) == 118
    assert len(registry.sim.items(registry.orcid, "work")) == 118


async def test_delivery_evidence(registry: Registry) -> None:
    """What deliveries look at tells put-code, source and identifiers, in lists and items."""
    api, token = registry.member(), registry.token()
    for kind in ("work", "peer-review"):
        put_code = await api.add(registry.orcid, kind, CONTENTS[kind], token=token)
        item = await api.read(registry.orcid, kind, put_code, token=token)
        (listed,) = await api.items(registry.orcid, kind, token=token)
        assert item.put_code == listed.put_code == put_code
        assert item.client_id == listed.client_id == api.client_id
        assert item.identity == listed.identity != frozenset()


async def test_groups(registry: Registry) -> None:
    """A group is created, found by id and name, listed, changed and deleted."""
    api = registry.member().groups
    group = GroupIdRecord(
        name="The venue", group_id="orcid-generated:venue", description="D", type="journal"
    )
    put_code = await api.create(group)
    assert (await api.read(put_code)).name == "The venue"
    for found in (await api.find("orcid-generated:VENUE"), await api.find_by_name("the venue")):
        assert found is not None
        assert found.put_code == put_code
    assert await api.find("orcid-generated:nothing") is None
    assert await api.find_by_name("nothing") is None
    with pytest.raises(Duplicate) as raised:
        await api.create(group)
    assert (raised.value.code, raised.value.field) == (9025, "group-id")
    await api.change(put_code, group.model_copy(update={"name": "Another name"}))
    assert (await api.ensure(group)).name == "Another name"
    with pytest.raises(NotTheSource):
        await registry.member(name="rival").groups.delete(put_code)
    await api.delete(put_code)
    with pytest.raises(NotFound) as gone:
        await api.read(put_code)
    assert gone.value.code == 9026


async def test_group_pages(registry: Registry) -> None:
    """All groups are listed page by page, though each page counts itself alone."""
    api = registry.member().groups
    for number in range(5):
        await api.ensure(
            GroupIdRecord(
                name=f"V{number}",
                group_id=f"orcid-generated:v{number}",
                description="D",
                type="journal",
            )
        )
    pages = [page async for page in api.pages(page_size=2)]
    names = [one.name for page in pages for one in page.records]
    assert names[-5:] == [f"V{number}" for number in range(5)]


async def test_issn_groups(registry: Registry) -> None:
    """Asking for an ISSN makes its group; creating it is answered as if it had been there."""
    api = registry.member().groups
    found = await api.find("issn:2049-3630")
    assert found is not None
    assert found.description is None
    group = GroupIdRecord(name="J", group_id="issn:1741-4857", description="D", type="journal")
    with pytest.raises(Duplicate):
        await api.create(group)
    assert (await api.ensure(group)).group_id == "issn:1741-4857"
    with pytest.raises(Exception, match="ISSN") as raised:
        await api.find("issn:20493630")
    assert getattr(raised.value, "code", None) == 9053


async def test_group_in_use(registry: Registry) -> None:
    """A group with peer reviews stays."""
    api, token = registry.member(), registry.token()
    await api.add(registry.orcid, "peer-review", CONTENTS["peer-review"], token=token)
    found = await api.groups.find("issn:1741-4857")
    assert found is not None
    assert found.put_code is not None
    with pytest.raises(StateRefused):
        await api.groups.delete(found.put_code)


async def test_webhooks(registry: Registry) -> None:
    """A callback is registered once and unregistered once, whatever its address holds."""
    api = registry.member("premium").webhooks
    url = "https://journal.example/orcid/notify/a%2Fb?x=1&y=ü"
    assert await api.register(registry.orcid, url) is True
    assert await api.register(registry.orcid, url) is False
    assert [hook.url for hook in registry.sim.world.webhooks] == [url.replace("%2F", "%2F")]
    await api.unregister(registry.orcid, url)
    with pytest.raises(NotFound) as raised:
        await api.unregister(registry.orcid, url)
    assert raised.value.code == 9028


async def test_messages(registry: Registry) -> None:
    """A message is sent, listed, read and archived by its sender."""
    api = registry.member("premium").notifications
    message = PermissionMessage(
        subject="Your paper",
        introduction="May we add it?",
        authorization_url="https://journal.example/orcid/connect",
        items=(NotifiedItem("work", "A paper", "doi", "10.5555/one"), NotifiedItem("service", "B")),
    )
    put_code = await api.send(registry.orcid, message)
    read = await api.read(registry.orcid, put_code)
    assert read.message == message
    assert read.created is not None
    assert read.created.timestamp() == registry.sim.clock.now()
    assert await api.sent(registry.orcid) == [read]
    assert (await api.archive(registry.orcid, put_code)).archived is not None
    late = await api.send(registry.orcid, message)
    registry.sim.read_notification(late)
    with pytest.raises(StateRefused):
        await api.archive(registry.orcid, late)
    with pytest.raises(NotFound):
        await api.read(registry.orcid, 999_999)


async def test_client_and_identifier_types(registry: Registry) -> None:
    """A client's name and the types of identifiers are read by anybody."""
    known = registry.credential().client_id
    for api in (registry.member(), registry.public(), registry.public(anonymous=True)):
        assert (await api.client(known)).name == "A member client"
        with pytest.raises(NotFound) as raised:
            await api.client("APP-NOBODY0000000001")
        assert raised.value.code == 9027
    types = await registry.public(anonymous=True).identifier_types()
    doi = next(one for one in types if one.name == "doi")
    assert doi.resolution_prefix is not None


async def test_status(registry: Registry) -> None:
    """Both APIs say how they are, and what time it is there, without a token."""
    for api in (registry.member(), registry.public(anonymous=True)):
        assert (await api.status()).well
        assert set((await api.full_status()).parts) > {"overallOk"}
        assert await api.registry_time() == 1_790_000_000.0


async def test_searches(registry: Registry) -> None:
    """All three searches go through every page and stop."""
    for number in range(5):
        registry.sim.add_person(f"Quentin{number}", "Quine")
    for api in (registry.member(), registry.public(), registry.public(anonymous=True)):
        search = api.searching
        pages = [page async for page in search.plain("family-name:Quine", page_size=2)]
        assert [len(page.hits) for page in pages] == [2, 2, 1]
        orcids = [hit.orcid for page in pages for hit in page.hits]
        expanded = [
            hit
            async for page in search.expanded("family-name:Quine", page_size=2)
            for hit in page.hits
        ]
        assert [hit.orcid for hit in expanded] == orcids
        assert expanded[0].given_names == "Quentin0"
        tables = [
            page
            async for page in search.csv(
                "family-name:Quine", columns=("orcid", "given-names"), page_size=2
            )
        ]
        assert tables[0].columns == ("orcid", "given-names")
        assert [row[0] for table in tables for row in table.rows] == orcids
        nothing = [page async for page in search.plain("family-name:Nobody")]
        assert [(page.hits, page.total) for page in nothing] == [((), 0)]


async def test_delegation(registry: Registry) -> None:
    """One client hands its permission to another, and both stand on what that one writes."""
    original = registry.token(name="journal")
    id_token = await registry.oauth("journal").delegable_id_token(original)
    answer = await registry.oauth("agent").on_behalf_of(id_token, scopes=["/activities/update"])
    assert answer.orcid == registry.orcid
    assert answer.refresh_token is None
    api = registry.member(name="agent")
    put_code = await api.add(registry.orcid, "work", CONTENTS["work"], token=answer.access_token)
    item = await api.item(registry.orcid, "work", put_code, token=answer.access_token)
    assert item.source is not None
    assert item.source.client_id == api.client_id
    assert item.source.assertion_origin_client_id == registry.credential(name="journal").client_id


async def test_refresh(registry: Registry) -> None:
    """A refresh token gives new tokens, narrower ones if wished; the old one dies."""
    oauth, sim = registry.oauth(), registry.sim
    client_id = registry.credential().client_id
    code = sim.grant(
        client_id, registry.orcid, "/read-limited /activities/update", "http://j.test/cb"
    )
    first = await oauth.exchange(SecretStr(code), "http://j.test/cb")
    assert first.refresh_token is not None
    second = await oauth.refresh(first.refresh_token, scopes=["/read-limited"])
    assert second.scopes == {"/read-limited"}
    assert second.access_token != first.access_token
    with pytest.raises(Exception, match="unauthorized_client"):
        await oauth.refresh(first.refresh_token)
