"""REGISTRY.md 5.1: what stands in the texts of errors, and the numbers no other test meets."""

import re

import pytest

from tests.conformance.bodies import external_id, external_ids, funding, peer_review, work
from tests.conformance.judged import date, role
from tests.conformance.marks import row
from tests.conformance.world import MEMBER, PUBLIC, Account, Registry, account, refused

CLIENT_NAME = "Journal "
"""How the name of every client here begins."""


def told(answer_code: int, ada: Account, path: str, body: object) -> tuple[str, str]:
    """The two texts of the refusal of a POST."""
    answer = ada.post(path, body)
    assert answer.json()["error-code"] == answer_code
    return answer.json()["developer-message"], answer.json()["user-message"]


@row("5.1", "9021", "text of 9021")
@row("13", "8.")
def test_text_of_a_duplicate(ada: Account) -> None:
    """The text of 9021 has the existing put-code as its only number but the leading 409."""
    body = work()
    code = ada.add("/work", body)
    answer = ada.post("/work", body)
    text = refused(answer, 409, 9021)
    assert re.findall(r"put-code (\d+)\.", text) == [str(code)]
    assert re.findall(r"\d+", text) == ["409", str(code)]
    assert "Full validation error" not in text
    assert CLIENT_NAME in answer.json()["user-message"]
    assert ada.codes("work") == [code]


@row("5.1", "9019", "text of 9019")
@pytest.mark.parametrize("sent", [None, 1, 0])
def test_text_of_put_codes_that_differ(sent: int | None, ada: Account) -> None:
    """The text of 9019 names both put-codes."""
    code = ada.add("/work", work())
    answer = ada.put(f"/work/{code}", work(**{"put-code": sent}))
    text = refused(answer, 400, 9019)
    said = "null" if sent is None else str(sent)
    assert f"URL was {code} whereas the one in the body was {said}." in text
    assert CLIENT_NAME in answer.json()["user-message"]


@row("5.1", "text of 9024", "9024")
def test_text_of_a_put_code_on_create(ada: Account) -> None:
    """The user's text of 9024 names the client."""
    assert CLIENT_NAME in told(9024, ada, "/work", work(**{"put-code": 4}))[1]


@row("5.1", "9034", "text of 9034")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_put_codes_that_are_no_numbers(method: str, ada: Account, registry: Registry) -> None:
    """A put-code in the path that is no number is 400/9034, on the Public API 404/9001."""
    body = work() if method == "PUT" else None
    answer = ada.call(method, "/work/abc", body)
    refused(answer, 400, 9034)
    assert CLIENT_NAME in answer.json()["user-message"]
    for kind in ("work", "funding", "peer-review", "education", "employment"):
        url = f"{PUBLIC}/{ada.person.orcid}/{kind}/abc"
        refused(registry.call("GET", url), 404, 9001)


@row("5.1", "9030", "text of 9030")
@pytest.mark.parametrize(
    ("segment", "body", "value", "kind"),
    [
        ("keywords", {"content": "bees"}, "bees", "keyword"),
        ("other-names", {"content": "A. L."}, "A. L.", "other"),
        ("researcher-urls", {"url": {"value": "https://a.example"}}, "https://a.example", "url"),
        (
            "external-identifiers",
            {
                "external-id-type": "T",
                "external-id-value": "E-1",
                "external-id-url": {"value": "https://a.example"},
                "external-id-relationship": "self",
            },
            "E-1",
            "",
        ),
    ],
)
def test_duplicate_person_items(
    segment: str, body: dict[str, object], value: str, kind: str, ada: Account, registry: Registry
) -> None:
    """A person item twice from one client is 409/9030 and names value and type, no put-code."""
    code = ada.add(f"/{segment}", body)
    answer = ada.post(f"/{segment}", body)
    text = refused(answer, 409, 9030)
    for said in (text, answer.json()["user-message"]):
        assert f"'{value}'" in said
        assert str(code) not in said
        assert len(re.findall(r"'[^']+'", said)) == 2
    other = account(registry, person=ada.person)
    assert other.post(f"/{segment}", body).status_code == 201


@row("5.1", "9037", "text of 9037")
def test_text_of_a_missing_type(ada: Account) -> None:
    """The text of 9037 names the allowed values; the user's always speaks of the work type."""
    untyped = {name: value for name, value in work().items() if name != "type"}
    uncited = work(citation={"citation-value": "x"})
    answer = ada.post("/works", {"bulk": [{"work": untyped}, {"work": uncited}]})
    first, second = (element["error"] for element in answer.json()["bulk"])
    assert (first["error-code"], second["error-code"]) == (9037, 9037)
    assert "journal-article" in first["developer-message"]
    assert "bibtex" in second["developer-message"]
    assert first["user-message"] == second["user-message"]
    assert "work type" in first["user-message"]


@row("5.1", "9058", "text of 9058")
def test_text_of_a_wrong_role(ada: Account) -> None:
    """The text of 9058 names the role and the allowed ones, and wrongly begins with 404."""
    text, _ = told(9058, ada, "/work", work(**role("boss")))
    assert text.startswith("404")
    assert "boss" in text
    assert "principal-investigator" in text


