"""REGISTRY 6: group-id records, and the groups of peer reviews."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import Caller

pytestmark = pytest.mark.anyio
PATH = "/group-id-record"


def group(group_id: str = "orcid-generated:my-group", /, **members: Any) -> dict[str, Any]:
    """A small group-id record."""
    whole = {"name": "N", "group-id": group_id, "description": "D", "type": "journal"}
    return whole | members


@pytest.fixture
def groups(sim: Simulator, http: httpx.AsyncClient, journal: str) -> Caller:
    """The journal, allowed to keep groups."""
    return Caller(http, sim.issue_token(journal, None, "/group-id-record/update"), "")


@pytest.fixture
def foreign(sim: Simulator, http: httpx.AsyncClient, other: str) -> Caller:
    """Another client, allowed to keep groups."""
    return Caller(http, sim.issue_token(other, None, "/group-id-record/update"), "")


async def made(caller: Caller, body: dict[str, Any]) -> int:
    """Create a group that must be accepted."""
    answer = await caller.ask("POST", PATH, json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.headers["location"].rsplit("/", 1)[1])


def refusal(answer: httpx.Response) -> tuple[int, int]:
    """Status and error number of a refusal."""
    return answer.status_code, answer.json()["error-code"]


async def test_create_read_change_delete(sim: Simulator, groups: Caller) -> None:
    """A client makes a group, reads it, changes it and takes it away again."""
    answer = await groups.ask("POST", PATH, json=group())
    assert (answer.status_code, answer.content) == (201, b"")
    code = int(answer.headers["location"].rsplit("/", 1)[1])
    assert answer.headers["location"] == f"{sim.base_url}/api/v3.0/group-id-record/{code}"
    read = await groups.ask("GET", f"{PATH}/{code}")
    assert list(read.json()) == ["name", "group-id", "description", "type", "put-code"]
    changed = group(name="M") | {"put-code": code}
    updated = await groups.ask("PUT", f"{PATH}/{code}", json=changed)
    assert (updated.status_code, updated.json()["name"]) == (200, "M")
    assert (await groups.ask("DELETE", f"{PATH}/{code}")).status_code == 204
    for method in ("GET", "DELETE"):
        assert refusal(await groups.ask(method, f"{PATH}/{code}")) == (400, 9026)
    assert refusal(await groups.ask("PUT", f"{PATH}/{code}", json=changed)) == (400, 9026)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (group("ror:something"), 400, 9047),
        (group("publons:x"), 400, 9047),
        (group(type="magazines"), 400, 9047),
        (group(name=None), 400, 9047),
        (group(nonsense=1), 400, 9047),
        (group(**{"put-code": 1}), 400, 9024),
        (group("ORCID-GENERATED:MY-GROUP"), 400, 9047),
        (group("issn:12345679"), 400, 9053),
        (group("issn:9999-9994"), 400, 9053),
        (group("issn:1234-5679"), 409, 9025),
    ],
)
async def test_create_faults(groups: Caller, body: dict[str, Any], status: int, code: int) -> None:
    """Ids need one of the prefixes; ISSN groups are the registry's own to make."""
    assert refusal(await groups.ask("POST", PATH, json=body)) == (status, code)


async def test_an_existing_id_is_9025(groups: Caller, foreign: Caller) -> None:
    """The id is compared trimmed and without regard to case; a put-code in the body comes first."""
    await made(groups, group("orcid-generated:Some-Group"))
    again = group("orcid-generated:some-group")
    assert refusal(await foreign.ask("POST", PATH, json=again)) == (409, 9025)
    numbered = again | {"put-code": 5}
    assert refusal(await foreign.ask("POST", PATH, json=numbered)) == (400, 9024)


