"""Every path and method of REGISTRY.md 3.2, in JSON, through one life of an item each."""

from typing import Any

import httpx
import pytest

from tests.conformance.bodies import (
    ACTIVITIES,
    AFFILIATIONS,
    PERSON_ITEMS,
    activity,
    external_id,
    person_item,
    work,
)
from tests.conformance.marks import row
from tests.conformance.world import (
    MEMBER,
    Account,
    Client,
    Person,
    Registry,
    account,
    refused,
    words,
)

PAGE_KEYS = {
    "work": "work-summary",
    "funding": "funding-summary",
    "research-resource": "research-resource-summary",
}


def activity_rows(kind: str) -> pytest.MarkDecorator:
    """The calls a kind of activity has in the endpoint table."""
    calls = [f"/{{orcid}}/{ACTIVITIES[kind]} GET", f"/{{orcid}}/{kind} POST"]
    calls += [f"/{{orcid}}/{kind}/{{pc}} {method}" for method in ("GET", "PUT", "DELETE")]
    return row("3.2", *calls, f"/{{orcid}}/{kind}/summary/{{pc}} GET")


def person_rows(segment: str) -> pytest.MarkDecorator:
    """The calls a kind of person item has in the endpoint table."""
    calls = [f"/{{orcid}}/{segment} GET", f"/{{orcid}}/{segment} POST"]
    calls += [f"/{{orcid}}/{segment}/{{pc}} {method}" for method in ("GET", "PUT", "DELETE")]
    return row("3.2", *calls)


def summaries(kind: str, listed: dict[str, Any]) -> list[dict[str, Any]]:
    """All summaries of a list, whatever the shape of its groups."""
    if kind in AFFILIATIONS:
        entries = [entry for group in listed["affiliation-group"] for entry in group["summaries"]]
        return [entry[f"{kind}-summary"] for entry in entries]
    if kind == "peer-review":
        groups = [inner for group in listed["group"] for inner in group["peer-review-group"]]
        return [found for group in groups for found in group["peer-review-summary"]]
    return [found for group in listed["group"] for found in group[PAGE_KEYS[kind]]]


def created(answer: httpx.Response, registry: Registry, path: str) -> int:
    """Asserts a 201 without a body at the right address; gives the put-code."""
    assert (answer.status_code, answer.content) == (201, b""), answer.text
    start, _, code = answer.headers["location"].rpartition("/")
    assert start == f"{registry.base_url}{MEMBER}/{path}"
    return int(code)


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=activity_rows(kind)) for kind in ACTIVITIES]
)
@row("3.1", "POST", "PUT", "DELETE", "put-code", "Reading a record's sections", "Path root")
@row("13", "3.", "4.")
def test_life_of_an_activity(kind: str, ada: Account, registry: Registry) -> None:
    """An activity is created, read whole and as a summary, listed, replaced and deleted."""
    orcid, body = ada.person.orcid, activity(kind)
    code = created(ada.post(f"/{kind}", body), registry, f"{orcid}/{kind}")
    path = f"/{kind}/{code}"

    stored = ada.read(path)
    assert (stored["put-code"], stored["path"]) == (code, f"/{orcid}{path}")
    assert stored["source"]["source-client-id"]["path"] == ada.client.client_id
    assert stored["source"]["source-orcid"] is None
    assert type(stored["created-date"]["value"]) is int
    summary = ada.read(f"/{kind}/summary/{code}")
    assert (summary["put-code"], summary["display-index"]) == (code, "1")
    listed = ada.read(f"/{ACTIVITIES[kind]}")
    assert listed["path"] == f"/{orcid}/{ACTIVITIES[kind]}"
    assert summaries(kind, listed) == [summary]

    changed = {**body, "put-code": code, **changes(kind, body)}
    answer = ada.put(path, changed)
    assert (answer.status_code, answer.json()["path"]) == (200, None), answer.text
    assert {**answer.json(), "path": f"/{orcid}{path}"} == ada.read(path)
    for name in changes(kind, body):
        assert ada.read(path)[name] != stored[name]

    answer = ada.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(ada.get(path), 404, 9016)
    assert ada.codes(kind) == []


