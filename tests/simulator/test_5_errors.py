"""REGISTRY 5: the error body and its texts, duplicates, bulk POST and bulk read."""

import json
import re
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator import bodies
from tests.simulator.callers import Caller

pytestmark = pytest.mark.anyio


def refusal(answer: httpx.Response) -> tuple[int, int]:
    """Status and error number of a refusal."""
    return answer.status_code, answer.json()["error-code"]


async def test_5_1_the_error_body(member: Caller) -> None:
    """The five members in order, and one more-info link for all."""
    answer = await member.get("/work/999999")
    body = answer.json()
    assert list(body) == [
        "response-code",
        "developer-message",
        "user-message",
        "error-code",
        "more-info",
    ]
    assert body["response-code"] == answer.status_code == 404
    assert body["more-info"] == "https://members.orcid.org/api/resources/troubleshooting"


async def test_5_1_9021_names_the_put_code(member: Caller) -> None:
    """`put-code 12.` is in the text, the only number but 409; the user text names the client."""
    code = await member.created("/work", bodies.work())
    answer = await member.post("/work", bodies.work())
    assert refusal(answer) == (409, 9021)
    text = answer.json()["developer-message"]
    assert re.findall(r"put-code (\d+)\.", text) == [str(code)]
    assert re.findall(r"\d+", text) == ["409", str(code)]
    assert "Full validation error" not in text
    assert "Journal of Tests" in answer.json()["user-message"]


@pytest.mark.parametrize(("sent", "shown"), [({}, "null"), ({"put-code": 7}, "7")])
async def test_5_1_9019_names_both_put_codes(
    member: Caller, sent: dict[str, Any], shown: str
) -> None:
    """The text says which code the URL had and which the body."""
    code = await member.created("/work", bodies.work())
    answer = await member.put(f"/work/{code}", bodies.work("10.5555/x", "U") | sent)
    assert refusal(answer) == (400, 9019)
    end = f"URL was {code} whereas the one in the body was {shown}."
    assert answer.json()["developer-message"].endswith(end)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/work", bodies.work() | {"put-code": 1}, 9024),
        ("/work", {**bodies.work(), "external-ids": None}, 9023),
        ("/work", {"type": "book"}, 9047),
        ("/work", bodies.work(**{"external-ids": {"external-id": [None]}}), 9008),
        ("/funding", bodies.funding(title=None), 9022),
        ("/funding", bodies.funding(amount={"value": "1,000", "currency-code": "EUR"}), 9054),
        ("/funding", bodies.funding(**{"end-date": {"year": {"value": "2020"}}}), 9050),
        ("/employment", {}, 9046),
        (
            "/employment",
            {"organization": {"name": "N", "address": {"city": "C", "country": "GB"}}},
            9045,
        ),
        ("/employment", {"organization": bodies.organization(address={})}, 9060),
        ("/membership", {"organization": bodies.organization(address={"city": "C"})}, 9061),
        (
            "/membership",
            {"organization": bodies.organization(**{"disambiguated-organization": None})},
            9062,
        ),
        (
            "/employment",
            bodies.affiliation(
                **{
                    "start-date": {"year": {"value": "2020"}},
                    "end-date": {"year": {"value": "2019"}},
                }
            ),
            9055,
        ),
        (
            "/work",
            bodies.work(
                **{
                    "publication-date": {
                        "year": {"value": "2023"},
                        "month": {"value": "02"},
                        "day": {"value": "30"},
                    }
                }
            ),
            9049,
        ),
        (
            "/work",
            bodies.work(
                contributors={
                    "contributor": [{"contributor-attributes": {"contributor-role": "cook"}}]
                }
            ),
            9058,
        ),
        ("/keywords", {"content": ""}, 9020),
        ("/peer-review", bodies.review("r1", "orcid-generated:unknown"), 9020),
        ("/peer-review", bodies.review("r1", "issn:9999-9999"), 9053),
        (
            "/employment",
            {
                "organization": bodies.organization(
                    **{
                        "disambiguated-organization": {
                            "disambiguated-organization-identifier": "https://ror.org/0000",
                            "disambiguation-source": "ROR",
                        }
                    }
                )
            },
            9045,
        ),
    ],
)
async def test_5_1_refused_bodies(
    member: Caller, path: str, body: dict[str, Any], code: int
) -> None:
    """Each fault has its number, and nothing is stored."""
    answer = await member.post(path, body)
    assert answer.json()["error-code"] == code, answer.text
    assert answer.status_code == (500 if code == 9008 else 400)
    record = (await member.get("/record")).json()
    assert record["activities-summary"]["last-modified-date"] is None
    assert record["person"]["keywords"]["keyword"] == []


