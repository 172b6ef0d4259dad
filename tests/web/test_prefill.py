"""Filling a host's form from the record: what is shown to us and no more, or a sentence why not."""

from pathlib import Path
from typing import Any

import pytest

from orcid_connect.declarations import Person
from orcid_connect.errors import RegistryUnreachable
from orcid_connect.journeys.prefilling import NothingToPrefill, prefill
from tests.web.host import Browser, Journal, running_journal

pytestmark = pytest.mark.anyio
JSON = {"Accept": "application/json"}
ANNE = Person(tenant="rivers", key="anne")
RIVER_LAB = {
    "name": "River Laboratory",
    "address": {"city": "Basel", "region": None, "country": "CH"},
}
ROR = {
    "disambiguated-organization": {
        "disambiguated-organization-identifier": "https://ror.org/04fa4r544",
        "disambiguation-source": "ROR",
    }
}
YEAR = {"year": {"value": "2019"}, "month": {"value": "03"}, "day": None}


def work(number: int, year: int | None = None) -> dict[str, Any]:
    """Return a work as it stands on a record."""
    doi = {
        "external-id-type": "doi",
        "external-id-value": f"10.5555/{number}",
        "external-id-relationship": "self",
    }
    return {
        "title": {"title": {"value": f"Otters {number}"}},
        "type": "journal-article",
        "journal-title": {"value": "Small Rivers"},
        "publication-date": {"year": {"value": str(year)}} if year else None,
        "external-ids": {"external-id": [doi]},
    }


def fill_record(journal: Journal, orcid: str) -> None:
    """Put something of everything on a record."""
    sim = journal.sim
    organization = RIVER_LAB | ROR
    employment = {"organization": organization, "role-title": "Limnologist", "start-date": YEAR}
    sim.put_item(orcid, "employment", employment, visibility="limited")
    sim.put_item(orcid, "education", {"organization": RIVER_LAB}, visibility="public")
    funding = {
        "type": "grant",
        "title": {"title": {"value": "Otters"}},
        "organization": organization,
        "start-date": YEAR,
        "external-ids": {
            "external-id": [
                {
                    "external-id-type": "grant_number",
                    "external-id-value": "OT-1",
                    "external-id-relationship": "self",
                }
            ]
        },
    }
    sim.put_item(orcid, "funding", funding, visibility="public")
    sim.put_item(orcid, "keyword", {"content": "otters"}, visibility="public")
    sim.put_item(orcid, "other-name", {"content": "A. Lovelace"}, visibility="limited")
    sim.put_item(orcid, "work", work(1, 2020), visibility="public")
    sim.put_item(orcid, "work", work(2, 2021), visibility="limited")
    sim.put_item(orcid, "work", work(3, 2022), visibility="private")


async def asked(browser: Browser, query: str = "") -> dict[str, Any]:
    """Return what `/prefill` says."""
    answer = await browser.get(f"prefill{query}", headers=JSON)
    found: dict[str, Any] = answer.json()
    return found


async def test_everything_shown_to_us(journal: Journal, browser: Browser, ada: str) -> None:
    """With the permission to read, a form has what is public and limited, in one request."""
    fill_record(journal, ada)
    await browser.connect(ada)
    journal.sim.clear_journal()
    found = await asked(browser)
    assert len(journal.sim.journal()) == 1
    assert found["orcid"] == f"{journal.sim.base_url}/{ada}"
    assert found["read_as"] == "limited"
    assert (found["name"]["given"], found["name"]["family"]) == ("Ada", "Lovelace")
    [employment, education] = found["affiliations"]
    assert employment == {
        "kind": "employment",
        "organization": {
            "name": "River Laboratory",
            "city": "Basel",
            "region": None,
            "country": "CH",
            "ror": "https://ror.org/04fa4r544",
            "identifier": "https://ror.org/04fa4r544",
            "identifier_source": "ROR",
        },
        "department": None,
        "role": "Limnologist",
        "start": "2019-03",
        "end": None,
        "visibility": "limited",
        "asserted_by": "person",
        "source": "Ada Lovelace",
    }
    assert education["kind"] == "education"
    assert education["organization"]["ror"] is None
    [funding] = found["funding"]
    assert (funding["number"], funding["funder"]["ror"]) == ("OT-1", "https://ror.org/04fa4r544")
    assert [one["value"] for one in found["keywords"]] == ["otters"]
    assert [one["value"] for one in found["other_names"]] == ["A. Lovelace"]
    assert [one["doi"] for one in found["works"]] == ["10.5555/2", "10.5555/1"]
    assert found["works"][0]["journal"] == "Small Rivers"
    assert found["works_total"] == 2


async def test_only_the_public_part(tmp_path: Path) -> None:
    """Without that permission a form has what everybody may read, and asks for no more."""
    async with running_journal(tmp_path, kind="public") as journal:
        browser = Browser(journal, "anne")
        ada = journal.sim.add_person("Ada", "Lovelace").orcid
        fill_record(journal, ada)
        await browser.connect(ada, "openid")
        found = await asked(browser)
    assert found["read_as"] == "public"
    assert [one["kind"] for one in found["affiliations"]] == ["education"]
    assert found["other_names"] == []
    assert [one["doi"] for one in found["works"]] == ["10.5555/1"]