def changes(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """A member of the body, changed."""
    if kind == "research-resource":
        title = {"title": {"value": "Day sky"}}
        return {"proposal": {**body["proposal"], "title": title}}
    url = {"value": "https://journal.example/changed"}
    return {"review-url": url} if kind == "peer-review" else {"url": url}


@pytest.mark.parametrize(
    "segment", [pytest.param(segment, marks=person_rows(segment)) for segment in PERSON_ITEMS]
)
@row("3.1", "POST", "PUT", "DELETE")
@row("3.7", "person lists")
def test_life_of_a_person_item(segment: str, ada: Account, registry: Registry) -> None:
    """A person item is created, read, listed, replaced (with its path) and deleted."""
    orcid, body = ada.person.orcid, person_item(segment)
    code = created(ada.post(f"/{segment}", body), registry, f"{orcid}/{segment}")
    path = f"/{segment}/{code}"
    stored = ada.read(path)
    assert (stored["put-code"], stored["path"]) == (code, f"/{orcid}{path}")
    assert stored["display-index"] == 1
    assert stored["source"]["source-client-id"]["path"] == ada.client.client_id

    listed = ada.read(f"/{segment}")
    assert list(listed) == ["last-modified-date", PERSON_ITEMS[segment], "path"]
    assert listed[PERSON_ITEMS[segment]] == [stored]
    assert listed["path"] == f"/{orcid}/{segment}"

    other = {"country": {"value": "FR"}} if segment == "address" else person_item(segment)
    answer = ada.put(path, {**other, "put-code": code})
    assert answer.status_code == 200, answer.text
    assert answer.json() == ada.read(path)
    assert all(answer.json()[name] == value for name, value in other.items())
    assert answer.json()["path"] == f"/{orcid}{path}"

    answer = ada.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(ada.get(path), 404, 9016)
    assert ada.read(f"/{segment}")[PERSON_ITEMS[segment]] == []


SECTIONS = words(
    "works fundings peer-reviews research-resources educations employments qualifications "
    "invited-positions distinctions memberships services researcher-urls other-names keywords "
    "address external-identifiers"
)


@pytest.mark.parametrize("section", SECTIONS)
@row("3.1", "Reading a record's sections")
def test_empty_sections_are_empty_lists(section: str, ada: Account) -> None:
    """A section without items has an empty list, no date, and its path."""
    listed = ada.read(f"/{section}")
    first, items, last = listed.items()
    assert first == ("last-modified-date", None)
    assert items[1] == []
    assert last == ("path", f"/{ada.person.orcid}/{section}")


RECORD = [
    "orcid-identifier",
    "preferences",
    "history",
    "person",
    "activities-summary",
    "path",
]
HISTORY = words(
    "creation-method completion-date submission-date last-modified-date claimed source "
    "deactivation-date verified-email verified-primary-email"
)
PERSON = words(
    "last-modified-date name other-names biography researcher-urls emails addresses keywords "
    "external-identifiers path"
)
ACTIVITIES_SUMMARY = words(
    "last-modified-date distinctions educations employments fundings invited-positions "
    "memberships peer-reviews qualifications research-resources services works path"
)


@row("3.2", "/{orcid} GET", "/{orcid}/record GET", "/{orcid}/person GET")
@row("3.2", "/{orcid}/activities GET")
@row("3.7", "person, activities, record, history")
def test_record_and_its_halves(ada: Account) -> None:
    """The record has all members in order; person and activities are the same read alone."""
    ada.add("/work", work())
    record = ada.read("/record")
    orcid = ada.person.orcid
    assert record == ada.read("")
    assert list(record) == RECORD
    assert list(record["history"]) == HISTORY
    assert list(record["person"]) == PERSON
    assert list(record["activities-summary"]) == ACTIVITIES_SUMMARY
    assert record["person"] == ada.read("/person")
    assert record["activities-summary"] == ada.read("/activities")
    assert record["path"] == f"/{orcid}"
    assert record["orcid-identifier"] == {
        "uri": f"https://orcid.org/{orcid}",
        "path": orcid,
        "host": "orcid.org",
    }
    assert record["history"]["creation-method"] == record["history"]["creation-method"].upper()


@row("3.2", "/{orcid}/personal-details GET", "/{orcid}/biography GET")
@row("3.7", "name", "biography", "personal-details")
@row("5.1", "9041")
def test_name_and_biography(registry: Registry, member: Client) -> None:
    """Name and biography have their shapes; a record without a biography answers 404/9041."""
    person = registry.person(credit_name="A. L.", biography="Counts bees.")
    ada = account(registry, person=person, client=member)
    details = ada.read("/personal-details")
    assert list(details) == ["last-modified-date", "name", "other-names", "biography", "path"]
    assert list(details["name"]) == words(
        "created-date last-modified-date given-names family-name credit-name source visibility path"
    )
    assert details["name"]["credit-name"] == {"value": "A. L."}
    assert details["name"]["path"] == person.orcid
    biography = ada.read("/biography")
    assert list(biography) == words("created-date last-modified-date content visibility path")
    assert biography["content"] == "Counts bees."
    assert biography == details["biography"]
    nobody = account(registry, client=member)
    refused(nobody.get("/biography"), 404, 9041)


@row("3.2", "/{orcid}/email GET")
@row("3.7", "email")
@row("2.7", "/email/read-private")
def test_emails_follow_their_visibility(registry: Registry) -> None:
    """A verified address is listed to whoever may see it; /email/read-private sees them all."""
    client = registry.client(extra_scopes=["/email/read-private"])
    ada = account(registry, "/read-limited", client=client)
    before = ada.read("/email")
    assert list(before) == ["last-modified-date", "email", "path"]
    assert before["path"] == f"/{ada.person.orcid}/email"
    private = ada.of("/email/read-private").read("/email")["email"]
    assert [found["email"] for found in private] == [ada.person.email]
    assert list(private[0]) == words(
        "created-date last-modified-date source email path visibility verified primary put-code"
    )
    assert private[0]["path"] is None
    assert private[0]["verified"] is True
    person = ada.of("/email/read-private").read("/person")
    assert [found["email"] for found in person["emails"]["email"]] == [ada.person.email]


@row("3.2", "/{orcid}/summary GET")
def test_summary_of_a_record(settings: Registry, ada: Account) -> None:
    """The summary is there for a reader of public data; switched off it is a 404 without body."""
    ada.add("/work", work())
    answer = ada.get("/summary")
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json(), dict)
    settings.change_person(ada.person, state="locked")
    webhook = settings.token(settings.client("premium"), None, "/webhook")
    path = f"{MEMBER}/{ada.person.orcid}/summary"
    refused(settings.call("GET", path, webhook), 403, 9038)
    settings.change_person(ada.person, state="active")
    settings.control("POST", "settings", {"summary": False})
    answer = ada.get("/summary")
    assert (answer.status_code, answer.content) == (404, b"")