async def test_a_new_issn_group_is_made_by_the_registry_and_refused(
    sim: Simulator, groups: Caller
) -> None:
    """POST of a new ISSN group answers 9025 and leaves the registry's own record behind."""
    body = group("issn:2049-3630", name="Mine")
    assert refusal(await groups.ask("POST", PATH, json=body)) == (409, 9025)
    (found,) = (await groups.ask("GET", PATH)).json()["group-id-record"]
    assert found["name"] == "Letters on Imaginary Systems"
    assert (found["description"], found["type"]) == (None, "journal")
    code = found["put-code"]
    body["put-code"] = code
    assert refusal(await groups.ask("PUT", f"{PATH}/{code}", json=body)) == (403, 9010)
    assert refusal(await groups.ask("DELETE", f"{PATH}/{code}")) == (403, 9010)


async def test_looking_up(groups: Caller) -> None:
    """?group-id= and ?name= compare whole values; nothing found is five nulls."""
    code = await made(groups, group(name="Some Name"))
    by_name = await groups.ask("GET", f"{PATH}?name=some name")
    assert by_name.json()["put-code"] == code
    by_id = await groups.ask("GET", f"{PATH}?group-id=ORCID-generated:my-group&name=other")
    assert by_id.json()["put-code"] == code
    for query in ("name=some", "group-id=orcid-generated:none"):
        answer = await groups.ask("GET", f"{PATH}?{query}")
        assert answer.status_code == 200
        members = ("name", "group-id", "description", "type", "put-code")
        assert answer.json() == dict.fromkeys(members)


async def test_looking_an_issn_up_makes_its_group(
    sim: Simulator, http: httpx.AsyncClient, journal: str
) -> None:
    """?group-id=issn:… creates the group on the fly, with the read scope alone; or 9053."""
    reader = Caller(http, sim.issue_token(journal, None, "/group-id-record/read"), "")
    found = await reader.ask("GET", f"{PATH}?group-id=issn:2049-3630")
    assert found.json()["name"] == "Letters on Imaginary Systems"
    again = await reader.ask("GET", f"{PATH}?group-id=issn:2049-3630")
    assert again.json() == found.json()
    for issn in ("9999-9994", "12345679"):
        answer = await reader.ask("GET", f"{PATH}?group-id=issn:{issn}")
        assert refusal(answer) == (400, 9053)
    denied = await reader.ask("POST", PATH, json=group())
    assert refusal(denied) == (403, 9038)


async def test_listing(sim: Simulator, groups: Caller) -> None:
    """Trap 23: `total` counts the page; a page beyond the end is empty."""
    codes = []
    for number in range(3):
        codes.append(await made(groups, group(f"orcid-generated:group-{number}")))
        sim.clock.move(1)
    listed = (await groups.ask("GET", f"{PATH}?page-size=2")).json()
    assert list(listed) == ["last-modified-date", "total", "page", "page-size", "group-id-record"]
    assert (listed["total"], listed["page"], listed["page-size"]) == (2, 1, 2)
    assert [each["put-code"] for each in listed["group-id-record"]] == codes[:2]
    beyond = (await groups.ask("GET", f"{PATH}?page-size=2&page=3")).json()
    assert (beyond["total"], beyond["group-id-record"]) == (0, [])
    assert (await groups.ask("GET", PATH)).json()["page-size"] == 100
    assert refusal(await groups.ask("GET", f"{PATH}?page=one")) == (400, 9020)
    assert refusal(await groups.ask("GET", f"{PATH}?page-size=0")) == (400, 9006)


async def test_updating(groups: Caller, foreign: Caller) -> None:
    """Another group's id is 9025 before the source check; wrong put-codes are 9019 and 9034."""
    first = await made(groups, group("orcid-generated:one"))
    second = await made(groups, group("orcid-generated:two"))
    taken = group("orcid-generated:one") | {"put-code": second}
    assert refusal(await foreign.ask("PUT", f"{PATH}/{second}", json=taken)) == (409, 9025)
    own = group("orcid-generated:two") | {"put-code": second}
    assert refusal(await foreign.ask("PUT", f"{PATH}/{second}", json=own)) == (403, 9010)
    assert refusal(await groups.ask("PUT", f"{PATH}/{first}", json=own)) == (400, 9019)
    assert refusal(await groups.ask("PUT", f"{PATH}/one", json=own)) == (400, 9034)


