"""Payloads of every kind: a full sound one each, and a strategy that spoils it a little."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

Body = dict[str, Any]
Path = tuple[str | int, ...]

ORGANIZATION: Body = {
    "name": "Example Observatory",
    "address": {"city": "Lyon", "region": "ARA", "country": "FR"},
    "disambiguated-organization": {
        "disambiguated-organization-identifier": "https://ror.org/02feahw73",
        "disambiguation-source": "ROR",
    },
}


def identifier(kind: str, value: str, relationship: str = "self") -> Body:
    """Return an identifier with an address."""
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-relationship": relationship,
        "external-id-url": {"value": "https://example.org/1"},
    }


def ids(*entries: Body) -> Body:
    """Return identifiers as an item has them."""
    return {"external-id": list(entries)}


def date(year: str, month: str = "03", day: str = "04") -> Body:
    """Return a date with all its parts."""
    return {"year": {"value": year}, "month": {"value": month}, "day": {"value": day}}


def titles(text: str) -> Body:
    """Return a title and its translation."""
    return {
        "title": {"value": text},
        "translated-title": {"value": "Titre", "language-code": "fr"},
    }


def contributors(**attributes: str) -> Body:
    """Return one contributor with everything."""
    one = {
        "contributor-orcid": {
            "uri": "https://orcid.org/0000-0002-1825-0097",
            "path": "0000-0002-1825-0097",
            "host": "orcid.org",
        },
        "credit-name": {"value": "A. Writer"},
        "contributor-email": {"value": "writer@example.org"},
        "contributor-attributes": {
            f"contributor-{name}": value for name, value in attributes.items()
        },
    }
    return {"contributor": [one]}


WORK: Body = {
    "title": {**titles("A small study of bees"), "subtitle": {"value": "Part one"}},
    "journal-title": {"value": "Journal of Examples"},
    "short-description": "About bees.",
    "citation": {"citation-type": "bibtex", "citation-value": "@article{a}"},
    "type": "journal-article",
    "publication-date": date("2021"),
    "external-ids": ids(
        identifier("doi", "10.5555/oc-1"),
        identifier("issn", "1234-5679", "part-of"),
        identifier("grant_number", "G-1", "funded-by"),
    ),
    "url": {"value": "https://example.org/bees"},
    "contributors": contributors(sequence="first", role="author"),
    "language-code": "en",
    "country": {"value": "FR"},
}
AFFILIATION: Body = {
    "department-name": "Bee Laboratory",
    "role-title": "Keeper",
    "start-date": date("2015"),
    "end-date": date("2019"),
    "organization": ORGANIZATION,
    "url": {"value": "https://example.org/lab"},
    "external-ids": ids(identifier("uri", "https://example.org/staff/1")),
}
FULL: dict[str, Body] = {
    "work": WORK,
    "peer-review": {
        "reviewer-role": "reviewer",
        "review-identifiers": ids(identifier("source-work-id", "rev-1")),
        "review-url": {"value": "https://example.org/review"},
        "review-type": "review",
        "review-completion-date": date("2022"),
        "review-group-id": "issn:1234-5679",
        "subject-external-identifier": identifier("doi", "10.5555/s"),
        "subject-container-name": {"value": "Journal of Examples"},
        "subject-type": "journal-article",
        "subject-name": titles("Bees"),
        "subject-url": {"value": "https://example.org/s"},
        "convening-organization": ORGANIZATION,
    },
    "funding": {
        "type": "grant",
        "organization-defined-type": {"value": "Starter"},
        "title": titles("Bee grant"),
        "short-description": "Money for bees",
        "amount": {"value": "1000.50", "currency-code": "EUR"},
        "url": {"value": "https://example.org/g1"},
        "start-date": date("2018"),
        "end-date": date("2020"),
        "external-ids": ids(identifier("grant_number", "G-1")),
        "contributors": contributors(role="lead"),
        "organization": ORGANIZATION,
    },
    **dict.fromkeys(
        (
            "distinction",
            "education",
            "employment",
            "invited-position",
            "membership",
            "qualification",
            "service",
        ),
        AFFILIATION,
    ),
    "research-resource": {
        "proposal": {
            "title": titles("Night sky"),
            "hosts": {"organization": [ORGANIZATION]},
            "external-ids": ids(identifier("proposal-id", "P-1")),
            "start-date": date("2020"),
            "end-date": date("2021"),
            "url": {"value": "https://example.org/p1"},
        },
        "resource-item": [
            {
                "resource-name": "Telescope hours",
                "resource-type": "equipment",
                "hosts": {"organization": [ORGANIZATION]},
                "external-ids": ids(identifier("source-work-id", "item-1")),
                "url": {"value": "https://example.org/item"},
            }
        ],
    },
    "external-identifier": identifier("Example ID", "E-1"),
    "keyword": {"content": "bees"},
    "other-name": {"content": "A. B. Writer"},
    "researcher-url": {"url-name": "My page", "url": {"value": "https://example.org/me"}},
    "address": {"country": {"value": "FR"}},
    "group-id-record": {
        "name": "Journal of Examples",
        "group-id": "orcid-generated:oc-1",
        "description": "A made-up journal",
        "type": "journal",
    },
    "bulk-works": {
        "bulk": [
            {"work": WORK},
            {"work": {**WORK, "external-ids": ids(identifier("doi", "10.5555/oc-2"))}},
        ]
    },
}

TEXTS = [
    *("", " ", "\t\n", "\u00a0", "\u200b", "\x0b", "x", "0", "2", "02", "13", "31", "99", "2019"),
    *("2020", "1899", "2101", "02020", "+2020", "2015", "1,000", "1e3", "NaN", "-5", "0x1p3"),
    *("self", "part-of", "version-of", "funded-by", "doi", "DOI", "proposal-id", "other-id"),
    *("issn", "grant_number", "nonsense", "dataset", "book", "award", "contract", "equipment"),
    *("en", "zh", "zh_CN", "iw", "FR", "fr", "XK", "UK", "EUR", "eur", "DEM", "XXX", "public"),
    *("limited", "private", "registered-only", "PUBLIC", "author", "AUTHOR", "lead", "CO_LEAD"),
    *("http://credit.niso.org/contributor-roles/software/", "chair", "organizer", "evaluation"),
    *("https://credit.niso.org/contributor-roles/software/", "ris", "formatted-apa", "first"),
    *("issn:12345679", "issn:1234-5679", "issn:ab", "orcid-generated:oc-1", "ror:abc", "12345"),
    *("https://example.org/%zz", "a:b", "[x]", "javascript:alert(1)", "a b", "#a#b", "//[::1]/"),
    *("0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097", "orcid.org"),
    *("http://orcid.org/0000-0002-1825-0097", "https://sandbox.orcid.org/0000-0002-1825-0098"),
    *("peer-review service", "publisher", "a@b.c", "nobody", "true", "null"),
    *("y" * length for length in (150, 151, 255, 256, 350, 351, 500, 501, 1000, 1001)),
    *("z" * length for length in (2000, 2001, 4000, 4001, 5000, 5001)),
    "\U0001f600" * 500,
    "\U0001f600" * 501,
]
ODDITIES: list[Any] = [
    *TEXTS,
    *(None, 0, 1, -1, 5, 12345, 2020, 1.5, 12345.0, True, False, 2**63),
    *([], {}, [None], [[]], {"value": None}, {"value": {}}, {"value": 5}, {"value": "x"}),
    *({"year": {"value": "2020"}}, {"value": "https://example.org"}, ["x"], [{}]),
]
_PUT_CODES: list[Any] = [None, "", 12345, "12345", 12345.0, 1, 0, -1, "x", True]
_DATES: list[Any] = [5, "x", {"value": "2020-01-01"}, {"value": None}]
_SOURCES: list[Any] = [None, {}, {"source-name": {"value": "x"}}, {"x": 1}]
MEMBERS: list[tuple[str, Any]] = [
    *(("put-code", value) for value in _PUT_CODES),
    *(("visibility", value) for value in ("public", "limited", "private", "PUBLIC", "system", 5)),
    *(("visibility", value) for value in (None, " public ", "registered-only", "")),
    *(("display-index", value) for value in ("1", 1, "x", "", " ", None, 1.0)),
    *(("path", "/x"), ("unknown", None), ("unknown", 1), ("created-date", {"value": 5})),
    *(("created-date", value) for value in _DATES),
    *(("source", value) for value in _SOURCES),
    *(("external-id", None), ("value", "x"), ("end-date", date("2010")), ("start-date", {})),
]


REMOVED: Any = object()
_CONTRIBUTORS: list[Any] = [[None], [{}], []]
_EXTERNAL_IDS: list[Any] = [[], None, [None], [identifier("doi", "10.5555/x")]]
FAULTS: list[tuple[str, Any]] = [
    *(("put-code", value) for value in (1, 0, "7", REMOVED)),
    *(("visibility", value) for value in ("private", "public")),
    *(("external-id", value) for value in _EXTERNAL_IDS),
    *(("external-id-type", value) for value in ("nonsense", "DOI", "issn", "proposal_id")),
    *(("external-id-relationship", value) for value in (REMOVED, "version-of", "part-of")),
    *(("external-id-relationship", value) for value in ("self", "funded-by", None)),
    *(("external-id-url", value) for value in (REMOVED, {}, {"value": ""}, {"value": " "})),
    *(("external-id-value", value) for value in (REMOVED, "\u00a0", "x" * 256)),
    *(("start-date", value) for value in (REMOVED, date("2020", "02", "30"), date("2021", "1"))),
    *(("start-date", value) for value in (date("2019", "12"), {"year": {"value": "2019"}})),
    *(("end-date", value) for value in (REMOVED, date("2020", "02", "30"), date("2014"))),
    *(("end-date", value) for value in ({"year": {"value": "2015"}}, date("2015", "03", "03"))),
    *(("publication-date", value) for value in (date("2019", "02", "29"), date("2019", "2"))),
    *(("review-completion-date", value) for value in (date("2019", "02", "29"), date("2019", "2"))),
    *(("organization", value) for value in (REMOVED, None, [ORGANIZATION, None], [])),
    *(("disambiguated-organization", value) for value in (REMOVED, None)),
    *(("disambiguated-organization-identifier", value) for value in ("", " ")),
    *(("city", REMOVED), ("country", REMOVED), ("region", REMOVED), ("address", {})),
    *(("value", value) for value in ("1,000", "", "  ", "\x0b", REMOVED, "10 ", "1d", ".5", "x.")),
    *(("currency-code", REMOVED), ("amount", {"value": "5", "currency-code": "USD"})),
    *(("contributor-role", value) for value in ("writer", "", "EDITOR", "LEAD", "co-lead", None)),
    *(("contributor", value) for value in _CONTRIBUTORS),
    *(("path", value) for value in ("0000-0002-1825-0097-0001", REMOVED)),
    *(("content", value) for value in ("", " ", "\u00a0", "k" * 256)),
    *(("url", value) for value in (REMOVED, {"value": ""}, {"value": "u" * 2001}, "plain")),
    *(("title", value) for value in (REMOVED, None, {"value": "\x0b"}, {"value": "T"}, {})),
    *(("citation-value", ""), ("citation-type", REMOVED), ("language-code", REMOVED)),
    *(("credit-name", value) for value in ({"value": "\x0b"}, {"value": ""}, {})),
    *(("contributor-email", value) for value in ({"value": "\x0b"}, {"value": ""}, {})),
    *(("type", value) for value in (REMOVED, "dataset", "award", "publisher")),
    *(("review-group-id", value) for value in ("issn:12345679", "issn:ab", "issn:1234-567")),
    *(("group-id", value) for value in ("issn:12345679", "issn:1234-567x", "publons:12")),
    *(("year", value) for value in ({"value": "1899"}, {"value": "20201"}, 2020, REMOVED)),
    *(("month", value) for value in ({"value": "13"}, {"value": "7"}, 7, "7", REMOVED)),
    *(("day", value) for value in ({"value": "31"}, {"value": "7"}, 7, "7", REMOVED)),
]
"""Faults that the schema mostly takes, so that the order of later rules is asked for."""


def paths(value: Any, here: Path = ()) -> list[Path]:
    """Return the paths of everything inside a value."""
    found: list[Path] = []
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, inside in pairs:
        found += [(*here, step), *paths(inside, (*here, step))]
    return found


def holder(body: Any, path: Path) -> Any:
    """Return what holds the thing at a path."""
    for step in path[:-1]:
        body = body[step]
    return body


@st.composite
def faulty(draw: st.DrawFn, kind: str) -> Any:
    """Return a full sound payload after up to three faults that fit its members."""
    body = json.loads(json.dumps(FULL[kind]))
    anywhere = {"put-code", "visibility"} - ({"visibility"} if kind == "group-id-record" else set())
    for _ in range(draw(st.integers(0, 3))):
        places = paths(body)
        known = {path[-1] for path in places}
        fitting = [fault for fault in FAULTS if fault[0] in known or fault[0] in anywhere]
        name, value = draw(st.sampled_from(fitting))
        found = [path for path in places if path[-1] == name] or _tops(body, name)
        _set(body, draw(st.sampled_from(found)), value)
    return body


def _tops(body: Any, name: str) -> list[Path]:
    """Return where a member stands that belongs to a whole item."""
    works = body.get("bulk")
    if not isinstance(works, list):
        return [(name,)]
    return [("bulk", index, "work", name) for index, _work in enumerate(works)]


def _set(body: Any, path: Path, value: Any) -> None:
    inside = holder(body, path)
    if value is not REMOVED:
        inside[path[-1]] = deepcopy(value)
    else:
        inside.pop(path[-1], None)


def payloads(kind: str) -> st.SearchStrategy[Any]:
    """Return payloads of a kind: sound, against its rules, or plainly odd."""
    return st.one_of(faulty(kind), faulty(kind), spoilt(kind))


def requests(kind: str) -> st.SearchStrategy[tuple[str, Any]]:
    """Return (create or update, payload); an update mostly names the stored item."""
    if kind == "bulk-works":
        return st.tuples(st.just("create"), payloads(kind))
    created = st.tuples(st.just("create"), payloads(kind))
    named = payloads(kind).map(lambda body: ("update", {"put-code": 12345, **body}))
    return st.one_of(created, created, named, st.tuples(st.just("update"), payloads(kind)))


@st.composite
def spoilt(draw: st.DrawFn, kind: str) -> Any:
    """Return a full sound payload after up to three changes."""
    body = json.loads(json.dumps(FULL[kind]))
    for _ in range(draw(st.integers(0, 3))):
        places = paths(body)
        if not places:
            break
        path = draw(st.sampled_from(places))
        _spoil(draw, body, path)
    return body


def _spoil(draw: st.DrawFn, body: Any, path: Path) -> None:
    inside, step = holder(body, path), path[-1]
    change = draw(st.sampled_from(["replace", "replace", "remove", "member", "wrap", "null"]))
    if change == "replace":
        inside[step] = deepcopy(draw(st.sampled_from(ODDITIES)))
    elif change == "remove":
        del inside[step]
    elif change == "member":
        target = draw(st.sampled_from([body, inside]))
        if isinstance(target, dict):
            name, value = draw(st.sampled_from(MEMBERS))
            target[name] = deepcopy(value)
    elif change == "wrap":
        held = inside[step]
        is_wrapped = isinstance(held, dict) and set(held) == {"value"}
        inside[step] = held["value"] if is_wrapped else draw(st.sampled_from([[held], [held] * 2]))
    else:
        inside[step] = [*inside[step], None] if isinstance(inside[step], list) else None
