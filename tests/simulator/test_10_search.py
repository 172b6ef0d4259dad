"""REGISTRY 10: the three searches and the plain subset of the query language."""

import csv
import io
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Simulator
from orcid_connect.simulator.search.query import QueryError, read_query
from tests.simulator import bodies
from tests.simulator.callers import Caller

pytestmark = pytest.mark.anyio


@pytest.fixture
def people(sim: Simulator) -> dict[str, str]:
    """Three people with something to find, and one whose name nobody may see."""
    sim.know_organizations("all")
    ada = sim.add_person("Zelda", "Kårlsbeard", credit_name="A. Lovelace").orcid
    bob = sim.add_person("Yorick", "Babbage").orcid
    eve = sim.add_person("Xena", "Engine", name_visibility="private").orcid
    sim.put_item(ada, "work", bodies.work("10.5555/abc", "Night sky over Turin"))
    sim.put_item(ada, "keyword", {"content": "difference engines"})
    sim.put_item(bob, "employment", bodies.affiliation())
    sim.put_item(bob, "work", bodies.work("10.5555/hidden"), visibility="private")
    return {"ada": ada, "bob": bob, "eve": eve}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("given-names:Zelda", "ada"),
        ("given-names:zel*", "ada"),
        ("family-name:Karlsbeard", ""),
        ("given-and-family-names:karlsbeard", "ada"),
        ("given-names:Zelda OR given-names:Yorick", "ada bob"),
        ("given-names:(Zelda OR Yorick) AND NOT family-name:babbage", "ada"),
        ("given-names:(Zelda Yorick) && !family-name:babbage", "ada"),
        ("given-names:(Zelda Yorick) -family-name:babbage", "ada"),
        ('work-titles:"sky over"', "ada"),
        ('work-titles:"over sky"', ""),
        ('"difference engines"', "ada"),
        ("turin", "ada"),
        ("doi-self:10.5555\\/abc", "ada"),
        ('doi-self:"10.5555/ABC"', "ada"),
        ("doi-self:10.5555/a*", "ada"),
        ("digital-object-ids:10.5555\\/hidden", ""),
        ('ror-org-id:"https://ror.org/02feahw73" AND given-names:Yorick', "bob"),
        ("affiliation-org-name:N", "bob"),
        ("given-names:Xena", ""),
        ("unknown-field:Zelda", ""),
        ("keyword:diff*", "ada"),
    ],
)
async def test_queries(public: Caller, people: dict[str, str], query: str, expected: str) -> None:
    """Fields, words, phrases, endings and connectives find who shows it to everybody."""
    answer = await found(public, "/search", q=query)
    expect = sorted(people[name] for name in expected.split())
    hits = answer["result"] or []
    assert [hit["orcid-identifier"]["path"] for hit in hits] == expect
    assert answer["num-found"] == len(expect)


async def test_nobody_found(public: Caller) -> None:
    """A search without hits answers null, not an empty list."""
    answer = await found(public, "/search", q="given-names:Nobody")
    assert answer == {"result": None, "num-found": 0}
    answer = await found(public, "/expanded-search", q="given-names:Nobody")
    assert answer == {"expanded-result": None, "num-found": 0}


async def test_pages(public: Caller, people: dict[str, str]) -> None:
    """Rows and start cut a page out of all that was found."""
    whole = await found(public, "/search", q="*:*")
    part = await found(public, "/search", q="*:*", rows="1", start="1")
    assert part["num-found"] == whole["num-found"] >= len(people)
    assert part["result"] == whole["result"][1:2]


async def test_expanded(public: Caller, people: dict[str, str]) -> None:
    """The expanded search tells public names and institutions, null where there are none."""
    answer = await found(public, "/expanded-search", q="given-names:Zelda OR given-names:Yorick")
    ada, bob = answer["expanded-result"]
    assert (ada["credit-name"], ada["institution-name"], ada["email"]) == ("A. Lovelace", [], [])
    assert (bob["credit-name"], bob["institution-name"]) == (None, ["N"])


async def test_table(public: Caller, people: dict[str, str]) -> None:
    """The table has a header and the columns asked for, as far as they are known."""
    parameters = {"q": "given-names:Zelda", "fl": "orcid,family-name,nonsense"}
    answer = await ask(public, "/csv-search", parameters, accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows == [["orcid", "family-name"], [people["ada"], "Kårlsbeard"]]
    refused = await ask(public, "/csv-search", parameters, accept="application/json")
    assert refused.status_code == 406


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"q": "a", "rows": "1001"}, (400, 9012)),
        ({"q": "a", "rows": "-1"}, (400, 9012)),
        ({"q": "a", "rows": "ten"}, (400, 9012)),
        ({"q": "a", "start": "-1"}, (400, 9043)),
        ({"q": "a", "start": "10001"}, (400, 9043)),
        ({"q": "a", "start": "x"}, (400, 9012)),
        ({"q": "(a"}, (400, 9012)),
        ({}, (400, 9012)),
    ],
)
async def test_bad_parameters(
    public: Caller, parameters: dict[str, str], expected: tuple[int, int]
) -> None:
    """Rows, start and query have limits."""
    answer = await ask(public, "/search", parameters)
    assert (answer.status_code, answer.json()["error-code"]) == expected


async def test_member_search(sim: Simulator, http: httpx.AsyncClient, journal: str) -> None:
    """On the Member API a search needs /read-public, the expanded one does not."""
    caller = Caller(http, sim.issue_token(journal, None, "/group-id-record/read"), "")
    assert (await ask(caller, "/search", {"q": "a"})).json()["error-code"] == 9038
    assert (await ask(caller, "/expanded-search", {"q": "a"})).status_code == 200
    reader = Caller(http, sim.issue_token(journal, None, "/read-public"), "")
    far = {"q": "a", "start": "20000"}
    assert (await ask(reader, "/search", far)).status_code == 200


async def test_closed_records(sim: Simulator, public: Caller, people: dict[str, str]) -> None:
    """Locked and closed records are not found."""
    sim.set_state(people["ada"], "locked")
    assert (await found(public, "/search", q="given-names:Zelda"))["num-found"] == 0


@pytest.mark.parametrize("query", ["", "  ", "(", ")", "a AND", "NOT", '"a', "a:\\", "(" * 99])
def test_unreadable_queries(query: str) -> None:
    """A query that is none is refused, never an accident."""
    with pytest.raises(QueryError):
        read_query(query)


async def found(caller: Caller, path: str, **parameters: str) -> dict[str, Any]:
    """Search and expect an answer."""
    answer = await ask(caller, path, parameters)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ask(
    caller: Caller, path: str, parameters: dict[str, str], accept: str = "application/json"
) -> httpx.Response:
    """Search, as nobody where the caller has no token."""
    headers = {"accept": accept}
    if caller.token:
        headers["authorization"] = f"Bearer {caller.token}"
    return await caller.http.get(caller.api + path, params=parameters, headers=headers)
