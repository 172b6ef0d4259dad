"""REGISTRY.md 10: searching the registry, in its three forms."""

import csv
from io import StringIO
from typing import Any

import httpx
import pytest

from tests.conformance.bodies import affiliation, external_id, work
from tests.conformance.marks import row
from tests.conformance.world import (
    MEMBER,
    PUBLIC,
    Account,
    Registry,
    account,
    refused,
    unique,
    words,
)

COLUMNS = words(
    "orcid email given-names family-name given-and-family-names "
    "current-institution-affiliation-name past-institution-affiliation-name credit-name other-names"
)
EXPANDED = words("orcid-id given-names family-names credit-name other-name email institution-name")
INDEXING_SECONDS = 3600
"""Longer than any lag between a write and its being found."""


def search(
    registry: Registry, path: str = "search", token: str | None = None, **query: str
) -> httpx.Response:
    """A search on the Public API, or with a token on the Member API."""
    url = f"{MEMBER if token else PUBLIC}/{path}"
    built = registry.http.build_request("GET", url, params=query).url
    accept = "text/csv" if path == "csv-search" else "application/json"
    return registry.call("GET", str(built), token, accept=accept)


@pytest.fixture
def found(clock: Registry) -> Account:
    """Somebody with a peculiar name, a public work and an employment, already indexed."""
    person = clock.person(given="Zebulon", family=unique("Quagga"), credit_name="Z. Q.")
    ada = account(clock, person=person)
    ada.add("/work", work(external_id(f"10.5555/{person.orcid}"), title=unique("Okapi")))
    ada.add("/employment", affiliation())
    clock.move(INDEXING_SECONDS)
    return ada


def ids(answer: httpx.Response) -> list[str]:
    """The iDs of a search's result."""
    assert answer.status_code == 200, answer.text
    return [entry["orcid-identifier"]["path"] for entry in answer.json()["result"] or []]


@row("10", "q")
@row("3.2", "/search GET")
def test_searching(clock: Registry, found: Account) -> None:
    """A Solr query finds people by iD, name, work and identifier, on either API."""
    orcid = found.person.orcid
    reader = clock.token(found.client, None, "/read-public")
    queries = [f"orcid:{orcid}", f'doi-self:"10.5555/{orcid}"', f"orcid:{orcid} AND zebulon"]
    for query in queries:
        for token in (None, reader):
            answer = search(clock, token=token, q=query)
            assert list(answer.json()) == ["result", "num-found"]
            assert ids(answer) == [orcid]
            assert answer.json()["num-found"] == 1
    assert answer.json()["result"][0] == {
        "orcid-identifier": {
            "uri": f"https://orcid.org/{orcid}",
            "path": orcid,
            "host": "orcid.org",
        }
    }


@row("13", "24.")
@row("3.2", "/search GET", "/expanded-search GET")
def test_searching_for_nothing(clock: Registry, found: Account) -> None:
    """What is not found is null, and what is not public is not found."""
    nothing = {"result": None, "num-found": 0}
    assert search(clock, q="orcid:8888-0000-0000-9999").json() == nothing
    answer = search(clock, "expanded-search", q="orcid:8888-0000-0000-9999")
    assert answer.json() == {"expanded-result": None, "num-found": 0}
    doi = unique("10.5555/hidden.")
    clock.by_hand(found.person, "work", work(external_id(doi)), "limited")
    clock.move(INDEXING_SECONDS)
    assert search(clock, q=f'doi-self:"{doi}"').json() == nothing


@row("3.2", "/search GET", "/expanded-search GET", "/csv-search GET")
def test_scope_of_a_search(clock: Registry, found: Account) -> None:
    """On the Member API /search needs /read-public, the other two do not."""
    webhook = clock.token(clock.client("premium"), None, "/webhook")
    query = f"orcid:{found.person.orcid}"
    refused(search(clock, token=webhook, q=query), 403, 9038)
    for path in ("expanded-search", "csv-search"):
        assert search(clock, path, webhook, q=query).status_code == 200


@row("10", "rows")
@row("5.1", "9012")
def test_rows_of_a_search(clock: Registry, found: Account) -> None:
    """At most a thousand rows may be asked for, and a number it must be."""
    people = [clock.person(family=unique("Zorilla")) for _ in range(3)]
    clock.move(INDEXING_SECONDS)
    query = " OR ".join(f"orcid:{person.orcid}" for person in people)
    assert len(ids(search(clock, q=query))) == 3
    answer = search(clock, q=query, rows="2")
    assert (len(ids(answer)), answer.json()["num-found"]) == (2, 3)
    assert len(ids(search(clock, q=query, rows="1000"))) == 3
    for rows in ("1001", "-1", "many"):
        refused(search(clock, q=query, rows=rows), 400, 9012)


@row("10", "start")
@row("5.1", "9043")
def test_start_of_a_search(clock: Registry, found: Account) -> None:
    """Anonymous callers start between 0 and 10000; the Member API passes start through."""
    people = [clock.person(family=unique("Zorilla")) for _ in range(3)]
    clock.move(INDEXING_SECONDS)
    query = " OR ".join(f"orcid:{person.orcid}" for person in people)
    pages = [ids(search(clock, q=query, start=str(n), rows="1"))[0] for n in range(3)]
    assert sorted(pages) == sorted(person.orcid for person in people)
    for start in ("-1", "10001"):
        refused(search(clock, q=query, start=start), 400, 9043)
    refused(search(clock, q=query, start="x"), 400, 9012)
    assert ids(search(clock, q=query, start="10000")) == []
    reader = clock.token(found.client, None, "/read-public")
    assert ids(search(clock, token=reader, q=query, start="10001")) == []


@row("3.2", "/expanded-search GET")
def test_expanded_search(clock: Registry, found: Account) -> None:
    """The expanded search shows names and institutions, nothing where there is nothing.

    Whether a list without values is null or empty the specification leaves open.
    """
    answer = search(clock, "expanded-search", q=f"orcid:{found.person.orcid}")
    assert list(answer.json()) == ["expanded-result", "num-found"]
    [entry] = answer.json()["expanded-result"]
    assert list(entry) == EXPANDED
    expected: dict[str, Any] = {
        "orcid-id": found.person.orcid,
        "given-names": "Zebulon",
        "credit-name": "Z. Q.",
        "institution-name": ["ORCID"],
    }
    assert {name: entry[name] for name in expected} == expected
    assert entry["other-name"] in (None, [])
    assert ada_without_credit_name(clock)["credit-name"] is None


def ada_without_credit_name(clock: Registry) -> dict[str, Any]:
    """The expanded result of somebody without a published name."""
    person = clock.person()
    clock.move(INDEXING_SECONDS)
    answer = search(clock, "expanded-search", q=f"orcid:{person.orcid}")
    entry: dict[str, Any] = answer.json()["expanded-result"][0]
    return entry


@row("10", "fl")
@row("3.2", "/csv-search GET")
def test_csv_search(clock: Registry, found: Account) -> None:
    """The CSV has a header row and the columns asked for; unknown ones are ignored."""
    query = f"orcid:{found.person.orcid}"
    answer = search(clock, "csv-search", q=query)
    header, line = csv.reader(StringIO(answer.text))
    assert header == COLUMNS
    assert line[0] == found.person.orcid
    assert line[2] == "Zebulon"
    answer = search(clock, "csv-search", q=query, fl="given-names,nonsense,orcid")
    header, line = csv.reader(StringIO(answer.text))
    assert sorted(header) == ["given-names", "orcid"]
    assert sorted(line) == sorted([found.person.orcid, "Zebulon"])
