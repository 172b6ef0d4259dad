"""REGISTRY 3.6, 3.7 and 4.6: grouping and order of lists, summaries, visibility of new items."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import UPDATE, Caller, anonymous, code_of

pytestmark = pytest.mark.anyio


def wanted(doi: str, *, title: str = "T", year: str | None = None, **more: Any) -> dict[str, Any]:
    """A work with a publication year."""
    date = {"publication-date": {"year": {"value": year}}} if year else {}
    return bodies.work(doi, title, **date, **more)


async def test_3_6_works_merge_transitively(member: Caller, rival: Caller) -> None:
    """Items that share a self or version-of id make one group; part-of and funded-by do not."""
    ids = [
        [bodies.identifier("10.5555/a")],
        [bodies.identifier("10.5555/a"), bodies.identifier("10.5555/b", relationship="version-of")],
        [bodies.identifier("10.5555/B"), bodies.identifier("1234-5679", "issn", "part-of")],
        [bodies.identifier("10.5555/z"), bodies.identifier("1234-5679", "issn", "part-of")],
    ]
    codes = []
    for number, each in enumerate(ids):
        caller = rival if number == 1 else member
        body = bodies.work("10.5555/x", f"T{number}") | {"external-ids": {"external-id": each}}
        codes.append(await caller.created("/work", body))
    groups = (await member.get("/works")).json()["group"]
    found = [{each["put-code"] for each in group["work-summary"]} for group in groups]
    assert sorted(found, key=len) == [{codes[3]}, set(codes[:3])]
    merged = groups[0] if len(groups[0]["work-summary"]) == 3 else groups[1]
    relations = {each["external-id-relationship"] for each in merged["external-ids"]["external-id"]}
    assert relations == {"self", "version-of"}
    assert list(merged) == ["last-modified-date", "external-ids", "work-summary"]


async def test_3_6_order_of_works(sim: Simulator, member: Caller, rival: Caller) -> None:
    """Groups: newest publication first, then title; inside: display-index, then oldest first."""
    for doi, title, year in (
        ("10.5555/1", "Beta", "2020"),
        ("10.5555/2", "Alpha", "2020"),
        ("10.5555/3", "Old", "1999"),
        ("10.5555/4", "Undated", None),
        ("10.5555/5", "New", "2024"),
    ):
        await member.created("/work", wanted(doi, title=title, year=year))
    sim.clock.move(5)
    later = await rival.created("/work", wanted("10.5555/5", title="New again", year="1990"))
    own = sim.put_item(member.orcid, "work", wanted("10.5555/5", title="Own", year="1990"))
    groups = (await member.get("/works")).json()["group"]
    titles = [group["work-summary"][0]["title"]["title"]["value"] for group in groups]
    assert titles == ["New", "Alpha", "Beta", "Old", "Undated"]
    assert [each["put-code"] for each in groups[0]["work-summary"]][1:] == [later, own]
    newest = int(sim.clock.now() * 1000)
    assert groups[0]["last-modified-date"] == {"value": newest}


async def test_3_6_filter_before_and_after_grouping(
    sim: Simulator, member: Caller, public: Caller
) -> None:
    """A hidden item joins two groups in activities, but not in works, and lends no identifier."""
    first = bodies.identifier("10.5555/1")
    second = bodies.identifier("10.5555/2")
    hidden_body = bodies.work("10.5555/x", "H") | {"external-ids": {"external-id": [first, second]}}
    hidden = sim.put_item(member.orcid, "work", hidden_body)
    await member.created("/work", bodies.work("10.5555/1"))
    await member.created("/work", bodies.work("10.5555/2"))
    sim.set_item_visibility(member.orcid, hidden, "private")
    assert len((await anonymous(public, "/works")).json()["group"]) == 2
    (group,) = (await anonymous(public, "/activities")).json()["works"]["group"]
    assert len(group["work-summary"]) == 2
    assert len(group["external-ids"]["external-id"]) == 2
    only_hidden = sim.put_item(member.orcid, "work", bodies.work("10.5555/only"))
    sim.set_item_visibility(member.orcid, only_hidden, "private")
    assert len((await anonymous(public, "/activities")).json()["works"]["group"]) == 1


async def test_3_6_affiliations(member: Caller) -> None:
    """Undated ones come first, then current ones by start, then by end; each entry is wrapped."""

    def dated(start: str | None, end: str | None) -> dict[str, Any]:
        body = bodies.affiliation()
        if start:
            body["start-date"] = {"year": {"value": start}}
        if end:
            body["end-date"] = {"year": {"value": end}}
        return body

    spans = [("2001", "2003"), ("2010", None), ("2000", "2009"), (None, None), ("2015", None)]
    codes = [await member.created("/education", dated(*span)) for span in spans]
    listed = (await member.get("/educations")).json()
    assert list(listed) == ["last-modified-date", "affiliation-group", "path"]
    found = [
        group["summaries"][0]["education-summary"]["put-code"]
        for group in listed["affiliation-group"]
    ]
    assert found == [codes[3], codes[4], codes[1], codes[2], codes[0]]
    assert listed["affiliation-group"][0]["external-ids"] == {"external-id": []}


async def test_3_6_fundings_and_resources(member: Caller) -> None:
    """Fundings and research resources group like works, under their own names."""
    await member.created("/funding", bodies.funding())
    await member.created("/research-resource", bodies.resource())
    fundings = (await member.get("/fundings")).json()
    assert len(fundings["group"][0]["funding-summary"]) == 1
    resources = (await member.get("/research-resources")).json()
    assert len(resources["group"][0]["research-resource-summary"]) == 1
    assert resources["path"].endswith("/research-resources")


async def test_3_6_peer_reviews_have_two_levels(member: Caller, rival: Caller) -> None:
    """Reviews stand under their group's pseudo id; duplicates merge below it."""
    await member.created("/peer-review", bodies.review("r1"))
    await rival.created("/peer-review", bodies.review("r1"))
    await member.created("/peer-review", bodies.review("r2", "issn:2049-3630"))
    listed = (await member.get("/peer-reviews")).json()
    assert len(listed["group"]) == 2
    by_group = {
        group["external-ids"]["external-id"][0]["external-id-value"]: group
        for group in listed["group"]
    }
    shared = by_group["issn:1741-4857"]
    assert list(shared) == ["last-modified-date", "external-ids", "peer-review-group"]
    pseudo = shared["external-ids"]["external-id"][0]
    assert pseudo["external-id-type"] == "peer-review"
    assert pseudo["external-id-relationship"] is None
    (inner,) = shared["peer-review-group"]
    assert list(inner) == ["last-modified-date", "external-ids", "peer-review-summary"]
    assert len(inner["peer-review-summary"]) == 2
    summary = inner["peer-review-summary"][0]
    assert "subject-type" not in summary
    assert summary["completion-date"]["year"]["value"] == "2024"


