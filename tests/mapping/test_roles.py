"""From a role to an affiliation: an editor's service, with a start and an end."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.codec import encode, validate
from orcid_connect.declarations import Affiliation, Contributor, PartialDate, Role
from orcid_connect.mapping import Mapped, affiliation_from_role
from orcid_connect.policy import RolePolicy
from orcid_connect.records import TYPES, AffiliationKind, AnyAffiliation

PRESS = Affiliation(name="Hive Press", city="Lyon", country="fr", ror="https://ror.org/02feahw73")


def role(**fields: Any) -> Role:
    """Return an editor's role that maps without any problem, but for the fields given."""
    plain = {
        "tenant": "hive",
        "key": "board/ada/2024",
        "as_of": datetime(2026, 1, 1, tzinfo=UTC),
        "person": Contributor(person_key="ada"),
        "organization": PRESS,
        "department": "Annals of Apiculture",
        "role_title": "Associate Editor",
        "start": "2024-02",
    }
    return Role.model_validate({**plain, **fields})


def codes(outcome: Mapped[AnyAffiliation]) -> list[tuple[str, str]]:
    """Return where and what was found."""
    return [(problem.path, problem.code) for problem in outcome.problems]


def payload(outcome: Mapped[AnyAffiliation]) -> dict[str, Any]:
    """Return the JSON of an affiliation that is sent."""
    assert outcome.activity is not None
    return encode(outcome.activity)


def test_an_editor() -> None:
    """An editor's role is a service at the publisher, in the journal, from its start."""
    outcome = affiliation_from_role(role(issn="1234-5679", url="https://example.org/board"))
    assert outcome.problems == ()
    assert payload(outcome) == {
        "department-name": "Annals of Apiculture",
        "role-title": "Associate Editor",
        "start-date": {"year": {"value": "2024"}, "month": {"value": "02"}},
        "organization": {
            "name": "Hive Press",
            "address": {"city": "Lyon", "country": "FR"},
            "disambiguated-organization": {
                "disambiguated-organization-identifier": "https://ror.org/02feahw73",
                "disambiguation-source": "ROR",
            },
        },
        "url": {"value": "https://example.org/board"},
        "external-ids": {
            "external-id": [
                {
                    "external-id-type": "issn",
                    "external-id-value": "1234-5679",
                    "external-id-relationship": "part-of",
                }
            ]
        },
    }


def test_a_role_that_ended() -> None:
    """A role that ended is the same one with an end date."""
    ended = payload(affiliation_from_role(role(end="2026-01-31")))
    assert ended.pop("end-date") == {
        "year": {"value": "2026"},
        "month": {"value": "01"},
        "day": {"value": "31"},
    }
    assert ended == payload(affiliation_from_role(role()))


@pytest.mark.parametrize("kind", get_args(AffiliationKind))
def test_every_affiliation(kind: AffiliationKind) -> None:
    """A role may be any of the seven affiliations, and ORCID takes each."""
    outcome = affiliation_from_role(role(activity=kind))
    assert outcome.problems == ()
    assert type(outcome.activity) is TYPES[kind]
    assert validate(kind, payload(outcome)) == []


def test_an_organisation_that_orcid_does_not_know() -> None:
    """Without an identifier of its organisation a service has one of ours; no education may."""
    unknown = role(organization=Affiliation(name="Hive Press", country="FR"))
    outcome = affiliation_from_role(unknown)
    assert outcome.problems == ()
    (own,) = payload(outcome)["external-ids"]["external-id"]
    assert own["external-id-relationship"] == "self"
    assert own["external-id-value"].startswith("hive:")
    assert "board" not in own["external-id-value"]
    plain = affiliation_from_role(role(), RolePolicy(organization_identifier=False))
    assert payload(plain)["external-ids"] == payload(outcome)["external-ids"]
    study = affiliation_from_role(unknown.model_copy(update={"activity": "education"}))
    assert study.activity is None
    assert codes(study) == [
        ("organization.ror", "organization-unknown"),
        ("organization", "address-incomplete"),
    ]