async def test_5_1_texts_with_parameters(member: Caller) -> None:
    """9049 shows the date, 9058 the role, 9047 keeps a literal ${error}."""
    date = {"year": {"value": "2023"}, "month": {"value": "5"}}
    answer = await member.post("/work", bodies.work(**{"publication-date": date}))
    assert "2023-5 " in answer.json()["developer-message"]
    attributes = {"contributor-role": "cook"}
    contributors = {"contributor": [{"contributor-attributes": attributes}]}
    answer = await member.post("/work", bodies.work(contributors=contributors))
    assert answer.json()["developer-message"].startswith("404")
    assert "cook" in answer.json()["developer-message"]
    answer = await member.post("/work", {"nonsense": 1})
    assert "${error}" in answer.json()["developer-message"]
    answer = await member.post("/work", bodies.work(**{"external-ids": {"external-id": [None]}}))
    assert "NullPointerException" in answer.json()["developer-message"]


@pytest.mark.parametrize(
    ("content", "media", "status", "code"),
    [
        ("null", "application/json", 400, 9047),
        ("[]", "application/json", 400, 9047),
        ('""', "application/json", 400, 9047),
        ("null", "application/vnd.orcid+json", 500, 9008),
        ("{'type': 1}", "application/json", 400, 9001),
        ('{"type": "book"', "application/json", 400, 9001),
        ('{"type": NaN}', "application/json", 400, 9001),
        ("[" * 100_000, "application/json", 400, 9001),
        (b"\xff\xfe\xff", "application/json", 400, 9001),
    ],
)
async def test_5_2_layers(member: Caller, content: Any, media: str, status: int, code: int) -> None:
    """Syntax is 9001, anything that is no such object 9047."""
    headers = {"content-type": media, "accept": "application/json"}
    answer = await member.send("POST", "/work", content=content, headers=headers)
    assert refusal(answer) == (status, code)


async def test_5_3_same_source_same_self_identifier(member: Caller, rival: Caller) -> None:
    """The same client clashes by a normalised self id; another client and the person do not."""
    await member.created("/work", bodies.work("10.5555/AbC"))
    for doi in ("10.5555/abc", "https://doi.org/10.5555/ABC"):
        assert refusal(await member.post("/work", bodies.work(doi))) == (409, 9021)
    await rival.created("/work", bodies.work("10.5555/abc"))
    other_relation = bodies.work("10.5555/new")
    other_relation["external-ids"]["external-id"].append(
        bodies.identifier("10.5555/abc", relationship="version-of")
    )
    await member.created("/work", other_relation)


async def test_5_3_own_items_of_the_person_do_not_clash(
    sim: Simulator, member: Caller, ada: Person
) -> None:
    """What the person added has another source."""
    sim.put_item(ada.orcid, "work", bodies.work())
    await member.created("/work", bodies.work())


async def test_5_3_fundings_compare_raw_and_affiliations_within_their_type(
    member: Caller,
) -> None:
    """Fundings see no normalised equality; two affiliation types never clash; hyphens hide."""
    ids = {"external-id": [bodies.identifier("10.5555/F")]}
    await member.created("/funding", bodies.funding(**{"external-ids": ids}))
    same = {"external-id": [bodies.identifier("10.5555/f")]}
    await member.created("/funding", bodies.funding(**{"external-ids": same}))
    assert refusal(await member.post("/funding", bodies.funding(**{"external-ids": ids}))) == (
        409,
        9021,
    )
    for _ in range(2):
        hyphenated = {"external-id": [bodies.identifier("P-1", "proposal-id")]}
        await member.created("/funding", bodies.funding(**{"external-ids": hyphenated}))
    job = bodies.affiliation(**{"external-ids": {"external-id": [bodies.identifier("10.5555/j")]}})
    await member.created("/membership", job)
    await member.created("/service", job)
    assert refusal(await member.post("/service", job)) == (409, 9021)