async def test_a_group_with_reviews_stays(groups: Caller, foreign: Caller, member: Caller) -> None:
    """DELETE is 9040 as long as reviews belong to it, before the source is looked at."""
    code = await made(groups, group())
    review = await member.created("/peer-review", bodies.review("r1", "orcid-generated:my-group"))
    assert refusal(await foreign.ask("DELETE", f"{PATH}/{code}")) == (409, 9040)
    assert (await member.delete(f"/peer-review/{review}")).status_code == 204
    assert refusal(await foreign.ask("DELETE", f"{PATH}/{code}")) == (403, 9010)
    assert (await groups.ask("DELETE", f"{PATH}/{code}")).status_code == 204


async def test_control_characters_leave_names(groups: Caller) -> None:
    """Control characters are stripped from the name of a group."""
    code = await made(groups, group(name="A\u0000B\u0007C".replace("\u0000", "\u0001")))
    assert (await groups.ask("GET", f"{PATH}/{code}")).json()["name"] == "ABC"


@pytest.mark.parametrize("written", ["issn:1741-4857", "issn:17414857", "issn:1741\u20134857"])
async def test_reviews_normalise_their_issn(member: Caller, written: str) -> None:
    """A peer review's ISSN group is rewritten to its hyphenated form; the group is made."""
    code = await member.post("/peer-review", bodies.review("r1", written))
    if "\u2013" in written:
        assert refusal(code) == (400, 9047)  # not of the schema's pattern
        return
    assert code.status_code == 201
    review = (await member.get(code.headers["location"].split(member.orcid)[1])).json()
    assert review["review-group-id"] == "issn:1741-4857"


async def test_reviews_make_their_issn_group_once(groups: Caller, member: Caller) -> None:
    """A journal with an ISSN never needs to create groups."""
    for value in ("r1", "r2"):
        await member.created("/peer-review", bodies.review(value))
    listed = (await groups.ask("GET", PATH)).json()["group-id-record"]
    assert [each["group-id"] for each in listed] == ["issn:1741-4857"]


async def test_reviews_clash_before_their_group_is_looked_at(member: Caller) -> None:
    """9021 comes before an unknown group's 9020."""
    await member.created("/peer-review", bodies.review("r1"))
    unknown = bodies.review("r1", "orcid-generated:unknown")
    assert refusal(await member.post("/peer-review", unknown)) == (409, 9021)


@pytest.mark.parametrize("group_id", ["issn:2049-3630", "issn:17414857", "orcid-generated:no"])
async def test_updating_a_review_needs_an_existing_group(member: Caller, group_id: str) -> None:
    """On PUT the group must exist as written, even before the duplicate check."""
    await member.created("/peer-review", bodies.review("r1"))
    code = await member.created("/peer-review", bodies.review("r2"))
    body = bodies.review("r1", group_id) | {"put-code": code}
    assert refusal(await member.put(f"/peer-review/{code}", body)) == (400, 9020)


async def test_what_the_portal_knows_can_be_chosen(
    sim: Simulator, member: Caller, ada: Person
) -> None:
    """The portal knows the listed journals, all, or none."""
    unknown = bodies.review("r1", "issn:9999-9994")
    assert refusal(await member.post("/peer-review", unknown)) == (400, 9053)
    sim.know_issns("all")
    await member.created("/peer-review", unknown)
    sim.know_issns("none")
    fresh = bodies.review("r2", "issn:2049-3630")
    assert refusal(await member.post("/peer-review", fresh)) == (400, 9053)
    sim.know_issns("listed")
    sim.add_issn("0000-006x", "Made Up")
    await member.created("/peer-review", bodies.review("r3", "issn:0000-006X"))
