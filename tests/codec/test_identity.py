"""An item is the same thing as sent, as read in full, and as it stands in a list."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from orcid_connect.codec import (
    Identity,
    has_duplicate_check,
    identifiable_in_summary,
    identity,
    same_thing,
    self_identifiers,
)
from orcid_connect.codec.identity import DUPLICATE_CHECKS
from orcid_connect.records import TYPES, AffiliationKind, ItemKind
from tests.codec.payloads import AFFILIATION, FULL, date, identifier, ids, titles

Lines = list[dict[str, Any]]
KINDS = tuple(TYPES)
REVIEW = {"review-group-id": "issn:1234-5679"}


def test_what_the_registry_writes(observed: Callable[[str], Lines]) -> None:
    """Everything the registry was seen to take is the same thing in the JSON that it writes."""
    seen = set()
    for row in observed("shape"):
        kind = row["type"]
        if kind in TYPES:
            assert identity(kind, row["json"]) == identity(kind, row["payload"]), row["id"]
            assert identity(kind, row["json"]), row["id"]
            seen.add(kind)
    assert seen == {*TYPES}


@pytest.mark.parametrize("kind", ["work", "peer-review", "funding", "research-resource"])
def test_identifiers_come_first(kind: ItemKind) -> None:
    """What has identifiers of its own is known by them, whatever else changes."""
    assert identity(kind, FULL[kind]) == self_identifiers(kind, FULL[kind])
    assert identity(kind, {**FULL[kind], "title": titles("Another")}) == identity(kind, FULL[kind])


def bare(**members: Any) -> dict[str, Any]:
    """Return an affiliation without identifiers of its own, but for the members given."""
    without = {name: held for name, held in AFFILIATION.items() if name != "external-ids"}
    return {**without, **members}


def organization(name: str, number: str | None = None) -> dict[str, Any]:
    """Return an organisation, with or without an identifier."""
    known = {
        "disambiguated-organization-identifier": number,
        "disambiguation-source": "ROR",
    }
    return {
        "name": name,
        "address": {"city": "Lyon", "country": "FR"},
        "disambiguated-organization": known if number else None,
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (bare(), bare(**{"end-date": date("2020")}), True),
        (bare(), bare(**{"end-date": None, "url": None, "external-ids": None}), True),
        (bare(), bare(**{"role-title": "  keeper "}), True),
        (bare(), bare(**{"role-title": "Head Keeper"}), False),
        (bare(), bare(**{"start-date": date("2016")}), False),
        (bare(), bare(**{"department-name": None}), False),
        (bare(), bare(organization=organization("Renamed", "https://ror.org/02feahw73")), True),
        (bare(), bare(organization=organization("Example Observatory")), False),
        (
            bare(organization=organization("Hive  Press")),
            bare(organization=organization("hive press")),
            True,
        ),
        (
            bare(**{"external-ids": ids(identifier("issn", "1234-5679", "part-of"))}),
            bare(**{"external-ids": ids(identifier("issn", "2050-084X", "part-of"))}),
            False,
        ),
        (
            bare(**{"external-ids": ids(identifier("source-work-id", "a:1"))}),
            bare(**{"external-ids": ids(identifier("source_work_id", "a:1"))}),
            True,
        ),
    ],
)
def test_affiliations(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    """Organisation, department, role, start and journal make a role; its end does not."""
    for kind in get_args(AffiliationKind):
        assert bool(identity(kind, one) & identity(kind, other)) == same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([("doi", "10.5555/a")], [("doi", "10.5555/A")], True),
        ([("doi", "10.5555/a"), ("isbn", "9783161484100")], [("isbn", "9783161484100")], True),
        (
            [("doi", "10.5555/a"), ("isbn", "9783161484100")],
            [("doi", "10.5555/b"), ("isbn", "9783161484100")],
            False,
        ),
        (
            [("doi", "10.5555/a"), ("doi", "10.5555/b")],
            [("doi", "10.5555/b"), ("doi", "10.5555/c")],
            True,
        ),
        ([("doi", "10.5555/a")], [("pmid", "1")], False),
        ([], [], False),
    ],
)
def test_what_contradicts_itself(
    one: list[tuple[str, str]], other: list[tuple[str, str]], same: bool
) -> None:
    """Works that share an ISBN and have different DOIs are two, whoever called the ISBN theirs."""
    ours, theirs = (
        identity("work", {"external-ids": ids(*(identifier(*name) for name in names))})
        for names in (one, other)
    )
    assert same_thing(ours, theirs) == same_thing(theirs, ours) == same


def test_kinds_are_told_apart() -> None:
    """The same facts of another kind are another thing."""
    assert not identity("service", bare()) & identity("membership", bare())
    assert not identity("keyword", {"content": "a"}) & identity("other-name", {"content": "a"})


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("keyword", {"content": "bees"}, {"content": " bees\n"}, True),
        ("keyword", {"content": "DNA"}, {"content": "dna"}, False),
        (
            "researcher-url",
            {"url": {"value": "https://Example.org/"}, "url-name": "A"},
            {"url": {"value": "https://example.org"}, "url-name": "B"},
            True,
        ),
        (
            "researcher-url",
            {"url": {"value": "https://example.org/A"}},
            {"url": {"value": "https://example.org/a"}},
            False,
        ),
        ("researcher-url", {"url": {"value": "[x]"}}, {"url": {"value": "[x] "}}, True),
        (
            "researcher-url",
            {"url": {"value": "http://[x/"}},
            {"url": {"value": "http://[x/"}},
            True,
        ),
        ("address", {"country": {"value": "FR"}}, {"country": {"value": "FR"}}, True),
        ("address", {"country": {"value": "FR"}}, {"country": {"value": "GB"}}, False),
        (
            "external-identifier",
            identifier("Scopus", "7"),
            identifier("Scopus", "7", "part-of"),
            True,
        ),
        ("external-identifier", identifier("Scopus", "7"), identifier("Loop", "7"), False),
        (
            "funding",
            {"title": titles("Bees"), "organization": organization("F", "r")},
            {"title": titles("bees "), "organization": organization("F", "r")},
            True,
        ),
        (
            "funding",
            {"title": titles("Bees"), "organization": organization("F", "r")},
            {"title": titles("Bees"), "organization": organization("G", "s")},
            False,
        ),
        (
            "peer-review",
            {"review-group-id": "issn:12345679", "review-completion-date": date("2020")},
            {"review-group-id": "issn:1234-5679", "completion-date": date("2020")},
            True,
        ),
        (
            "funding",
            {"title": titles("Fellowship"), "external-ids": ids(identifier("uri", "a", "part-of"))},
            {"title": titles("Fellowship"), "external-ids": ids(identifier("uri", "b", "part-of"))},
            False,
        ),
        (
            "peer-review",
            {
                "review-group-id": "issn:1234-5679",
                "external-ids": ids(identifier("doi", "1", "part-of")),
            },
            {
                "review-group-id": "issn:1234-5679",
                "external-ids": ids(identifier("doi", "2", "part-of")),
            },
            False,
        ),
        (
            "group-id-record",
            {"group-id": "orcid-generated:A"},
            {"group-id": " orcid-generated:a"},
            True,
        ),
    ],
)
def test_what_has_no_identifiers(
    kind: ItemKind, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    """Everything else is known by what it says, compared as the registry stores it."""
    assert bool(identity(kind, one) & identity(kind, other)) == same


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nothing", [{}, None, [], "x", {"external-ids": 7, "title": []}])
def test_what_is_no_item(kind: ItemKind, nothing: Any) -> None:
    """What is no item is the same as nothing, not even as itself."""
    assert identity(kind, nothing) == Identity()


def test_the_tables() -> None:
    """Every kind says whether the registry checks for duplicates, and where that is known from."""
    assert {*DUPLICATE_CHECKS} == {*TYPES}
    assert [kind for kind in KINDS if not has_duplicate_check(kind)] == ["address"]
    assert [kind for kind in KINDS if not identifiable_in_summary(kind)] == ["group-id-record"]
