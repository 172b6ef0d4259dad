"""Writing payloads: exact members, a canonical form, and a stable hash."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import canonical, content_hash, encode, normalize, normalized, put_body
from orcid_connect.codec.any_uri import is_any_uri
from orcid_connect.records import (
    ExternalId,
    FuzzyDate,
    Organization,
    PeerReview,
    Title,
    Work,
    WorkContributor,
)

Lines = list[dict[str, Any]]


def test_a_work_is_written_without_what_it_lacks() -> None:
    """Absent members are left out, never null."""
    work = Work(
        type="journal-article",
        title=Title(title="Bees"),
        publication_date=FuzzyDate(year=2021, month=3),
        external_ids=(ExternalId(type="doi", value="10.5555/a", relationship="self"),),
        contributors=(
            WorkContributor(credit_name="A. Writer", sequence="first", role="author"),
            WorkContributor(orcid="0000-0002-1825-0097"),
        ),
    )
    assert encode(work) == {
        "title": {"title": {"value": "Bees"}},
        "type": "journal-article",
        "publication-date": {"year": {"value": "2021"}, "month": {"value": "03"}},
        "external-ids": {
            "external-id": [
                {
                    "external-id-type": "doi",
                    "external-id-value": "10.5555/a",
                    "external-id-relationship": "self",
                }
            ]
        },
        "contributors": {
            "contributor": [
                {
                    "credit-name": {"value": "A. Writer"},
                    "contributor-attributes": {
                        "contributor-sequence": "first",
                        "contributor-role": "author",
                    },
                },
                {
                    "contributor-orcid": {
                        "uri": "https://orcid.org/0000-0002-1825-0097",
                        "path": "0000-0002-1825-0097",
                        "host": "orcid.org",
                    }
                },
            ]
        },
    }


def test_ids_carry_the_host_of_their_environment() -> None:
    """In the sandbox, iDs inside payloads are the sandbox's."""
    work = Work(
        type="book",
        title=Title(title="T"),
        contributors=(WorkContributor(orcid="0000-0002-1825-0097"),),
    )
    (entry,) = encode(work, orcid_host="sandbox.orcid.org")["contributors"]["contributor"]
    assert entry["contributor-orcid"]["uri"] == "https://sandbox.orcid.org/0000-0002-1825-0097"


def test_a_review_keeps_its_address_object() -> None:
    """The address object is written even when nothing is known, as the schema demands it."""
    review = PeerReview(
        role="reviewer",
        type="review",
        completion_date=FuzzyDate(year=2024),
        group_id="issn:1234-5679",
        convening_organization=Organization(name="N"),
    )
    assert encode(review)["convening-organization"] == {"name": "N", "address": {}}


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.text())))
def test_the_order_of_members_changes_no_hash(payload: dict[str, Any]) -> None:
    """Equal content has equal canonical text and hash, whatever the order of members."""
    turned = dict(reversed(payload.items()))
    assert canonical(payload) == canonical(turned)
    assert content_hash(payload) == content_hash(turned)


def test_a_hash_is_stable() -> None:
    """The hash of a payload is what it always was, or the ledger would send everything again."""
    assert content_hash({"b": ["é"], "a": None}) == (
        "4d7e4e17db18c5aa8f3f3ab9c5363d9c73976a24543e78bee4c86aa7b53963e3"
    )


def test_a_put_names_the_item_and_keeps_the_rest() -> None:
    """The body of a PUT is the payload with the item's put-code; the payload is unchanged."""
    payload = {"type": "book"}
    assert put_body(payload, 7) == {"type": "book", "put-code": 7}
    assert payload == {"type": "book"}


def test_identifiers_are_normalised_as_the_registry_does(
    observed: Callable[[str], Lines],
) -> None:
    """Every observed normalisation agrees; where it fails the raw value stands."""
    for line in observed("normalization"):
        assert (normalize(line["type"], line["raw"]) or "") == line["normalized"], line
        assert normalized(line["type"], line["raw"]) == (line["normalized"] or line["raw"])


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", True),
        ("no scheme at all", True),
        ("https://example.org/ü?a[0]=1", True),
        ("https://[2001:db8::1]:80/x", True),
        ("urn:a[b]", True),
        ("https://example.org/%zz", False),
        ("https://example.org/#a#b", False),
        ("https://[2001:db8::1/x", False),
        ("two words: a colon", False),
        (":", False),
        ("http:", False),
    ],
)
def test_addresses_are_what_the_schema_takes(text: str, taken: bool) -> None:
    """An address is judged by the schema's loose rules, not by what a browser opens."""
    assert is_any_uri(text) is taken