async def test_3_6_peer_reviews_by_completion(member: Caller) -> None:
    """The latest completed review's group comes first."""
    for value, group, year in (("a", "issn:1741-4857", "2020"), ("b", "issn:2049-3630", "2023")):
        date = {"year": {"value": year}}
        body = bodies.review(value, group) | {"review-completion-date": date}
        await member.created("/peer-review", body)
    groups = (await member.get("/peer-reviews")).json()["group"]
    order = [each["external-ids"]["external-id"][0]["external-id-value"] for each in groups]
    assert order == ["issn:2049-3630", "issn:1741-4857"]


async def test_3_7_summary_keys(member: Caller) -> None:
    """The summary of a work has the registry's keys, and no subtitle."""
    body = bodies.work() | {"title": {"title": {"value": "T"}, "subtitle": {"value": "S"}}}
    code = await member.created("/work", body)
    summary = (await member.get(f"/work/summary/{code}")).json()
    assert list(summary) == [
        "put-code",
        "created-date",
        "last-modified-date",
        "source",
        "title",
        "external-ids",
        "url",
        "type",
        "publication-date",
        "journal-title",
        "visibility",
        "path",
        "display-index",
    ]
    assert summary["title"]["subtitle"] is None
    assert (await member.get(f"/work/{code}")).json()["title"]["subtitle"] == {"value": "S"}


async def test_3_7_person_lists(sim: Simulator, member: Caller, ada: Person) -> None:
    """Person items sort by display-index descending, then oldest first."""
    own = sim.put_item(ada.orcid, "keyword", {"content": "own"})
    first = await member.created("/keywords", {"content": "first"})
    second = await member.created("/keywords", {"content": "second"})
    listed = (await member.get("/keywords")).json()
    assert list(listed) == ["last-modified-date", "keyword", "path"]
    assert [each["put-code"] for each in listed["keyword"]] == [first, second, own]


@pytest.mark.parametrize("default", ["public", "limited", "private"])
async def test_4_6_post_ignores_visibility(
    sim: Simulator, member: Caller, ada: Person, default: str
) -> None:
    """On a claimed record the owner's default wins, for activities and person items."""
    sim.change_person(ada.orcid, default_visibility=default)
    other = "private" if default == "public" else "public"
    work = await member.created("/work", bodies.work(visibility=other))
    word = await member.created("/keywords", {"content": "k", "visibility": other})
    for path in (f"/work/{work}", f"/keywords/{word}"):
        assert (await member.get(path)).json()["visibility"] == default
    bulk = {"bulk": [{"work": bodies.work("10.5555/bulk", visibility=other)}]}
    (element,) = (await member.post("/works", bulk)).json()["bulk"]
    assert element["work"]["visibility"] == default


async def test_4_6_person_items_without_a_default_are_private(
    sim: Simulator, member: Caller, ada: Person
) -> None:
    """A record without any default makes new person items private."""
    sim.change_person(ada.orcid, default_visibility=None)
    code = await member.created("/keywords", {"content": "k"})
    assert (await member.get(f"/keywords/{code}")).json()["visibility"] == "private"


async def test_4_6_unclaimed_records_take_the_given_visibility(
    sim: Simulator, http: httpx.AsyncClient
) -> None:
    """On an unclaimed record what was sent counts, private without."""
    creator = sim.add_client("member", "Creator").client_id
    person = sim.add_person("Unclaimed", claimed=False, creator=creator)
    caller = Caller(http, sim.issue_token(creator, person.orcid, UPDATE), person.orcid)
    given = await caller.created("/work", bodies.work(visibility="limited"))
    silent = await caller.created("/work", bodies.work("10.5555/silent"))
    assert (await caller.get(f"/work/{given}")).json()["visibility"] == "limited"
    assert (await caller.get(f"/work/{silent}")).json()["visibility"] == "private"


async def test_4_6_put_keeps_or_refuses(member: Caller) -> None:
    """PUT without visibility keeps it, the same is fine, another is 403/9035."""
    code = await member.created("/work", bodies.work())
    for title, more in (("A", {}), ("B", {"visibility": "public"})):
        body = bodies.work("10.5555/x", title, **more) | {"put-code": code}
        answer = await member.put(f"/work/{code}", body)
        assert (answer.status_code, answer.json()["visibility"]) == (200, "public")
    body = bodies.work("10.5555/x", "C", visibility="private") | {"put-code": code}
    refused = await member.put(f"/work/{code}", body)
    assert code_of(refused) == (403, 9035)
    assert "${clientName}" in refused.json()["user-message"]
    assert (await member.get(f"/work/{code}")).json()["title"]["title"]["value"] == "B"
