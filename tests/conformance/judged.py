"""Bodies by the rule of REGISTRY.md 4 and 5.2 they try, and the number they are refused with."""

from typing import Any

from tests.conformance.bodies import (
    ORGANIZATION,
    PLAIN_ORGANIZATION,
    Body,
    affiliation,
    external_id,
    funding,
    peer_review,
    research_resource,
    work,
)


def without(body: Body, name: str) -> Body:
    """The body less one member."""
    return {key: value for key, value in body.items() if key != name}


def organization(**changes: Any) -> Body:
    """The organisation, changed; a member set to None is left out."""
    return {key: value for key, value in {**ORGANIZATION, **changes}.items() if value is not None}


def date(year: object, month: object = None, day: object = None) -> Body:
    """A date of wrapped parts."""
    parts = {"year": year, "month": month, "day": day}
    return {name: {"value": part} for name, part in parts.items() if part is not None}


def contributor(**members: Any) -> Body:
    """The contributors member with one contributor."""
    return {"contributors": {"contributor": [members]}}


def role(text: str) -> Body:
    """One contributor of that role."""
    return contributor(**{"contributor-attributes": {"contributor-role": text}})


def identifier(**changes: Any) -> Body:
    """A work's only identifier, changed."""
    return work(without({**external_id(), **changes}, "") | changes)


PROPOSAL = research_resource()["proposal"]
YEAR = date("2024")
ADDRESS = {"city": "C", "country": "GB"}
UNKNOWN_ROR = {
    "disambiguated-organization-identifier": "https://ror.org/000000000",
    "disambiguation-source": "ROR",
}