async def test_nothing_public_is_demanded(journal: Journal, browser: Browser) -> None:
    """A record that shows nothing gives an empty form and no complaint: no name, no e-mail."""
    shy = journal.sim.add_person("Ada", name_visibility="private", default_visibility="private")
    await browser.connect(shy.orcid)
    found = await asked(browser)
    assert found["name"] is None
    assert found["biography"] is None
    assert (await prefill(journal.services, ANNE)).emails == ()
    assert found["affiliations"] == found["works"] == found["keywords"] == []


async def test_an_email_that_is_shown(journal: Journal, browser: Browser) -> None:
    """An e-mail address that the person shows to us is for the host's own code: never an answer."""
    open_one = journal.sim.add_person("Ada", email="ada@example.org", email_visibility="limited")
    await browser.connect(open_one.orcid)
    found = await prefill(journal.services, ANNE)
    assert [(one.value, one.visibility) for one in found.emails] == [("ada@example.org", "limited")]
    assert "ada@example.org" not in repr(found)
    assert "emails" not in await asked(browser)


async def test_many_works(journal: Journal, browser: Browser, ada: str) -> None:
    """Of a thousand works a form has as many as it asks for, the newest first."""
    for number in range(1_000):
        journal.sim.put_item(ada, "work", work(number, 1900 + number % 100), visibility="public")
    await browser.connect(ada)
    found = await asked(browser, "?works=3")
    assert found["works_total"] == 1_000
    assert [one["year"] for one in found["works"]] == [1999, 1999, 1999]
    assert len((await asked(browser))["works"]) == 50
    for wrong in ("-1", "x", "1001", "9" * 30, "0" * 5000, "٣"):
        answer = await browser.get("prefill", params={"works": wrong}, headers=JSON)
        assert answer.status_code == 400, wrong


@pytest.mark.parametrize(
    ("state", "status", "sentence"),
    [
        ("locked", 410, "ORCID has locked this record"),
        ("deactivated", 410, "closed by its owner"),
        ("deprecated", 409, "merged into another one"),
    ],
)
async def test_records_that_cannot_be_read(
    journal: Journal, browser: Browser, ada: str, state: str, status: int, sentence: str
) -> None:
    """A record that is locked, closed or merged is said to be that."""
    await browser.connect(ada)
    other = journal.sim.add_person("Ada").orcid
    journal.sim.set_state(ada, state, primary=other if state == "deprecated" else None)
    answer = await browser.get("prefill", headers=JSON)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]


async def test_where_the_permission_is_gone(journal: Journal, browser: Browser, ada: str) -> None:
    """Who withdrew the permission at ORCID is not read, not even what is public."""
    await browser.connect(ada)
    journal.sim.revoke_by_user(ada, journal.credential.client_id)
    answer = await browser.get("prefill", headers=JSON)
    assert (answer.status_code, answer.json()["reason"]) == (409, "permission")


async def test_where_nobody_is_connected(journal: Journal, browser: Browser) -> None:
    """Without a connection there is nothing; to strangers the door is closed."""
    answer = await browser.get("prefill", headers=JSON)
    assert (answer.status_code, answer.json()["reason"]) == (404, "not-connected")
    assert (await Browser(journal).get("prefill", headers=JSON)).status_code == 403
    with pytest.raises(NothingToPrefill):
        await prefill(journal.services, ANNE)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_only_pages_of_this_site(
    journal: Journal, browser: Browser, ada: str, site: str
) -> None:
    """A page of another site is told nothing, even with the visitor's cookies."""
    await browser.connect(ada)
    foreign = JSON | {"Sec-Fetch-Site": site, "Origin": "https://evil.example"}
    answer = await browser.get("prefill", headers=foreign)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    own = await browser.get("prefill", headers=JSON | {"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 200
    assert own.headers["cross-origin-resource-policy"] == "same-origin"
    assert own.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in own.headers


async def test_orcid_is_down(journal: Journal, browser: Browser, ada: str) -> None:
    """While ORCID is away the form stays empty, with a sentence and a reference to quote."""
    await browser.connect(ada)
    journal.sim.add_fault("status", status=503, path="/api/*")
    answer = await browser.get("prefill", headers=JSON)
    assert answer.status_code == 502
    assert answer.json()["reason"] == "registry"
    assert answer.json()["reference"]
    assert "Nothing was lost" in answer.json()["detail"]


async def test_orcid_takes_too_long(journal: Journal, browser: Browser, ada: str) -> None:
    """Where ORCID takes longer than somebody waits, it is given up, and told as what it is."""
    await browser.connect(ada)
    with pytest.raises(RegistryUnreachable, match="in time"):
        await prefill(journal.services, ANNE, within=0.0)


async def test_orcid_hangs_up(journal: Journal, browser: Browser, ada: str) -> None:
    """Where no answer arrives at all, the form stays empty and says so."""
    await browser.connect(ada)
    journal.sim.add_fault("cut-before", path="/api/*")
    answer = await browser.get("prefill", headers=JSON)
    assert (answer.status_code, answer.json()["reason"]) == (502, "registry")
