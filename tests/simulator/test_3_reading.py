"""REGISTRY 3.2, 3.4, 3.6 and 4.6: who reads what, grouping in lists, visibility of new items."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import LIMITED, UPDATE, Caller

pytestmark = pytest.mark.anyio


@pytest.fixture
def reader(sim: Simulator, http: httpx.AsyncClient, ada: Person, other: str) -> Caller:
    """Another client that may read limited activities of Ada's."""
    return Caller(http, sim.issue_token(other, ada.orcid, LIMITED), ada.orcid)


@pytest.fixture
def updater(sim: Simulator, http: httpx.AsyncClient, ada: Person, other: str) -> Caller:
    """Another client that may update but not read limited activities."""
    return Caller(http, sim.issue_token(other, ada.orcid, UPDATE), ada.orcid)


@pytest.fixture
def public(http: httpx.AsyncClient, ada: Person) -> Caller:
    """Anybody, on the Public API."""
    return Caller(http, "", ada.orcid, "/pub/v3.0")


async def anonymous(public: Caller, path: str) -> httpx.Response:
    """Read the Public API without a token."""
    url = f"/pub/v3.0/{public.orcid}{path}"
    return await public.http.get(url, headers={"accept": "application/json"})


def code_of(answer: httpx.Response) -> tuple[int, int | None]:
    """Status and error number."""
    return answer.status_code, None if answer.is_success else answer.json()["error-code"]


@pytest.mark.parametrize(
    ("visibility", "source", "limited", "update", "everybody"),
    [
        ("public", (200, None), (200, None), (200, None), (200, None)),
        ("limited", (200, None), (200, None), (403, 9038), (403, 9039)),
        ("private", (200, None), (403, 9013), (403, 9038), (403, 9039)),
    ],
)
async def test_3_4_who_reads_a_single_item(
    sim: Simulator,
    member: Caller,
    reader: Caller,
    updater: Caller,
    public: Caller,
    visibility: str,
    source: tuple[int, int | None],
    limited: tuple[int, int | None],
    update: tuple[int, int | None],
    everybody: tuple[int, int | None],
) -> None:
    """Sources read their own, public items need read-public, limited ones their scope."""
    code = await member.created("/work", bodies.work())
    sim.set_item_visibility(member.orcid, code, visibility)
    for path in (f"/work/{code}", f"/work/summary/{code}"):
        assert code_of(await member.get(path)) == source
        assert code_of(await reader.get(path)) == limited
        assert code_of(await updater.get(path)) == update
        assert code_of(await anonymous(public, path)) == everybody


async def test_3_4_sources_read_their_own_without_any_scope(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, journal: str
) -> None:
    """A private item of its own is read with a two-legged token too."""
    code = await member.created("/work", bodies.work())
    sim.set_item_visibility(member.orcid, code, "private")
    two_legged = Caller(http, sim.issue_token(journal, None, "/read-public"), member.orcid)
    assert code_of(await two_legged.get(f"/work/{code}")) == (200, None)
    webhook_only = Caller(http, sim.issue_token(journal, None, "/webhook"), member.orcid)
    assert code_of(await webhook_only.get(f"/work/{code}")) == (200, None)


async def test_3_4_two_legged_tokens_read_public_parts_of_any_record(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, other: str
) -> None:
    """/read-public reads public items everywhere; other two-legged scopes do not."""
    code = await member.created("/work", bodies.work())
    read = Caller(http, sim.issue_token(other, None, "/read-public"), member.orcid)
    assert code_of(await read.get(f"/work/{code}")) == (200, None)
    assert len((await read.get("/works")).json()["group"]) == 1
    groups = Caller(http, sim.issue_token(other, None, "/group-id-record/update"), member.orcid)
    assert code_of(await groups.get(f"/work/{code}")) == (403, 9038)
    assert (await groups.get("/works")).json()["group"] == []


async def test_3_4_lists_leave_out_what_the_reader_may_not_see(
    sim: Simulator, member: Caller, reader: Caller, public: Caller
) -> None:
    """works, activities and record show each reader a part of the items."""
    codes = {}
    for visibility in ("public", "limited", "private"):
        codes[visibility] = await member.created("/work", bodies.work(f"10.5555/{visibility}"))
        sim.set_item_visibility(member.orcid, codes[visibility], visibility)

    def seen(groups: list[dict[str, Any]]) -> set[int]:
        return {each["put-code"] for group in groups for each in group["work-summary"]}

    for path in ("/works", "/activities", "/record"):

        def groups(answer: httpx.Response, path: str = path) -> list[dict[str, Any]]:
            document = answer.json()
            if path == "/record":
                document = document["activities-summary"]
            found: list[dict[str, Any]] = (document if path == "/works" else document["works"])[
                "group"
            ]
            return found

        assert seen(groups(await member.get(path))) == set(codes.values())
        assert seen(groups(await reader.get(path))) == {codes["public"], codes["limited"]}
        assert seen(groups(await anonymous(public, path))) == {codes["public"]}