@row("5.1", "9049", "text of 9049")
@pytest.mark.parametrize(
    ("sent", "said"),
    [(date("2023", "02", "30"), "2023-02-30"), (date("2024", "5"), "2024-5")],
)
def test_text_of_a_wrong_date(sent: object, said: str, ada: Account) -> None:
    """The text of 9049 shows the date as sent; null stands for a part missing before another."""
    body = work(**{"publication-date": sent})
    assert f"{said} " in told(9049, ada, "/work", body)[0]
    dayless = work(**{"publication-date": date("2024", None, "05")})
    [element] = ada.post("/works", {"bulk": [{"work": dayless}]}).json()["bulk"]
    assert "2024-null-05" in element["error"]["developer-message"]


@row("5.1", "9023", "text of 9023")
def test_text_of_wrong_identifiers(ada: Account) -> None:
    """The text of 9023 shows an unknown type as it was sent, after "Full validation error"."""
    text, _ = told(9023, ada, "/work", work(external_id(kind="nonsense")))
    assert "nonsense" in text.partition("Full validation error: ")[2]


@row("5.1", "9010", "text of 9010")
@pytest.mark.parametrize("kind", ["work", "funding", "peer-review"])
def test_text_of_foreign_items(kind: str, ada: Account, registry: Registry) -> None:
    """Somebody else's item is 403/9010, whose text says work for all kinds."""
    bodies = {"work": work(), "funding": funding(), "peer-review": peer_review()}
    path = f"/{kind}/{ada.add(f'/{kind}', bodies[kind])}"
    stored = ada.read(path)
    other = account(registry, person=ada.person)
    assert "work" in refused(other.delete(path), 403, 9010)
    assert ada.read(path) == stored


@row("5.1", "9016")
def test_unknown_items(ada: Account, registry: Registry) -> None:
    """An unknown put-code, another record's or another kind's is 404/9016 for every method."""
    elsewhere = account(registry, client=ada.client).add("/work", work())
    other_kind = ada.add("/funding", funding())
    for code in (999999999, elsewhere, other_kind):
        path = f"/work/{code}"
        refused(ada.get(path), 404, 9016)
        refused(ada.get(f"/work/summary/{code}"), 404, 9016)
        refused(ada.put(path, {"put-code": code, **work(external_ids())}), 400, 9047)
        refused(ada.put(path, work(external_id(kind="nonsense"), **{"put-code": code})), 404, 9016)
        refused(ada.delete(path), 404, 9016)


@row("5.1", "9006")
@row("3.2", "/{orcid}/services GET")
def test_reading_an_affiliation_under_another_type(ada: Account) -> None:
    """An affiliation read under the wrong type is 400/9006; PUT turns it into that type."""
    from_bodies = ada.post("/membership", {**AFFILIATION})
    code = int(from_bodies.headers["location"].rpartition("/")[2])
    refused(ada.get(f"/service/{code}"), 400, 9006)
    answer = ada.put(f"/service/{code}", {**AFFILIATION, "put-code": code})
    assert answer.status_code == 200
    assert ada.read(f"/service/{code}")["put-code"] == code
    refused(ada.get(f"/membership/{code}"), 400, 9006)
    assert ada.delete(f"/education/{code}").status_code == 204
    assert ada.codes("service") == []


AFFILIATION = {key: value for key, value in funding().items() if key == "organization"}


@row("5.1", "9045")
def test_organisations_that_are_not_known(ada: Account, registry: Registry) -> None:
    """An organisation is found by exact identifier and source, once the registry knows it."""
    found = {
        "disambiguated-organization-identifier": f"grid.{ada.person.orcid}",
        "disambiguation-source": "GRID",
    }
    organization = {**AFFILIATION["organization"], "disambiguated-organization": found}
    refused(ada.post("/employment", {"organization": organization}), 400, 9045)
    identifier = found["disambiguated-organization-identifier"]
    registry.control("POST", "organizations", {"identifier": identifier, "source": "GRID"})
    code = ada.add("/employment", {"organization": organization})
    assert ada.read(f"/employment/{code}")["organization"] == organization
    found["disambiguation-source"] = "ROR"
    refused(ada.post("/employment", {"organization": organization}), 400, 9045)


@row("5.1", "9048")
def test_ceiling_of_works(settings: Registry, ada: Account) -> None:
    """A bulk beyond the most works a record may have is 409/9048, counting all sources."""
    settings.control("POST", "settings", {"max_works": 3})
    settings.by_hand(ada.person, "work", work())
    ada.add("/work", work())
    two = {"bulk": [{"work": work()}, {"work": work()}]}
    refused(ada.post("/works", two), 409, 9048)
    assert len(ada.codes("work")) == 2
    answer = ada.post("/works", {"bulk": two["bulk"][:1]})
    assert "work" in answer.json()["bulk"][0]


def test_errors_of_unknown_records_and_words(registry: Registry, ada: Account) -> None:
    """No record, or no iD at all, is 404/9016."""
    token = registry.token(ada.client, None, "/read-public")
    for orcid in ("8888-0000-0000-9999", "nobody"):
        refused(registry.call("GET", f"{MEMBER}/{orcid}/works", token), 404, 9016)
