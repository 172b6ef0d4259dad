"""REGISTRY.md 3.5, 3.6 and 3.7: keys in their order, explicit nulls, and how lists are grouped."""

from typing import Any

import pytest

from tests.conformance.bodies import (
    AFFILIATIONS,
    ISSN,
    ORGANIZATION,
    Body,
    activity,
    affiliation,
    external_id,
    funding,
    group,
    peer_review,
    research_resource,
    work,
)
from tests.conformance.judged import date, role
from tests.conformance.marks import row
from tests.conformance.world import MEMBER, Account, Registry, account, unique, words

CLS = "created-date last-modified-date source"
SUMMARIES = {
    "work": f"put-code {CLS} title external-ids url type publication-date journal-title "
    "visibility path display-index",
    "funding": f"{CLS} title external-ids url type start-date end-date organization visibility "
    "put-code path display-index",
    "peer-review": f"{CLS} reviewer-role external-ids review-url review-type completion-date "
    "review-group-id convening-organization visibility put-code path display-index",
    "affiliation": f"{CLS} put-code department-name role-title start-date end-date organization "
    "url external-ids display-index visibility path",
    "research-resource": f"{CLS} proposal visibility put-code path display-index",
}
WORK = (
    f"{CLS} put-code path title journal-title short-description citation type publication-date "
    "external-ids url contributors language-code country visibility"
)
SOURCE = words(
    "source-orcid source-client-id source-name assertion-origin-orcid "
    "assertion-origin-client-id assertion-origin-name"
)


@pytest.mark.parametrize(
    ("kind", "listed"),
    [
        pytest.param("work", "works", marks=row("3.7", "work-summary")),
        pytest.param("funding", "fundings", marks=row("3.7", "funding-summary")),
        pytest.param(
            "research-resource",
            "research-resources",
            marks=row("3.7", "research-resource-summary"),
        ),
    ],
)
@row("3.7", "works, fundings, peer-reviews, research-resources", "group[] of these")
@row("3.5", "put-code integer", "path is")
def test_shape_of_grouped_lists(kind: str, listed: str, ada: Account) -> None:
    """Works, fundings and research resources are grouped in one level, keys in their order."""
    code = ada.add(f"/{kind}", activity(kind))
    answer = ada.read(f"/{listed}")
    assert list(answer) == ["last-modified-date", "group", "path"]
    [found] = answer["group"]
    assert list(found) == ["last-modified-date", "external-ids", f"{kind}-summary"]
    [summary] = found[f"{kind}-summary"]
    assert list(summary) == words(SUMMARIES[kind])
    assert summary == ada.read(f"/{kind}/summary/{code}")
    assert answer["last-modified-date"] == summary["last-modified-date"]
    assert summary["path"] == f"/{ada.person.orcid}/{kind}/{code}"


@row("3.7", "works, fundings, peer-reviews, research-resources", "group[] of these")
@row("3.7", "peer-review-summary")
@row("3.6", "peer-reviews: two levels")
def test_shape_of_peer_reviews(ada: Account, registry: Registry) -> None:
    """Peer reviews are grouped by group id, and within it by shared identifiers."""
    other, shared = account(registry, person=ada.person), external_id(kind="source-work-id")
    ada.add("/peer-review", peer_review(shared))
    other.add("/peer-review", peer_review(shared))
    ada.add("/peer-review", peer_review())
    answer = ada.read("/peer-reviews")
    assert list(answer) == ["last-modified-date", "group", "path"]
    [outer] = answer["group"]
    assert list(outer) == ["last-modified-date", "external-ids", "peer-review-group"]
    [pseudo] = outer["external-ids"]["external-id"]
    assert pseudo["external-id-type"] == "peer-review"
    assert pseudo["external-id-value"] == ISSN
    assert pseudo["external-id-relationship"] is None
    inner = outer["peer-review-group"]
    assert sorted(len(found["peer-review-summary"]) for found in inner) == [1, 2]
    for found in inner:
        assert list(found) == ["last-modified-date", "external-ids", "peer-review-summary"]
        assert found["external-ids"]["external-id"][0]["external-id-type"] == "source-work-id"
        for summary in found["peer-review-summary"]:
            assert list(summary) == words(SUMMARIES["peer-review"])