async def test_3_4_bulk_reads_say_private_for_all_that_is_hidden(
    sim: Simulator, member: Caller, updater: Caller, public: Caller
) -> None:
    """In a bulk read a limited work without scope is 9013, on the Public API 9039."""
    code = await member.created("/work", bodies.work())
    sim.set_item_visibility(member.orcid, code, "limited")
    hidden = (await updater.get(f"/works/{code}")).json()["bulk"][0]["error"]
    assert (hidden["response-code"], hidden["error-code"]) == (403, 9013)
    hidden = (await anonymous(public, f"/works/{code}")).json()["bulk"][0]["error"]
    assert hidden["error-code"] == 9039


async def test_3_2_names_biography_and_mail(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, public: Caller, other: str
) -> None:
    """Name, biography and e-mail addresses follow their own visibility."""
    no_biography = await member.get("/biography")
    assert code_of(no_biography) == (404, 9041)
    sim.change_person(member.orcid, biography="Counts.", biography_visibility="limited")
    assert (await member.get("/biography")).json()["content"] == "Counts."
    assert code_of(await anonymous(public, "/biography")) == (403, 9039)
    sim.change_person(member.orcid, name_visibility="private")
    details = (await anonymous(public, "/personal-details")).json()
    assert list(details) == ["last-modified-date", "name", "other-names", "biography", "path"]
    assert (details["name"], details["biography"]) == (None, None)
    assert (await anonymous(public, "/email")).json()["email"] == []
    assert (await member.get("/email")).json()["email"] == []  # private


async def test_2_7_email_scope_shows_verified_addresses_only(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, journal: str
) -> None:
    """/email/read-private lifts the visibility filter, not the one for verification."""
    caller = Caller(http, sim.issue_token(journal, ada.orcid, "/email/read-private"), ada.orcid)
    (shown,) = (await caller.get("/email")).json()["email"]
    assert (shown["email"], shown["path"], shown["put-code"]) == (ada.email, None, None)
    assert list(shown) == [
        "created-date",
        "last-modified-date",
        "source",
        "email",
        "path",
        "visibility",
        "verified",
        "primary",
        "put-code",
    ]
    unverified = sim.add_person("Bea", email_verified=False).orcid
    caller = Caller(http, sim.issue_token(journal, unverified, "/email/read-private"), unverified)
    assert (await caller.get("/email")).json()["email"] == []
    record = (await caller.get("/record")).json()
    assert record["history"]["verified-email"] is False


async def test_3_2_public_api_only_reads(
    http: httpx.AsyncClient, member: Caller, public: Caller
) -> None:
    """The Public API has the reading paths and no others."""
    reading = (
        ("/record", 200),
        ("/person", 200),
        ("/activities", 200),
        ("/works", 200),
        ("/keywords", 200),
        ("/summary", 404),
        ("/notification-permission", 404),
    )
    for path, status in reading:
        assert (await anonymous(public, path)).status_code == status, path
    headers = {"accept": "application/json"}
    for path in (f"/{public.orcid}/work", f"/{public.orcid}/keywords"):
        answer = await http.post(f"/pub/v3.0{path}", json=bodies.work(), headers=headers)
        assert answer.status_code in {404, 405}
    groups = await http.get("/pub/v3.0/group-id-record", headers=headers)
    assert groups.status_code == 404
    types = (await http.get("/pub/v3.0/identifiers?locale=en", headers=headers)).json()
    assert {"doi", "grant_number", "source-work-id"} <= {each["name"] for each in types}


async def test_3_2_public_api_takes_tokens_of_either_role(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, member: Caller
) -> None:
    """A public client's token reads the Public API; members see only public items there too."""
    code = await member.created("/work", bodies.work())
    client = sim.add_client("public", "P").client_id
    reader = Caller(http, sim.issue_token(client, None, "/read-public"), ada.orcid, "/pub/v3.0")
    assert code_of(await reader.get(f"/work/{code}")) == (200, None)
    sim.set_item_visibility(ada.orcid, code, "limited")
    there = Caller(http, member.token, ada.orcid, "/pub/v3.0")
    assert code_of(await there.get(f"/work/{code}")) == (403, 9039)