async def test_5_3_updates_compare_with_all_others(member: Caller) -> None:
    """PUT clashes with another item of the same source, not with itself."""
    first = await member.created("/work", bodies.work("10.5555/1"))
    second = await member.created("/work", bodies.work("10.5555/2"))
    clash = bodies.work("10.5555/1") | {"put-code": second}
    answer = await member.put(f"/work/{second}", clash)
    assert refusal(answer) == (409, 9021)
    assert f"put-code {first}." in answer.json()["developer-message"]
    fine = bodies.work("10.5555/2", "New title") | {"put-code": second}
    assert (await member.put(f"/work/{second}", fine)).status_code == 200


async def test_5_3_a_deleted_or_changed_item_frees_its_identifier(member: Caller) -> None:
    """After DELETE or a change of identifiers, the old identifier can be used again."""
    code = await member.created("/work", bodies.work("10.5555/1"))
    changed = bodies.work("10.5555/2") | {"put-code": code}
    assert (await member.put(f"/work/{code}", changed)).status_code == 200
    again = await member.created("/work", bodies.work("10.5555/1"))
    assert refusal(await member.post("/work", bodies.work("10.5555/2"))) == (409, 9021)
    await member.delete(f"/work/{again}")
    await member.created("/work", bodies.work("10.5555/1"))


@pytest.mark.parametrize(
    ("path", "body", "value"),
    [
        ("/keywords", {"content": "bees"}, "bees"),
        ("/other-names", {"content": "A. B."}, "A. B."),
        (
            "/researcher-urls",
            {"url-name": "n", "url": {"value": "https://example.org/me"}},
            "https://example.org/me",
        ),
        (
            "/external-identifiers",
            bodies.identifier("E-1", "Example ID") | {"external-id-url": "https://example.org/1"},
            "E-1",
        ),
    ],
)
async def test_5_3_person_items_clash_by_content(
    member: Caller, rival: Caller, path: str, body: dict[str, Any], value: str
) -> None:
    """The same content from the same source is 9030 and names the value; another source may."""
    await member.created(path, body)
    answer = await member.post(path, body)
    assert refusal(answer) == (409, 9030)
    assert f"'{value}'" in answer.json()["developer-message"]
    assert "put-code" not in answer.json()["developer-message"]
    await rival.created(path, body)


async def test_5_3_addresses_never_clash(member: Caller) -> None:
    """The comparison of countries never holds."""
    for _ in range(2):
        await member.created("/address", {"country": {"value": "GB"}})


def bulk_of(*works: Any) -> dict[str, Any]:
    """A bulk of works."""
    return {"bulk": [{"work": each} for each in works]}


async def test_5_4_bulk_is_200_with_an_answer_for_each(member: Caller) -> None:
    """Good works are created, bad ones answered with errors, in the order of the request."""
    good, bad = bodies.work("10.5555/1"), bodies.work("10.5555/2")
    del bad["external-ids"]
    answer = await member.post("/works", bulk_of(good, bad, bodies.work("10.5555/3")))
    assert answer.status_code == 200
    assert "location" not in answer.headers
    first, second, third = answer.json()["bulk"]
    assert first["work"]["put-code"]
    assert first["work"]["path"] is None
    assert first["work"]["visibility"] == "public"
    assert (second["error"]["response-code"], second["error"]["error-code"]) == (400, 9023)
    assert third["work"]["put-code"] != first["work"]["put-code"]
    assert len((await member.get("/works")).json()["group"]) == 2


async def test_5_4_bulk_of_failures_only_is_200(member: Caller) -> None:
    """Even if every item failed the answer is 200."""
    await member.created("/work", bodies.work())
    answer = await member.post("/works", bulk_of(bodies.work()))
    assert answer.status_code == 200
    assert answer.json()["bulk"][0]["error"]["error-code"] == 9021


async def test_5_4_bulk_clashes_with_itself_and_with_version_of(member: Caller) -> None:
    """Earlier elements count, and so do existing version-of ids of the same source."""
    answer = await member.post(
        "/works", bulk_of(bodies.work("10.5555/1"), bodies.work("10.5555/1"))
    )
    first, second = answer.json()["bulk"]
    code = first["work"]["put-code"]
    assert f"put-code {code}." in second["error"]["developer-message"]
    versions = bodies.work("10.5555/2")
    versions["external-ids"]["external-id"].append(
        bodies.identifier("10.5555/v", relationship="version-of")
    )
    await member.created("/work", versions)
    assert refusal_in_bulk(await member.post("/works", bulk_of(bodies.work("10.5555/v")))) == 9021
    await member.created("/work", bodies.work("10.5555/v"))  # singly it does not clash


def refusal_in_bulk(answer: httpx.Response) -> int:
    """The error number of a bulk's only element."""
    (element,) = answer.json()["bulk"]
    number: int = element["error"]["error-code"]
    return number


