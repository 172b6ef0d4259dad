"""Row by row: what our client asks for over HTTP is all that REGISTRY.md 3.2 lists."""

import re

import pytest

from orcid_connect.records import GroupIdRecord
from orcid_connect.registry.notifications import NotifiedItem, PermissionMessage
from orcid_connect.registry.sections import SECTIONS
from tests.registry.conftest import Registry
from tests.registry.contents import CONTENTS
from tests.simulator import bodies

pytestmark = pytest.mark.anyio

ACTIVITIES = (
    *("work", "funding", "peer-review", "research-resource"),
    *("education", "employment", "qualification", "invited-position"),
    *("distinction", "membership", "service"),
)
ABOUT_THE_PERSON = ("researcher-urls", "other-names", "keywords", "address", "external-identifiers")
PUBLIC_ROWS = {
    ("GET", "/status"),
    *(("GET", f"/O/{name}") for name in ("record", "person", "personal-details", "biography")),
    *(("GET", f"/O/{name}") for name in ("email", "activities", "works/N,N")),
    *(("GET", f"/O/{name}s") for name in ACTIVITIES),
    *(("GET", f"/O/{name}/N") for name in ACTIVITIES),
    *(("GET", f"/O/{name}/summary/N") for name in ACTIVITIES),
    *(("GET", f"/O/{name}") for name in ABOUT_THE_PERSON),
    *(("GET", f"/O/{name}/N") for name in ABOUT_THE_PERSON),
    *(("GET", name) for name in ("/search", "/expanded-search", "/csv-search", "/client/C")),
}
MEMBER_ROWS = PUBLIC_ROWS | {
    ("GET", "/apiStatus"),
    ("GET", "/O/summary"),
    ("POST", "/O/works"),
    *(("POST", f"/O/{name}") for name in (*ACTIVITIES, *ABOUT_THE_PERSON)),
    *(("PUT", f"/O/{name}/N") for name in (*ACTIVITIES, *ABOUT_THE_PERSON)),
    *(("DELETE", f"/O/{name}/N") for name in (*ACTIVITIES, *ABOUT_THE_PERSON)),
    *((method, "/group-id-record") for method in ("GET", "POST")),
    *((method, "/group-id-record/N") for method in ("GET", "PUT", "DELETE")),
    *((method, "/O/notification-permission") for method in ("GET", "POST")),
    *((method, "/O/notification-permission/N") for method in ("GET", "DELETE")),
    *((method, "/O/webhook/U") for method in ("PUT", "DELETE")),
}
"""O is an iD, N a put-code, C a client, U an address."""


def row_of(method: str, path: str) -> tuple[str, str]:
    """Return the row of the table that a request belongs to."""
    plain = re.sub(r"^/(api|pub)(/v3\.0)?", "", path.partition("?")[0])
    for pattern, letter in (
        (r"(?<=/webhook/).+", "U"),
        (r"(?<=/client/).+", "C"),
        (r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", "O"),
        (r"(?<=[/,])\d+", "N"),
    ):
        plain = re.sub(pattern, letter, plain)
    return method, plain


async def read_everything(registry: Registry, *, public: bool) -> None:
    """Call all that both APIs can read."""
    api = registry.public(anonymous=True) if public else registry.member()
    orcid = registry.orcid
    for call in (api.record, api.person, api.personal_details, api.biography, api.emails):
        await call(orcid)
    await api.activities(orcid)
    await api.status()
    await api.full_status()
    await api.client(registry.credential().client_id)
    for kind in SECTIONS:
        content = {"country": {"value": "IT"}} if kind == "address" else CONTENTS[kind]
        put_code = registry.sim.put_item(orcid, kind, content, visibility="public")
        await api.section(orcid, kind)
        await api.item(orcid, kind, put_code)
        await api.summary(orcid, kind, put_code)
    assert [one async for one in api.works(orcid, [1, 2])]
    for search in (api.searching.plain, api.searching.expanded, api.searching.csv):
        assert [page async for page in search("Grace")]


async def write_everything(registry: Registry) -> None:
    """Call all that members, and premium members, can do besides."""
    api, token, orcid = registry.member(), registry.token(), registry.orcid
    premium = registry.member("premium")
    for kind in SECTIONS:
        put_code = await api.add(orcid, kind, CONTENTS[kind], token=token)
        item = await api.item(orcid, kind, put_code, token=token)
        await api.change(orcid, kind, put_code, item, token=token)
        await api.remove(orcid, kind, put_code, token=token)
    bulk = api.add_works(orcid, [bodies.work("10.5555/bulk")], token=token)
    assert [one.error async for one in bulk] == [None]
    await api.record_summary(orcid)
    group = GroupIdRecord(name="V", group_id="orcid-generated:row", description="D", type="journal")
    number = await api.groups.create(group)
    await api.groups.read(number)
    await api.groups.change(number, group)
    await api.groups.delete(number)
    assert await api.groups.find("orcid-generated:row") is None
    item_named = NotifiedItem("work", "A paper")
    message = PermissionMessage("Paper", "May we?", "https://journal.example/", (item_named,))
    number = await premium.notifications.send(orcid, message)
    assert await premium.notifications.sent(orcid)
    await premium.notifications.read(orcid, number)
    await premium.notifications.archive(orcid, number)
    await premium.webhooks.register(orcid, "https://journal.example/n")
    await premium.webhooks.unregister(orcid, "https://journal.example/n")


async def test_every_row_of_the_member_api(registry: Registry) -> None:
    """Every row of the table is asked for over HTTP by a call of the client, and answered."""
    await read_everything(registry, public=False)
    await write_everything(registry)
    asked = [entry for entry in registry.sim.journal() if entry["path"].startswith("/api/")]
    assert {row_of(entry["method"], entry["path"]) for entry in asked} == MEMBER_ROWS
    assert {entry["status"] for entry in asked} == {200, 201, 204}


async def test_every_row_of_the_public_api(registry: Registry) -> None:
    """The same GETs are answered to anybody on the public host, and the identifier types."""
    await read_everything(registry, public=True)
    await registry.public(anonymous=True).identifier_types()
    asked = [entry for entry in registry.sim.journal() if entry["path"].startswith("/pub/")]
    rows = {row_of(entry["method"], entry["path"]) for entry in asked}
    assert rows == PUBLIC_ROWS | {("GET", "/pubStatus"), ("GET", "/identifiers")}
    assert {entry["status"] for entry in asked} == {200}