REFUSED: list[tuple[str, str, Body | list[Any] | str | None, int, int]] = [
    # 4.1 external ids
    ("4.1 external-id-type", "work", identifier(**{"external-id-type": "nonsense"}), 400, 9023),
    ("4.1 external-id-type", "work", identifier(**{"external-id-type": "DOI"}), 400, 9023),
    ("4.1 external-id-type", "work", identifier(**{"external-id-type": " "}), 400, 9047),
    ("4.1 external-id-value", "work", identifier(**{"external-id-value": ""}), 400, 9047),
    ("4.1 external-id-relationship", "work", work(external_id(relationship=None)), 400, 9023),
    ("4.1 external-id-relationship", "work", work(external_id(relationship="is")), 400, 9047),
    ("4.1 external-id-url", "work", identifier(**{"external-id-url": {"value": "a[b"}}), 400, 9047),
    ("4.1 external-id-url", "work", identifier(**{"external-id-url": {"value": "%zz"}}), 400, 9047),
    # 4.1 organisations
    ("4.1 education, employment", "education", {}, 400, 9046),
    ("4.1 education, employment", "employment", {"organization": PLAIN_ORGANIZATION}, 400, 9045),
    (
        "4.1 education, employment",
        "education",
        {"organization": organization(address={"country": "GB"})},
        400,
        9060,
    ),
    ("4.1 qualification", "service", {}, 400, 9046),
    ("4.1 qualification", "membership", {"organization": {"name": "N"}}, 400, 9047),
    ("4.1 qualification", "distinction", {"organization": PLAIN_ORGANIZATION}, 400, 9062),
    (
        "4.1 qualification",
        "invited-position",
        {"organization": organization(address={"city": "C"})},
        400,
        9061,
    ),
    ("4.1 funding", "funding", without(funding(), "organization"), 400, 9047),
    ("4.1 funding", "funding", funding(organization=PLAIN_ORGANIZATION), 400, 9045),
    (
        "4.1 peer review",
        "peer-review",
        without(peer_review(), "convening-organization"),
        400,
        9047,
    ),
    (
        "4.1 peer review",
        "peer-review",
        peer_review(
            **{
                "convening-organization": organization(
                    **{"disambiguated-organization": UNKNOWN_ROR}
                )
            }
        ),
        400,
        9045,
    ),
    (
        "4.1 research resource",
        "research-resource",
        research_resource(proposal={**PROPOSAL, "hosts": {"organization": [PLAIN_ORGANIZATION]}}),
        400,
        9045,
    ),
    (
        "4.1 research resource",
        "research-resource",
        research_resource(proposal={**PROPOSAL, "hosts": {"organization": [ORGANIZATION] * 11}}),
        400,
        9047,
    ),
    ("4.1 research resource", "research-resource", {"proposal": PROPOSAL}, 400, 9047),
    (
        "4.1 all",
        "funding",
        funding(
            organization=organization(
                **{"disambiguated-organization": without(UNKNOWN_ROR, "disambiguation-source")}
            )
        ),
        400,
        9047,
    ),
    # 4.2 works
    ("4.2 title", "work", without(work(), "title"), 400, 9047),
    ("4.2 title", "work", work(title="x" * 1001), 400, 9047),
    ("4.2 title", "work", work(title="😀" * 501), 400, 9047),
    (
        "4.2 title",
        "work",
        {**work(), "title": {"title": {"value": "T"}, "translated-title": {"value": "U"}}},
        400,
        9047,
    ),
    ("4.2 journal-title", "work", work(**{"journal-title": {"value": " "}}), 400, 9047),
    ("4.2 journal-title", "work", work(**{"journal-title": {"value": "x" * 1001}}), 400, 9047),
    ("4.2 short-description", "work", work(**{"short-description": "x" * 5001}), 400, 9047),
    ("4.2 citation", "work", work(citation={"citation-type": "bibtex"}), 400, 9047),
    (
        "4.2 citation",
        "work",
        work(citation={"citation-type": "bibtex", "citation-value": ""}),
        400,
        9020,
    ),
    ("4.2 type", "work", work(type="novel"), 400, 9047),
    ("4.2 type", "work", without(work(), "type"), 400, 9047),
    ("4.2 publication-date", "work", work(**{"publication-date": date("1899")}), 400, 9047),
    ("4.2 publication-date", "work", work(**{"publication-date": date("2024", "13")}), 400, 9047),
    (
        "4.2 publication-date",
        "work",
        work(**{"publication-date": date("2024", None, "01")}),
        400,
        9047,
    ),
    ("4.2 publication-date", "work", work(**{"publication-date": date("2024", "5")}), 400, 9049),
    (
        "4.2 publication-date",
        "work",
        work(**{"publication-date": date("2024", "02", "30")}),
        400,
        9049,
    ),
    ("4.2 external-ids", "work", without(work(), "external-ids"), 400, 9023),
    ("4.2 external-ids", "work", work(**{"external-ids": {"external-id": []}}), 400, 9023),
    ("4.2 external-ids", "work", work(external_id(relationship="version-of")), 400, 9023),
    (
        "4.2 external-ids",
        "work",
        work(external_id(), external_id("1", "pmid", "funded-by")),
        400,
        9020,
    ),
    ("4.2 url", "work", work(url={"value": "[x]"}), 400, 9047),
    ("4.2 language-code", "work", work(**{"language-code": "zh"}), 400, 9047),
    ("4.2 country", "work", work(country={"value": "XX"}), 400, 9047),
    ("4.2 contributors", "work", work(**role("Author")), 400, 9058),
    (
        "4.2 contributors",
        "work",
        work(**role("https://credit.niso.org/contributor-roles/software/")),
        400,
        9058,
    ),
    (
        "4.2 contributors",
        "work",
        work(
            **contributor(**{"contributor-orcid": {"uri": "http://orcid.org/0000-0002-1825-0097"}})
        ),
        400,
        9047,
    ),
    (
        "4.2 contributors",
        "work",
        work(**contributor(**{"contributor-email": {"value": "nobody"}})),
        400,
        9047,
    ),
    (
        "4.2 contributors",
        "work",
        work(**contributor(**{"credit-name": {"value": "x" * 151}})),
        400,
        9047,
    ),
    # 4.3 and 4.4
    ("5.2 XSD-required", "peer-review", without(peer_review(), "review-identifiers"), 400, 9047),
    (
        "5.2 no external id",
        "peer-review",
        peer_review(**{"review-identifiers": {"external-id": []}}),
        400,
        9023,
    ),
    (
        "5.2 no external id",
        "peer-review",
        peer_review(external_id("r", "source-work-id", "version-of")),
        400,
        9023,
    ),
    (
        "5.2 XSD-required",
        "peer-review",
        without(peer_review(), "review-completion-date"),
        400,
        9047,
    ),
    ("5.2 XSD-required", "peer-review", without(peer_review(), "review-group-id"), 400, 9047),
    ("5.2 XSD-required", "peer-review", peer_review(**{"review-group-id": "issn:"}), 400, 9047),
    ("5.2 XSD-required", "work", without(work(), "type"), 400, 9047),
    ("5.2 bad enum", "peer-review", peer_review(**{"reviewer-role": "reader"}), 400, 9047),
    ("5.2 bad enum", "funding", funding(type="gift"), 400, 9047),
    ("5.2 bad enum", "work", work(**{"language-code": "xx"}), 400, 9047),
    (
        "5.2 bad enum",
        "funding",
        funding(amount={"value": "1", "currency-code": "eur"}),
        400,
        9047,
    ),
    ("5.2 over-long string", "education", affiliation(**{"role-title": "x" * 4001}), 400, 9047),
    ("5.2 over-long string", "work", work(**{"journal-title": {"value": ""}}), 400, 9047),
    ("5.2 funding title", "funding", without(funding(), "title"), 400, 9022),
    ("5.2 funding title", "funding", funding(title={}), 400, 9047),
    ("5.2 external-id type", "work", work(without(external_id(), "external-id-type")), 400, 9047),
    ("5.2 external-id type", "work", work(without(external_id(), "external-id-value")), 400, 9047),
    (
        "5.2 relationship missing",
        "funding",
        funding(external_id(kind="grant_number", relationship=None)),
        400,
        9023,
    ),
    ("5.2 no external id", "funding", without(funding(), "external-ids"), 400, 9023),
    (
        "5.2 month/day",
        "education",
        affiliation(**{"start-date": date("2023", "02", "29")}),
        400,
        9049,
    ),
    ("5.2 contributor role", "funding", funding(**role("author")), 400, 9058),
    ("5.2 unknown property", "work", work(**{"display-index": "1"}), 400, 9047),
    ("5.2 unknown property", "funding", funding(colour="blue"), 400, 9047),
    (
        "5.2 unknown property",
        "research-resource",
        research_resource(**{"resource-items": {}}),
        400,
        9047,
    ),
    ("5.2 put-code on POST", "work", work(**{"put-code": 1}), 400, 9024),
    ("5.2 put-code on POST", "work", work(**{"put-code": 0}), 400, 9024),
    ("5.2 put-code on POST", "education", {"put-code": 5}, 400, 9024),
    ("5.2 put-code on POST", "work", without(work(**{"put-code": 1}), "external-ids"), 400, 9023),
    (
        "5.2 put-code on POST",
        "work",
        {**identifier(**{"external-id-type": "x"}), "put-code": 1},
        400,
        9024,
    ),
    ("5.2 put-code on POST", "research-resource", research_resource(**{"put-code": 1}), 400, 9024),
    (
        "5.2 null as an element",
        "work",
        work(**{"external-ids": {"external-id": [None]}}),
        500,
        9008,
    ),
    (
        "5.2 null as an element",
        "work",
        work(contributors={"contributor": [None]}),
        500,
        9008,
    ),
    ("5.2 body null", "work", "null", 400, 9047),
    ("5.2 body null", "work", "[]", 400, 9047),
    ("5.2 body null", "education", '""', 400, 9047),
    # 4.5
    ("4.5 keyword", "keywords", {}, 400, 9047),
    ("4.5 keyword", "keywords", {"content": "x" * 256}, 400, 9047),
    ("4.5 keyword", "keywords", {"content": " "}, 400, 9020),
    ("4.5 other-name", "other-names", {}, 400, 9047),
    ("4.5 other-name", "other-names", {"content": "x" * 256}, 400, 9047),
    ("4.5 researcher-url", "researcher-urls", {"url-name": "", "url": {"value": "a"}}, 400, 9047),
    ("4.5 researcher-url", "researcher-urls", {"url-name": "x"}, 400, 9047),
    ("4.5 researcher-url", "researcher-urls", {"url": {"value": " "}}, 400, 9020),
    ("4.5 researcher-url", "researcher-urls", {"url": {"value": "x" * 2001}}, 400, 9020),
    ("4.5 address", "address", {"country": "GB"}, 400, 9047),
    ("4.5 address", "address", {}, 400, 9047),
    ("4.5 external-identifier", "external-identifiers", {"external-id-value": "1"}, 400, 9047),
    (
        "4.5 external-identifier",
        "external-identifiers",
        {"external-id-type": "T", "external-id-value": "1", "external-id-relationship": "self"},
        400,
        9020,
    ),
    (
        "4.5 external-identifier",
        "external-identifiers",
        {
            "external-id-type": "T",
            "external-id-value": "1",
            "external-id-url": {"value": "https://a.example"},
            "external-id-relationship": "part-of",
        },
        400,
        9020,
    ),
    # 5.1 codes of single writes
    ("5.1 9020", "keywords", {"content": ""}, 400, 9020),
    ("5.1 9022", "funding", funding(title=None), 400, 9022),
    ("5.1 9023", "work", without(work(), "external-ids"), 400, 9023),
    ("5.1 9024", "work", work(**{"put-code": 7}), 400, 9024),
    ("5.1 9045", "education", {"organization": PLAIN_ORGANIZATION}, 400, 9045),
    ("5.1 9046", "education", {}, 400, 9046),
    ("5.1 9047", "work", {}, 400, 9047),
    ("5.1 9049", "work", work(**{"publication-date": date("2023", "02", "29")}), 400, 9049),
    ("5.1 9050", "funding", funding(**{"end-date": YEAR}), 400, 9050),
    (
        "5.1 9050",
        "research-resource",
        research_resource(proposal={**PROPOSAL, "end-date": YEAR}),
        400,
        9050,
    ),
    ("5.1 9054", "funding", funding(amount={"value": "1,000", "currency-code": "EUR"}), 400, 9054),
    (
        "5.1 9055",
        "education",
        affiliation(**{"start-date": date("2020", "05"), "end-date": date("2020")}),
        400,
        9055,
    ),
    ("5.1 9058", "work", work(**role("boss")), 400, 9058),
    ("5.1 9060", "employment", {"organization": organization(address={"city": "C"})}, 400, 9060),
    ("5.1 9061", "service", {"organization": organization(address={"region": "R"})}, 400, 9061),
    ("5.1 9062", "service", {"organization": PLAIN_ORGANIZATION}, 400, 9062),
    ("5.1 9008", "work", work(**{"external-ids": {"external-id": [None]}}), 500, 9008),
    ("5.1 9053", "peer-review", peer_review(**{"review-group-id": "issn:nothing"}), 400, 9053),
]