@row("3.7", "any affiliation list", "affiliation summary")
@row("3.6", "Affiliations: ")
@pytest.mark.parametrize("kind", list(AFFILIATIONS))
def test_shape_of_affiliations(kind: str, ada: Account) -> None:
    """Affiliations are grouped, each summary in a wrapper named after its type."""
    ada.add(f"/{kind}", affiliation(external_id("A", "anything", None)))
    answer = ada.read(f"/{AFFILIATIONS[kind]}")
    assert list(answer) == ["last-modified-date", "affiliation-group", "path"]
    [found] = answer["affiliation-group"]
    assert list(found) == ["last-modified-date", "external-ids", "summaries"]
    [entry] = found["summaries"]
    assert list(entry) == [f"{kind}-summary"]
    assert list(entry[f"{kind}-summary"]) == words(SUMMARIES["affiliation"])


@row("3.5", "Absent values are emitted as null", "source: {", "iD objects", "Timestamps")
@row("3.5", "XML attributes put-code", "Simple elements are wrapped")
@row("13", "4.")
def test_shape_of_a_work(registry: Registry, ada: Account) -> None:
    """A stored work has all its members, null where nothing was said, and a whole source."""
    before = registry.now() * 1000
    stored = ada.read(f"/work/{ada.add('/work', work())}")
    assert list(stored) == words(WORK)
    for name in ("journal-title", "citation", "publication-date", "url", "country"):
        assert stored[name] is None
    assert stored["contributors"] == {"contributor": []}
    assert list(stored["title"]) == ["title", "subtitle", "translated-title"]
    assert abs(stored["created-date"]["value"] - before) < 60_000
    source = stored["source"]
    assert list(source) == SOURCE
    assert source["source-client-id"] == {
        "uri": f"https://orcid.org/client/{ada.client.client_id}",
        "path": ada.client.client_id,
        "host": "orcid.org",
    }
    assert source["source-orcid"] is None
    assert source["source-name"]["value"].startswith("Journal ")
    code = registry.by_hand(ada.person, "work", work())
    source = ada.read(f"/work/{code}")["source"]
    assert source["source-orcid"]["path"] == ada.person.orcid
    assert source["source-client-id"] is None
    assert ada.read(f"/work/summary/{code}")["display-index"] == "0"


@row("3.5", "A single value is accepted", "Simple elements are wrapped")
def test_loose_input(ada: Account) -> None:
    """One value passes for a list, scalars for wrappers; source and dates are ignored."""
    body = {
        **work(url="https://a.example", **{"journal-title": {"value": "J"}}),
        "external-ids": {"external-id": external_id()},
        "title": {"title": "Loose", "subtitle": "Sub"},
        "publication-date": {"year": 2024, "month": 5},
        "created-date": {"value": 1},
        "source": {"source-orcid": {"path": "0000-0002-1825-0097"}},
        "path": "/nowhere",
    }
    code = ada.add("/work", body)
    stored = ada.read(f"/work/{code}")
    assert stored["title"]["subtitle"] == {"value": "Sub"}
    assert stored["publication-date"] == {
        "year": {"value": "2024"},
        "month": {"value": "05"},
        "day": None,
    }
    assert stored["url"] == {"value": "https://a.example"}
    assert stored["path"] == f"/{ada.person.orcid}/work/{code}"
    assert stored["created-date"]["value"] > 1
    assert stored["source"]["source-orcid"] is None
    for bad in ({"created-date": 1}, {"source": {"source-orcid": {"path": "x"}}}):
        assert ada.post("/work", {**work(), **bad}).json()["error-code"] == 9047


@row("3.5", "XML element wrappers vanish", "group-id records in JSON")
def test_shapes_without_wrappers(ada: Account, registry: Registry) -> None:
    """resource-item is a list at the top; a group has five members and no dates."""
    code = ada.add("/research-resource", research_resource())
    stored = ada.read(f"/research-resource/{code}")
    assert stored["resource-item"][0]["resource-name"] == "Telescope hours"
    assert stored["display-index"] == "1"
    token = registry.token(ada.client, None, "/group-id-record/update")
    made = registry.call("POST", f"{MEMBER}/group-id-record", token, group())
    read = registry.call("GET", made.headers["location"], token).json()
    assert list(read) == ["name", "group-id", "description", "type", "put-code"]


def titles(groups: list[dict[str, Any]], kind: str = "work") -> list[list[str]]:
    """The titles in each group of a list."""
    return [
        [summary["title"]["title"]["value"] for summary in found[f"{kind}-summary"]]
        for found in groups
    ]


