"""What lists and look-ups take from items: summaries, groups, organisations, person duplicates."""

from typing import Any

import pytest

from orcid_connect.simulator import judging
from orcid_connect.simulator.judging import JSON, Refusal, Source, Stored
from orcid_connect.simulator.judging.groups import hyphenated_issn
from tests.simulator.judging.bodies import ORGANIZATION, SMALLEST, changed

ME = Source("APP-1", None)
COMMON = ("created-date", "last-modified-date", "source")
WORK = "title external-ids url type publication-date journal-title visibility path display-index"
FUNDING = "title external-ids url type start-date end-date organization visibility"
PEER_REVIEW = (
    "reviewer-role external-ids review-url review-type completion-date review-group-id"
    " convening-organization visibility"
)
AFFILIATION = (
    "put-code department-name role-title start-date end-date organization url external-ids"
    " display-index visibility path"
)
LAST = ("put-code", "path", "display-index")
SUMMARY_KEYS: dict[str, tuple[str, ...]] = {
    "work": ("put-code", *COMMON, *WORK.split()),
    "funding": (*COMMON, *FUNDING.split(), *LAST),
    "peer-review": (*COMMON, *PEER_REVIEW.split(), *LAST),
    "research-resource": (*COMMON, "proposal", "visibility", *LAST),
    **dict.fromkeys(judging.AFFILIATIONS, (*COMMON, *AFFILIATION.split())),
}


def stored(kind: str, body: Any) -> JSON:
    """Read a body and give what storing makes of it."""
    item = judging.read(kind, body)
    assert not isinstance(item, Refusal)
    return judging.stored_form(kind, item)


@pytest.mark.parametrize("kind", sorted(SUMMARY_KEYS))
def test_a_summary_has_the_keys_of_its_kind_in_order(kind: str) -> None:
    """REGISTRY 3.7: each kind's summary has these members, in the writer's order."""
    form = stored(kind, SMALLEST[kind]) | {"put-code": 5, "path": "/x", "display-index": "1"}
    brief = judging.summary(kind, form)
    assert tuple(brief) == SUMMARY_KEYS[kind]
    assert [brief[key] for key in LAST] == [5, "/x", "1"]


def test_the_summary_of_a_work_has_no_subtitle() -> None:
    """REGISTRY 3.7: title.subtitle is always null there, and the stored work keeps its own."""
    form = stored("work", changed("work", "title.subtitle", "Part one"))
    assert judging.summary("work", form)["title"]["subtitle"] is None
    assert form["title"]["subtitle"] == {"value": "Part one"}


def test_the_summary_of_a_review_renames_two_members() -> None:
    """REGISTRY 4.3: review-identifiers and review-completion-date get shorter names."""
    form = stored("peer-review", SMALLEST["peer-review"])
    brief = judging.summary("peer-review", form)
    assert brief["external-ids"] == form["review-identifiers"]
    assert brief["completion-date"] == form["review-completion-date"]


def test_person_items_are_their_own_summary() -> None:
    """A person item is listed whole."""
    form = stored("keyword", SMALLEST["keyword"])
    assert judging.summary("keyword", form) == form


def identifiers(*values: tuple[str, str, str]) -> JSON:
    """Make a list of external ids of (type, value, relationship)."""
    names = ("external-id-type", "external-id-value", "external-id-relationship")
    return {"external-id": [dict(zip(names, value, strict=True)) for value in values]}


def test_groups_are_keyed_by_normalised_values_of_groupable_ids() -> None:
    """REGISTRY 3.6: self and version-of ids group by their normalised value, the rest do not."""
    ids = identifiers(
        ("doi", "https://doi.org/10.5555/ABC", "self"),
        ("isbn", "978-0-306-40615-7", "part-of"),
        ("other-id", "X-1", "version-of"),
        ("doi", "not a doi", "self"),
        ("grant_number", "G", "funded-by"),
    )
    form = stored("work", changed("work", "external-ids", ids))
    keys = {("doi", "10.5555/abc"), ("other-id", "x-1"), ("doi", "not a doi")}
    assert judging.group_keys("work", form) == keys
    shown = [one["external-id-value"] for one in judging.group_ids("work", form)]
    assert shown == ["https://doi.org/10.5555/ABC", "X-1", "not a doi"]


def test_fundings_are_grouped_by_values_as_sent() -> None:
    """Fundings are never normalised, so that only equal spellings group."""
    ids = identifiers(("doi", "10.5555/ABC", "self"))
    form = stored("funding", changed("funding", "external-ids", ids))
    assert judging.group_keys("funding", form) == {("doi", "10.5555/ABC")}


def host(name: str) -> JSON:
    """Make an organisation of that identifier."""
    known = {"disambiguated-organization-identifier": name, "disambiguation-source": "ROR"}
    return ORGANIZATION | {"disambiguated-organization": known}


def test_every_named_organisation_is_to_be_looked_up() -> None:
    """REGISTRY 4.1: hosts of proposal and items, convening and affiliated organisations."""
    body = changed("research-resource", "proposal.hosts.organization", [host("a"), host("b")])
    body["resource-item"][0]["hosts"] = {"organization": [host("c")]}
    item = judging.read("research-resource", body)
    assert not isinstance(item, Refusal)
    found = judging.organizations("research-resource", item)
    assert found == [("a", "ROR"), ("b", "ROR"), ("c", "ROR")]
    for kind, member in (("peer-review", "convening-organization"), ("funding", "organization")):
        item = judging.read(kind, changed(kind, member, host("d")))
        assert not isinstance(item, Refusal)
        assert judging.organizations(kind, item) == [("d", "ROR")]


