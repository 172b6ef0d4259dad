"""REGISTRY 5: the error body and its texts, the layers of checks, duplicates."""

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