async def test_3_2_client_information(
    sim: Simulator, http: httpx.AsyncClient, member: Caller, journal: str
) -> None:
    """/client/{id} tells name and description to holders of /read-public."""
    answer = await member.ask("GET", f"/client/{journal}")
    assert answer.json() == {"name": "Journal of Tests", "description": None}
    assert code_of(await member.ask("GET", "/client/APP-0000000000000000")) == (404, 9027)
    groups = Caller(http, sim.issue_token(journal, None, "/group-id-record/read"), "")
    assert code_of(await groups.ask("GET", f"/client/{journal}")) == (403, 9038)
    headers = {"accept": "application/json"}
    assert (await http.get(f"/pub/v3.0/client/{journal}", headers=headers)).status_code == 200


async def test_3_2_summary_counts_public_items(
    sim: Simulator, http: httpx.AsyncClient, ada: Person, member: Caller, journal: str
) -> None:
    """/summary counts own and validated items; scope comes before state; it can be switched off."""
    await member.created("/work", bodies.work())
    sim.put_item(ada.orcid, "work", bodies.work("10.5555/own"))
    await member.created("/employment", bodies.affiliation())
    await member.created("/peer-review", bodies.review())
    found = (await member.get("/summary")).json()
    assert found["works"] == {"self-asserted-count": 1, "validated-count": 1}
    assert found["employments"]["count"] == 1
    assert found["employments"]["employment"][0]["validated"] is True
    assert found["peer-reviews"]["total"] == 1
    assert found["fundings"] is None
    sim.set_state(ada.orcid, "locked")
    weak = Caller(http, sim.issue_token(journal, None, "/group-id-record/read"), ada.orcid)
    assert code_of(await weak.get("/summary")) == (403, 9038)
    assert code_of(await member.get("/summary")) == (409, 9018)
    sim.settings.summary = False
    off = await member.get("/summary")
    assert (off.status_code, off.content) == (404, b"")


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


async def test_4_1_fundings_hide_mail_and_show_public_names(
    sim: Simulator, member: Caller, ada: Person
) -> None:
    """Reading a funding blanks e-mail addresses and shows known people under their own names."""
    sim.change_person(ada.orcid, credit_name="A. A. L.")
    hidden = sim.add_person("Hidden", name_visibility="private").orcid

    def contributor(orcid: str) -> dict[str, Any]:
        named = {"uri": f"https://orcid.org/{orcid}", "path": orcid, "host": "orcid.org"}
        return {
            "contributor-orcid": named,
            "credit-name": {"value": "As sent"},
            "contributor-email": {"value": "someone@example.org"},
        }

    people = [contributor(each) for each in (ada.orcid, hidden, "0000-0002-1825-0097")]
    body = bodies.funding(contributors={"contributor": people})
    code = await member.created("/funding", body)
    shown = (await member.get(f"/funding/{code}")).json()["contributors"]["contributor"]
    assert [each["credit-name"]["value"] for each in shown] == ["A. A. L.", "", "As sent"]
    assert {each["contributor-email"] for each in shown} == {None}
    work = await member.created("/work", bodies.work(contributors={"contributor": people}))
    stored = (await member.get(f"/work/{work}")).json()["contributors"]["contributor"]
    assert {each["credit-name"]["value"] for each in stored} == {"As sent"}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("work", 404, 9001), ("employment", 404, 9001), ("service", 400, 9034)],
)
async def test_5_1_put_codes_that_are_words_on_the_public_api(
    public: Caller, kind: str, status: int, code: int
) -> None:
    """On the Public API some kinds match digits only: 404 for a word."""
    assert code_of(await anonymous(public, f"/{kind}/abc")) == (status, code)


async def test_1_an_id_address_leads_to_the_data(
    sim: Simulator, http: httpx.AsyncClient, ada: Person
) -> None:
    """Asked for JSON or XML, an iD's address redirects to the Public API."""
    for accept in ("application/json", "application/vnd.orcid+xml"):
        answer = await http.get(f"/{ada.orcid}", headers={"accept": accept})
        assert answer.status_code == 302
        assert answer.headers["location"] == f"{sim.base_url}/pub/v3.0/{ada.orcid}"
