"""REGISTRY 3.2 and 3.4: who reads what, on both APIs."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import LIMITED, UPDATE, Caller, anonymous, code_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def reader(sim: Simulator, http: httpx.AsyncClient, ada: Person, other: str) -> Caller:
    """Another client that may read limited activities of Ada's."""
    return Caller(http, sim.issue_token(other, ada.orcid, LIMITED), ada.orcid)


@pytest.fixture
def updater(sim: Simulator, http: httpx.AsyncClient, ada: Person, other: str) -> Caller:
    """Another client that may update but not read limited activities."""
    return Caller(http, sim.issue_token(other, ada.orcid, UPDATE), ada.orcid)


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