def test_what_names_no_organisation_needs_no_look_up() -> None:
    """A review without identified organisation and a work have nothing to look up."""
    bare = ORGANIZATION | {"disambiguated-organization": None}
    item = judging.read("peer-review", changed("peer-review", "convening-organization", bare))
    assert not isinstance(item, Refusal)
    assert judging.organizations("peer-review", item) == []
    assert judging.organizations("work", stored("work", SMALLEST["work"])) == []


PERSON_CHANGES = [
    ("keyword", "content", "Bees", None),
    ("keyword", "visibility", "private", 9),
    ("other-name", "content", "a. b. writer", None),
    ("other-name", "visibility", "public", 9),
    ("researcher-url", "url", "https://example.org/me/", None),
    ("researcher-url", "url-name", "Another name", 9),
    ("external-identifier", "external-id-value", "e-1", None),
    ("external-identifier", "external-id-type", "example id", None),
    ("external-identifier", "external-id-url", "https://example.org/other", 9),
    ("address", "visibility", "public", None),
]


@pytest.mark.parametrize(("kind", "member", "value", "found"), PERSON_CHANGES, ids=str)
def test_person_items_clash_by_equal_content(
    kind: str, member: str, value: str, found: int | None
) -> None:
    """REGISTRY 5.3: byte for byte by content, URL, or type and value; addresses never clash."""
    existing = Stored(9, ME, stored(kind, SMALLEST[kind]))
    new = judging.read(kind, changed(kind, member, value))
    assert not isinstance(new, Refusal)
    assert judging.clash(kind, new, ME, [existing]) == found
    assert judging.clash(kind, new, Source("APP-2", None), [existing]) is None
    assert bool(judging.clash_keys(kind, new) & judging.clash_keys(kind, existing.item)) is bool(
        found
    )


def test_an_asserted_item_is_of_another_source() -> None:
    """REGISTRY 5.3: the same client writing on behalf of another is another source."""
    on_behalf = Source("APP-1", None, assertion_client="APP-2")
    existing = Stored(9, on_behalf, stored("work", SMALLEST["work"]))
    new = judging.read("work", SMALLEST["work"])
    assert not isinstance(new, Refusal)
    assert judging.clash("work", new, ME, [existing]) is None
    assert judging.clash("work", new, on_behalf, [existing]) == 9


def test_the_index_of_duplicates_knows_self_and_version_ids() -> None:
    """Keys for an index are those of every id that can clash, on a single POST or in a bulk."""
    ids = identifiers(
        ("doi", "10.5555/A", "self"),
        ("doi", "10.5555/B", "version-of"),
        ("doi", "10.5555/C", "part-of"),
    )
    form = stored("work", changed("work", "external-ids", ids))
    assert judging.clash_keys("work", form) == {("doi", "10.5555/a"), ("doi", "10.5555/b")}


def test_fifty_two_identifier_types_are_listed() -> None:
    """REGISTRY 4.9: every type with its prefix and whether case matters."""
    listed = judging.identifier_types()
    assert len(listed) == 52
    assert ("doi", "https://doi.org/", False) in listed
    assert ("uri", None, True) in listed


@pytest.mark.parametrize(
    ("group", "need"),
    [
        ("publons:12", ("publons:12", None)),
        ("issn:12345679", ("issn:1234-5679", "1234-5679")),
        ("issn:x1234-567x", ("issn:1234-567X", "1234-567X")),
    ],
)
def test_a_review_needs_the_group_of_its_normalised_issn(
    group: str, need: tuple[str, str | None]
) -> None:
    """REGISTRY 6: the ISSN of a review's group is normalised before it is looked up."""
    found = judging.peer_review_group(changed("peer-review", "review-group-id", group))
    assert (found.group_id, found.issn) == need
    assert found.refusal is None


def test_a_group_record_means_an_issn_only_with_its_hyphen() -> None:
    """REGISTRY 6: a group record needs the hyphen; its ISSN is told in canonical form."""
    assert hyphenated_issn("issn:1234-567x") == "1234-567X"
    assert hyphenated_issn("issn:1234567x") is None
    assert judging.group_record_issn({"group-id": "issn:ab"}) == "ab"
    assert judging.group_record_issn({"group-id": "publons:ab"}) is None


def test_a_known_issn_group_is_judged_by_its_put_code() -> None:
    """REGISTRY 6: for a group that exists, the put-code in the body is found first."""
    group = SMALLEST["group-id-record"] | {"group-id": "issn:1234-5679"}
    for put_code, code in ((None, None), (5, 9024)):
        item = judging.read("group-id-record", group | {"put-code": put_code})
        assert not isinstance(item, Refusal)
        refusal = judging.examine(
            "group-id-record", item, op="create", put_code=None, stored=None, group_exists=True
        )
        assert (refusal.code if refusal else None) == code


def test_roles_are_found_out_last_when_storing_is_left_for_later() -> None:
    """The registry meets an unknown role only after its search for duplicates."""
    role = {"contributor": {"contributor-attributes": {"contributor-role": "writer"}}}
    item = judging.read("work", changed("work", "contributors", role))
    assert not isinstance(item, Refusal)
    assert (
        judging.examine("work", item, op="create", put_code=None, stored=None, storing=False)
        is None
    )
    refusal = judging.examine_storing("work", item)
    assert refusal is not None
    assert (refusal.code, refusal.params["role"]) == (9058, "writer")