def dated(title: str, *ids: Body, year: str | None = None) -> Body:
    """A work of a year."""
    return work(*ids, title=title, **({"publication-date": date(year)} if year else {}))


@row("3.6", "Key = (type, normalized value", "works: {")
def test_grouping_of_works(registry: Registry, person: Any) -> None:
    """Shared ids merge works transitively; part-of does not; groups go by date, then title."""
    clients = [account(registry, person=person) for _ in range(3)]
    one, two, part = external_id(), external_id(), external_id(relationship="part-of")
    clients[0].add("/work", dated("a1", one, part, year="2020"))
    version = {**two, "external-id-relationship": "version-of"}
    upper = {**one, "external-id-value": one["external-id-value"].upper()}
    clients[1].add("/work", dated("a2", external_id(), upper, version, year="2024"))
    clients[2].add("/work", dated("a3", two, year="1999"))
    clients[0].add("/work", dated("newest", external_id(), part, year="2022"))
    clients[0].add("/work", dated("undated"))
    groups = clients[0].read("/works")["group"]
    assert titles(groups) == [["newest"], ["a1", "a2", "a3"], ["undated"]]
    united = groups[1]["external-ids"]["external-id"]
    relationships = {found["external-id-relationship"] for found in united}
    assert "part-of" not in relationships
    assert len({found["external-id-value"].lower() for found in united}) == 3
    registry.by_hand(person, "work", dated("by hand", two))
    assert titles(clients[0].read("/works")["group"])[1] == ["a1", "a2", "a3", "by hand"]


@row("3.6", "Only works sort their groups", "fundings: group[]")
def test_order_of_other_lists(ada: Account) -> None:
    """Affiliations: undated first (newest first), then current, then by their end."""
    periods = {
        "old": {"start-date": date("2001"), "end-date": date("2005")},
        "recent": {"start-date": date("2003"), "end-date": date("2015")},
        "current": {"start-date": date("2010")},
        "undated": {},
        "undated later": {},
    }
    for name, period in periods.items():
        ada.add("/employment", affiliation(**{"role-title": name}, **period))
    groups = ada.read("/employments")["affiliation-group"]
    order = [found["summaries"][0]["employment-summary"]["role-title"] for found in groups]
    assert set(order[:2]) == {"undated", "undated later"}
    assert order[2:] == ["current", "recent", "old"]
    for title in ("first", "second"):
        ada.add("/funding", funding(title={"title": {"value": title}}))
    assert titles(ada.read("/fundings")["group"], "funding") == [["first"], ["second"]]


@row("4.2", "contributors")
def test_contributors_read_back(registry: Registry, ada: Account) -> None:
    """Works keep contributors as stored; fundings show the public name of a known iD."""
    known = {"uri": f"https://orcid.org/{ada.person.orcid}", "path": ada.person.orcid}
    person = {"contributor-orcid": {**known, "host": "orcid.org"}, "credit-name": {"value": "X"}}
    given = {"contributors": {"contributor": [person]}}
    code = ada.add("/work", work(**given))
    [stored] = ada.read(f"/work/{code}")["contributors"]["contributor"]
    assert stored["credit-name"] == {"value": "X"}
    code = ada.add("/funding", funding(**given))
    [stored] = ada.read(f"/funding/{code}")["contributors"]["contributor"]
    assert stored["credit-name"] == {"value": "Ada Lovelace"}
    credit = "http://credit.niso.org/contributor-roles/SOFTWARE/"
    code = ada.add("/work", work(**role(credit)))
    [stored] = ada.read(f"/work/{code}")["contributors"]["contributor"]
    assert stored["contributor-attributes"]["contributor-role"] == credit.lower()


@row("4.1", "external-id-type")
def test_hyphenated_types_read_back(ada: Account) -> None:
    """Fundings and affiliations give hyphenated types back with an underscore, works do not."""
    identifier = external_id(unique("p-"), "proposal-id")
    for kind, name in (("funding", "proposal_id"), ("work", "proposal-id")):
        body = funding(identifier) if kind == "funding" else work(identifier)
        code = ada.add(f"/{kind}", body)
        [found] = ada.read(f"/{kind}/{code}")["external-ids"]["external-id"]
        assert found["external-id-type"] == name
    stored = ada.read(f"/funding/{ada.add('/funding', funding(identifier))}")
    answer = ada.put(f"/funding/{stored['put-code']}", stored)
    assert (answer.status_code, answer.json()["error-code"]) == (400, 9023)
    assert stored["organization"] == ORGANIZATION
