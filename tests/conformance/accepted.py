"""Bodies that are only unusual, by the rule of REGISTRY.md 4 and 5.2 they try."""

from tests.conformance.bodies import (
    PLAIN_ORGANIZATION,
    Body,
    affiliation,
    external_id,
    funding,
    peer_review,
    work,
)
from tests.conformance.judged import YEAR, date, identifier, organization, role
from tests.conformance.world import unique

ACCEPTED: list[tuple[str, str, Body]] = [
    ("4.1 external-id-type", "membership", affiliation(external_id("x", "Anything", None))),
    ("4.1 external-id-value", "work", work(external_id(unique("not a doi ")))),
    ("4.1 external-id-url", "work", identifier(**{"external-id-url": {"value": ""}})),
    ("4.1 external-id-url", "work", identifier(**{"external-id-url": "https://a.example/x"})),
    ("4.1 external-id-relationship", "funding", funding(external_id(relationship="part-of"))),
    (
        "4.1 qualification",
        "service",
        affiliation(external_id(relationship=None), organization=PLAIN_ORGANIZATION),
    ),
    ("4.1 qualification", "service", {"organization": organization(address={})}),
    ("4.1 peer review", "peer-review", peer_review()),
    ("4.2 title", "work", {**work(), "title": {"title": "text"}}),
    ("4.2 title", "work", work(title="x" * 1000)),
    ("4.2 publication-date", "work", work(**{"publication-date": {"year": 2024, "month": 5}})),
    ("4.2 type", "work", work(type="dataset")),
    ("4.2 language-code", "work", work(**{"language-code": "zh_CN"})),
    ("4.2 country", "work", work(country={"value": "XK"})),
    ("4.2 url", "work", work(url="https://a.example")),
    ("4.2 short-description", "work", work(**{"short-description": "x" * 5000})),
    (
        "4.2 external-ids",
        "work",
        work(external_id(), external_id("g", "grant_number", "funded-by")),
    ),
    (
        "4.2 contributors",
        "work",
        work(**role("http://credit.niso.org/contributor-roles/software/")),
    ),
    ("4.2 contributors", "work", work(**role("CHAIR_OR_TRANSLATOR"))),
    ("5.2 put-code on POST", "work", work(**{"put-code": ""})),
    ("5.2 over-long string", "funding", funding(**{"start-date": YEAR, "end-date": date("2020")})),
    ("4.5 other-name", "other-names", {"content": ""}),
    ("4.5 researcher-url", "researcher-urls", {"url-name": None, "url": {"value": "x" * 2000}}),
]