async def test_5_4_bulk_skips_the_schema(member: Caller) -> None:
    """Trap 22: a long title passes, one bad enum or unknown member sinks the request."""
    answer = await member.post("/works", bulk_of(bodies.work("10.5555/x", "x" * 5000)))
    assert "work" in answer.json()["bulk"][0]
    for bad in (bodies.work("10.5555/2", type="nonsense"), bodies.work("10.5555/3", nonsense=1)):
        answer = await member.post("/works", bulk_of(bodies.work("10.5555/1"), bad))
        assert refusal(answer) == (400, 9047)
    answer = await member.post("/works", {"bulk": [None]})
    assert refusal(answer) == (500, 9008)
    empties: list[dict[str, Any]] = [{}, {"bulk": []}]
    for empty in empties:
        assert (await member.post("/works", empty)).json() == {"bulk": []}


async def test_5_4_error_elements_pass_through(member: Caller) -> None:
    """An error in the request comes back as it was, the works beside it are created."""
    error = {
        "response-code": 400,
        "developer-message": "D",
        "user-message": "U",
        "error-code": 9020,
        "more-info": "M",
    }
    answer = await member.post("/works", {"bulk": [{"error": error}, {"work": bodies.work()}]})
    first, second = answer.json()["bulk"]
    assert first == {"error": error}
    assert second["work"]["put-code"]


async def test_5_4_bulk_limits(sim: Simulator, member: Caller) -> None:
    """More than 100 is 9006; the ceiling of the record is checked first and counts all sources."""
    too_many = bulk_of(*(bodies.work(f"10.5555/{number}") for number in range(101)))
    assert refusal(await member.post("/works", too_many)) == (400, 9006)
    sim.settings.max_works = 3
    sim.put_item(member.orcid, "work", bodies.work("10.5555/own"))
    assert refusal(await member.post("/works", too_many)) == (409, 9048)
    three = bulk_of(*(bodies.work(f"10.5555/{number}") for number in range(3)))
    assert refusal(await member.post("/works", three)) == (409, 9048)
    assert (await member.get("/works")).json()["group"][0]["work-summary"][0]["put-code"]
    for number in range(2):
        await member.created("/work", bodies.work(f"10.5555/single-{number}"))
    assert refusal(await member.post("/work", bodies.work("10.5555/full"))) == (409, 9048)


async def test_5_4_bulk_read(member: Caller) -> None:
    """Found works first by number, unknown codes as trailing 9034, a word is 9006, 101 are 9042."""
    codes = [await member.created("/work", bodies.work(f"10.5555/{n}")) for n in range(2)]
    other = await member.created("/funding", bodies.funding())
    wanted = f"{other},{codes[1]},777777,{codes[0]}"
    elements = (await member.get(f"/works/{wanted}")).json()["bulk"]
    assert [each.get("work", {}).get("put-code") for each in elements] == [*codes, None, None]
    missing = [each["error"] for each in elements[2:]]
    assert [each["error-code"] for each in missing] == [9034, 9034]
    assert "777777" in missing[1]["developer-message"]
    assert "Full validation error" in missing[1]["developer-message"]
    assert elements[0]["work"]["path"].endswith(f"/work/{codes[0]}")
    assert refusal(await member.get("/works/1,abc")) == (400, 9006)
    many = ",".join(str(number) for number in range(1, 102))
    assert refusal(await member.get(f"/works/{many}")) == (400, 9042)
    assert "Exceed" in (await member.get(f"/works/{many}")).json()["developer-message"]


async def test_5_1_no_answer_breaks_on_odd_text(member: Caller) -> None:
    """Emoji, lone surrogates and control characters travel through unharmed or are refused."""
    title = "T\u00e9l\u00e9 \U0001f41d"
    code = await member.created("/work", bodies.work("10.5555/x", title))
    assert (await member.get(f"/work/{code}")).json()["title"]["title"]["value"] == title
    content = json.dumps(bodies.work("10.5555/odd", "lone \ud83d surrogate"))
    headers = {"content-type": "application/json"}
    answer = await member.send("POST", "/work", content=content, headers=headers)
    assert answer.status_code in {201, 400}
    if answer.status_code == 201:
        location = answer.headers["location"].rsplit("/", 1)[1]
        assert (await member.get(f"/work/{location}")).status_code == 200
        assert (await member.get("/works")).status_code == 200