@row("3.2", "/status GET", "/apiStatus GET")
@row("3.1", "Status paths")
def test_status_paths(registry: Registry) -> None:
    """Status is for everybody, in JSON only: without Accept /status is 406, /apiStatus is not."""
    status = registry.call("GET", f"{MEMBER}/status")
    assert (status.status_code, status.json()) == (200, {"tomcatUp": True})
    keys = ["tomcatUp", "dbConnectionOk", "readOnlyDbConnectionOk", "overallOk"]
    for path in (f"{MEMBER}/apiStatus", "/pub/v3.0/pubStatus"):
        assert list(registry.call("GET", path).json()) == keys
        assert registry.call("GET", path, accept="*/*").status_code == 200
    assert registry.call("GET", f"{MEMBER}/status", accept="*/*").status_code == 406


@row("3.2", "/client/{client_id} GET")
@row("5.1", "9027")
def test_client_information(registry: Registry, ada: Account) -> None:
    """A client's name and description can be read; an unknown one is 404/9027."""
    reader = registry.token(ada.client, None, "/read-public")
    answer = registry.call("GET", f"{MEMBER}/client/{ada.client.client_id}", reader)
    assert (answer.status_code, list(answer.json())) == (200, ["name", "description"])
    assert answer.json()["name"].startswith("Journal ")
    missing = registry.call("GET", f"{MEMBER}/client/APP-0000000000000000", reader)
    refused(missing, 404, 9027)
    webhook = registry.token(registry.client("premium"), None, "/webhook")
    answer = registry.call("GET", f"{MEMBER}/client/{ada.client.client_id}", webhook)
    refused(answer, 403, 9038)


@row("3.2", "/{orcid}/works/{pc1,pc2,…} GET", "/{orcid}/works POST")
@row("3.1", "Bulk POST")
def test_several_works_at_once(ada: Account, person: Person) -> None:
    """Works posted in bulk are answered in order with 200 and can be read together."""
    sent = {"bulk": [{"work": work(external_id(f"10.5555/{person.orcid}.{n}"))} for n in range(3)]}
    answer = ada.post("/works", sent)
    assert answer.status_code == 200
    assert "location" not in answer.headers
    codes = [element["work"]["put-code"] for element in answer.json()["bulk"]]
    assert ada.codes("work") == codes
    read = ada.read("/works/" + ",".join(map(str, codes)))
    assert list(read) == ["bulk"]
    assert sorted(element["work"]["put-code"] for element in read["bulk"]) == sorted(codes)
    for element in read["bulk"]:
        code = element["work"]["put-code"]
        assert element["work"] == ada.read(f"/work/{code}")
