"""REGISTRY.md 6: group-id records, and how peer reviews meet or make them."""

from random import randrange
from typing import Any

import pytest

from tests.conformance.bodies import external_id, group, peer_review
from tests.conformance.marks import row
from tests.conformance.world import MEMBER, Account, Client, Registry, refused, unique

URL = f"{MEMBER}/group-id-record"
KEYS = ["name", "group-id", "description", "type", "put-code"]
NOTHING = dict.fromkeys(KEYS)


class Groups:
    """A client's access to group-id records."""

    def __init__(self, registry: Registry, client: Client) -> None:
        self.registry = registry
        self.read = registry.token(client, None, "/group-id-record/read")
        self.update = registry.token(client, None, "/group-id-record/update")

    def post(self, body: object) -> Any:
        """Create a group."""
        return self.registry.call("POST", URL, self.update, body)

    def add(self, body: object) -> int:
        """Create a group and give its put-code."""
        answer = self.post(body)
        assert answer.status_code == 201, answer.text
        return int(answer.headers["location"].rpartition("/")[2])

    def call(self, method: str, code: object, body: object = None) -> Any:
        """A request to one group."""
        return self.registry.call(method, f"{URL}/{code}", self.update, body)

    def find(self, **query: str) -> Any:
        """A search, with the read scope only."""
        url = str(self.registry.http.build_request("GET", URL, params=query).url)
        return self.registry.call("GET", url, self.read)


@pytest.fixture
def groups(registry: Registry, member: Client) -> Groups:
    """The member's access to groups."""
    return Groups(registry, member)


def new_issn(registry: Registry, title: str = "New Journal") -> str:
    """An ISSN the portal knows and no group has yet (the check digit is not tested)."""
    digits = f"{randrange(10**8):08d}"
    issn = f"{digits[:4]}-{digits[4:]}"
    registry.control("POST", "issns", {"issn": issn, "title": title})
    return issn


@row("6", "POST new non-ISSN group")
@row("3.2", "/group-id-record POST", "/group-id-record/{pc} GET", "/group-id-record/{pc} PUT")
@row("3.2", "/group-id-record/{pc} DELETE", "/group-id-record GET")
def test_life_of_a_group(groups: Groups) -> None:
    """A group is created, read in five members, found, changed and deleted."""
    body = group()
    answer = groups.post(body)
    assert (answer.status_code, answer.content) == (201, b"")
    start, _, code = answer.headers["location"].rpartition("/")
    assert start == f"{groups.registry.base_url}{URL}"
    stored = {**body, "put-code": int(code)}
    read = groups.call("GET", code)
    assert (list(read.json()), read.json()) == (KEYS, stored)
    assert groups.find(**{"group-id": f" {body['group-id'].upper()} "}).json() == stored
    assert groups.find(name=body["name"].lower()).json() == stored
    changed = {**stored, "description": "Other"}
    assert groups.call("PUT", code, changed).json() == changed
    assert groups.call("GET", code).json() == changed
    answer = groups.call("DELETE", code)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(groups.call("GET", code), 400, 9026)


@row("6", "POST existing group id")
@row("5.1", "9025")
def test_group_ids_are_taken_once(groups: Groups, registry: Registry) -> None:
    """A group id that exists, in any case, is 409/9025; a put-code in the body 9024 first."""
    body = group()
    code = groups.add(body)
    other = Groups(registry, registry.client())
    same = {**group(), "group-id": body["group-id"].replace("conformance", "CONFORMANCE")}
    refused(other.post(same), 409, 9025)
    refused(groups.post({**body, "put-code": 5}), 400, 9024)
    assert groups.call("GET", code).json()["name"] == body["name"]


@row("6", "POST new issn: group")
@row("13", "10.")
def test_issn_groups_are_the_registrys(groups: Groups, registry: Registry) -> None:
    """A POST of a new ISSN group stores the registry's own record and answers 409/9025."""
    group_id = f"issn:{new_issn(registry, 'Letters')}"
    refused(groups.post(group(group_id)), 409, 9025)
    found = groups.find(**{"group-id": group_id}).json()
    code = found.pop("put-code")
    assert found == {
        "name": "Letters",
        "group-id": group_id,
        "description": None,
        "type": "journal",
    }
    refused(groups.call("DELETE", code), 403, 9010)
    refused(groups.post(group(group_id)), 409, 9025)


@row("6", "POST issn: malformed")
@row("5.1", "9053")
@pytest.mark.parametrize("text", ["12345679", "1234-567", "12x4-5679", "9999-9994"])
def test_bad_issn_groups(text: str, groups: Groups) -> None:
    """A malformed or unknown ISSN is 400/9053, and nothing is stored."""
    refused(groups.post(group(f"issn:{text}")), 400, 9053)


@row("6", "GET ?group-id=issn:… not stored")
@row("13", "10.")
def test_looking_up_an_issn_creates_it(groups: Groups, registry: Registry) -> None:
    """A search for a known ISSN creates the group on the fly; an unknown one is 400/9053."""
    group_id = f"issn:{new_issn(registry, 'On the Fly')}"
    found = groups.find(**{"group-id": group_id}).json()
    assert (found["name"], found["group-id"]) == ("On the Fly", group_id)
    assert groups.find(**{"group-id": group_id}).json() == found
    assert groups.call("GET", found["put-code"]).json() == found
    refused(groups.find(**{"group-id": "issn:9999-9994"}), 400, 9053)
    body = group()
    groups.add(body)
    answer = groups.find(**{"group-id": group_id, "name": body["name"]})
    assert answer.json() == found