def test_a_city_without_country_stays_here() -> None:
    """ORCID takes a city only with its country, so without one the organisation stands alone."""
    outcome = affiliation_from_role(role(organization=PRESS.model_copy(update={"country": None})))
    assert codes(outcome) == [("organization.country", "country-missing")]
    assert payload(outcome)["organization"]["address"] == {}


@pytest.mark.parametrize(
    ("start", "end", "sent"),
    [
        ("2024-05", "2024", "2024"),
        ("2024-05-03", "2024-05", "2024-05"),
        ("2024-05", "2025", "2024-05"),
        ("2024", "2024-03", "2024"),
    ],
)
def test_an_end_known_less_exactly(start: str, end: str, sent: str) -> None:
    """An end known only to the year is not taken for earlier than a start in its May."""
    outcome = affiliation_from_role(role(start=start, end=end))
    assert outcome.activity is not None
    assert str(outcome.activity.start_date) == sent
    assert codes(outcome) == ([] if sent == start else [("start", "start-coarsened")])


@pytest.mark.parametrize(
    ("fields", "path", "code", "refused"),
    [
        ({"role_title": " "}, "role_title", "role-title-missing", False),
        ({"start": None, "end": "2025"}, "start", "start-missing", False),
        ({"issn": "1234-5678"}, "issn", "issn-malformed", False),
        ({"department": "x" * 4001}, "department", "cut", False),
        ({"start": "2024-02-30"}, "start", "date-impossible", True),
        ({"start": "2025", "end": "2024"}, "end", "end-before-start", True),
        ({"organization": PRESS.model_copy(update={"name": " "})}, "organization.name", "", True),
    ],
)
def test_what_a_person_must_hear(
    fields: dict[str, Any], path: str, code: str, refused: bool
) -> None:
    """What is odd is told at the declared field; what ORCID would refuse is not sent."""
    outcome = affiliation_from_role(role(**fields))
    problem = outcome.problems[0]
    assert problem.path == path
    assert not code or problem.code == code
    assert (outcome.activity is None) == refused
    assert problem.message.endswith(".")
    assert "{" not in problem.message


def test_declared_identifiers() -> None:
    """Identifiers of the role itself are sent as declared, of any type."""
    outcome = affiliation_from_role(
        role(identifiers=({"type": "DOI", "value": "10.5555/role", "relationship": "self"},))
    )
    (one,) = payload(outcome)["external-ids"]["external-id"]
    assert (one["external-id-type"], one["external-id-value"]) == ("DOI", "10.5555/role")


texts = st.none() | st.text(max_size=30) | st.sampled_from(["x" * 4001, "\x00", "1234-5679", "FR"])
partial = st.none() | st.builds(
    PartialDate,
    year=st.integers(1890, 2110),
    month=st.none() | st.integers(0, 13),
    day=st.none() | st.integers(0, 32),
)
places = st.builds(
    Affiliation,
    name=st.text(max_size=10),
    department=texts,
    city=texts,
    region=texts,
    country=st.sampled_from([None, "FR", "uk", ""]),
    ror=st.sampled_from([None, "https://ror.org/02feahw73", "02feahw73", " "]),
    identifier=texts,
    identifier_source=st.sampled_from([None, "GRID", ""]),
)


@given(
    st.sampled_from(get_args(AffiliationKind)),
    places,
    st.tuples(texts, texts, texts, texts),
    st.tuples(partial, partial),
    st.booleans(),
)
def test_whatever_is_declared(
    kind: AffiliationKind, place: Affiliation, words: Any, dates: Any, identified: bool
) -> None:
    """Whatever a host declares is either what ORCID takes, or refused with a sentence."""
    department, title, url, issn = words
    declared = role(
        activity=kind,
        organization=place,
        department=department,
        role_title=title,
        url=url,
        issn=issn,
        start=dates[0],
        end=dates[1],
    )
    outcome = affiliation_from_role(declared, RolePolicy(organization_identifier=identified))
    refused = [one for one in outcome.problems if one.severity == "refused"]
    assert (outcome.activity is None) == bool(refused)
    assert all(one.message for one in outcome.problems)
    if outcome.activity is not None:
        found = validate(kind, encode(outcome.activity))
        assert not [one for one in found if one.severity == "refused"]