@row("6", "GET ?group-id= / ?name=")
def test_groups_not_found(groups: Groups) -> None:
    """A search without a find is a 200 with five nulls."""
    for query in ({"group-id": "orcid-generated:nothing"}, {"name": "Nobody's"}):
        answer = groups.find(**query)
        assert (answer.status_code, answer.json()) == (200, NOTHING)


@row("6", "GET list")
@row("3.7", "group-id list")
@row("13", "23.")
@row("5.1", "9020", "9006")
def test_list_of_groups(groups: Groups) -> None:
    """The list's total is that of its page; a page beyond the end is empty."""
    codes = [groups.add(group()) for _ in range(3)]
    keys = ["last-modified-date", "total", "page", "page-size", "group-id-record"]
    first = groups.find(**{"page-size": "2"}).json()
    assert list(first) == keys
    assert (first["total"], first["page"], first["page-size"]) == (2, 1, 2)
    listed: list[int] = []
    page = 1
    while found := groups.find(**{"page-size": "100", "page": str(page)}).json()["group-id-record"]:
        listed += [item["put-code"] for item in found]
        page += 1
    assert listed[-3:] == codes
    beyond = groups.find(page="9999").json()
    assert (beyond["total"], beyond["group-id-record"]) == (0, [])
    for query in ({"page": "x"}, {"page-size": "many"}):
        refused(groups.find(**query), 400, 9020)
    for query in ({"page": "0"}, {"page-size": "0"}):
        refused(groups.find(**query), 400, 9006)


@row("6", "GET, PUT, DELETE of an unknown put-code")
@row("5.1", "9026")
@row("13", "23.")
def test_unknown_groups(groups: Groups) -> None:
    """An unknown put-code of a group is 400/9026 for every method."""
    refused(groups.call("GET", 99999999), 400, 9026)
    refused(groups.call("PUT", 99999999, {**group(), "put-code": 99999999}), 400, 9026)
    refused(groups.call("DELETE", 99999999), 400, 9026)


@row("6", "PUT / DELETE")
@row("5.1", "9040")
def test_groups_with_reviews(groups: Groups, ada: Account, registry: Registry) -> None:
    """A group with reviews cannot be deleted (9040, before the source), only by its source."""
    body = group()
    code = groups.add(body)
    other = Groups(registry, registry.client())
    review = ada.add("/peer-review", peer_review(**{"review-group-id": body["group-id"]}))
    for caller in (groups, other):
        refused(caller.call("DELETE", code), 409, 9040)
    assert ada.delete(f"/peer-review/{review}").status_code == 204
    refused(other.call("DELETE", code), 403, 9010)
    refused(other.call("PUT", code, {**body, "put-code": code}), 403, 9010)
    assert groups.call("DELETE", code).status_code == 204


@row("6", "First the validators")
def test_reviews_are_judged_before_their_group(ada: Account) -> None:
    """Validators and duplicates come before the group of a peer review."""
    same = external_id(unique("r-"), "source-work-id")
    ada.add("/peer-review", peer_review(same))
    unknown = {"review-group-id": "orcid-generated:nowhere"}
    bad = external_id(kind="nonsense")
    refused(ada.post("/peer-review", peer_review(bad, **unknown)), 400, 9023)
    refused(ada.post("/peer-review", peer_review(same, **unknown)), 409, 9021)
    refused(ada.post("/peer-review", peer_review(**unknown)), 400, 9020)


@row("6", "review-group-id starting issn:")
@row("13", "10.")
@row("5.1", "9053")
def test_reviews_make_issn_groups(ada: Account, groups: Groups, registry: Registry) -> None:
    """A review for a known ISSN rewrites and creates its group; else it is 400/9053."""
    issn = new_issn(registry, "Reviewed")
    loose = f"issn:{issn.replace('-', '')}"
    code = ada.add("/peer-review", peer_review(**{"review-group-id": loose}))
    assert ada.read(f"/peer-review/{code}")["review-group-id"] == f"issn:{issn}"
    found = groups.find(**{"group-id": f"issn:{issn}"}).json()
    assert (found["name"], found["description"]) == ("Reviewed", None)
    for text in ("issn:nothing", "issn:9999-9994"):
        refused(ada.post("/peer-review", peer_review(**{"review-group-id": text})), 400, 9053)
    assert ada.codes("peer-review") == [code]


@row("6", "Any other unknown group")
@row("5.1", "9020")
def test_reviews_need_their_group(ada: Account, groups: Groups) -> None:
    """A review of an unknown group is 400/9020 until the group is created."""
    body = group()
    review = peer_review(**{"review-group-id": body["group-id"]})
    refused(ada.post("/peer-review", review), 400, 9020)
    assert ada.codes("peer-review") == []
    groups.add(body)
    code = ada.add("/peer-review", review)
    assert ada.read(f"/peer-review/{code}")["review-group-id"] == body["group-id"]


@row("6", "PUT: the group must exist")
def test_reviews_are_put_to_groups_as_written(ada: Account, registry: Registry) -> None:
    """On PUT the group must exist as written: no new ISSN, none without hyphen, before 9021."""
    taken = external_id(unique("r-"), "source-work-id")
    ada.add("/peer-review", peer_review(taken))
    code = ada.add("/peer-review", peer_review())
    path = f"/peer-review/{code}"
    for group_id in (f"issn:{new_issn(registry)}", "issn:17414857"):
        body = peer_review(taken, **{"review-group-id": group_id, "put-code": code})
        refused(ada.put(path, body), 400, 9020)
    body = peer_review(**{"review-group-id": "ISSN:1741-4857 ", "put-code": code})
    assert ada.put(path, body).status_code in (200, 400)
    assert ada.put(path, peer_review(**{"put-code": code})).status_code == 200
