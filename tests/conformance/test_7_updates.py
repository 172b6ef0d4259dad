"""REGISTRY.md 7.1 and 7.2: who may change an item, in which order that is found out."""

import pytest

from tests.conformance.bodies import (
    AFFILIATIONS,
    Body,
    activity,
    external_id,
    external_ids,
    group,
    person_item,
    work,
)
from tests.conformance.marks import row
from tests.conformance.world import MEMBER, Account, Registry, account, refused


def spoilt(kind: str, body: Body) -> Body:
    """The body with an identifier type that only the validators refuse."""
    bad = external_ids(external_id(kind="nonsense"))
    if kind == "research-resource":
        return {**body, "proposal": {**body["proposal"], "external-ids": bad}}
    return {**body, "review-identifiers" if kind == "peer-review" else "external-ids": bad}


@pytest.mark.parametrize("kind", ["work", "funding", "peer-review", "research-resource"])
@row("7.1", "work, funding, peer review", "research resource")
@row("5.1", "9010", "9021")
def test_order_of_a_put(kind: str, ada: Account, registry: Registry) -> None:
    """Validators, then duplicates (not for research resources), then the source."""
    other = account(registry, person=ada.person)
    shared = external_id()
    foreign = ada.add(f"/{kind}", activity(kind))
    mine = other.add(f"/{kind}", activity(kind, shared))
    path, stored = f"/{kind}/{foreign}", ada.read(f"/{kind}/{foreign}")
    clash = {**activity(kind, shared), "put-code": foreign}
    refused(other.put(path, spoilt(kind, clash)), 400, 9023)
    if kind == "research-resource":
        refused(other.put(path, clash), 403, 9010)
        assert other.add(f"/{kind}", activity(kind)) > mine
    else:
        refused(other.put(path, clash), 409, 9021)
        refused(other.put(path, {**activity(kind), "put-code": foreign}), 403, 9010)
    assert ada.read(path) == stored
    own = {**activity(kind, shared), "put-code": mine}
    assert other.put(f"/{kind}/{mine}", own).status_code == 200


@row("7.1", "research resource")
def test_research_resources_may_become_duplicates(ada: Account) -> None:
    """A PUT of a research resource is not checked for duplicates."""
    shared = external_id(kind="proposal-id")
    ada.add("/research-resource", activity("research-resource", shared))
    code = ada.add("/research-resource", activity("research-resource"))
    body = {**activity("research-resource", shared), "put-code": code}
    assert ada.put(f"/research-resource/{code}", body).status_code == 200


@row("7.1", "keyword, other name, researcher URL, external identifier")
@pytest.mark.parametrize(
    "segment", ["keywords", "other-names", "researcher-urls", "external-identifiers"]
)
def test_order_of_a_put_of_person_items(segment: str, ada: Account, registry: Registry) -> None:
    """Validators, then duplicates (9030), then the source."""
    other, taken = account(registry, person=ada.person), person_item(segment)
    other.add(f"/{segment}", taken)
    code = ada.add(f"/{segment}", person_item(segment))
    path, stored = f"/{segment}/{code}", ada.read(f"/{segment}/{code}")
    long = {"keywords": "content", "other-names": "content", "researcher-urls": "url-name"}
    name = long.get(segment, "external-id-value")
    too_long = 9020 if segment == "external-identifiers" else 9047
    refused(other.put(path, {**taken, name: "x" * 400, "put-code": code}), 400, too_long)
    refused(other.put(path, {**taken, "put-code": code}), 409, 9030)
    refused(other.put(path, {**person_item(segment), "put-code": code}), 403, 9010)
    assert ada.read(path) == stored
    refused(other.delete(path), 403, 9010)


@row("7.1", "affiliations, address")
@pytest.mark.parametrize("kind", [*AFFILIATIONS, "address"])
def test_order_of_a_put_of_affiliations(kind: str, ada: Account, registry: Registry) -> None:
    """The source first, then validators, then duplicates."""
    other = account(registry, person=ada.person)
    shared = external_id("x", "anything")
    body = person_item(kind) if kind == "address" else activity(kind)
    code = ada.add(f"/{kind}", body)
    path, stored = f"/{kind}/{code}", ada.read(f"/{kind}/{code}")
    refused(other.put(path, {**body, "put-code": code}), 403, 9010)
    if kind != "address":
        bad = {"put-code": code}
        refused(other.put(path, bad), 403, 9010)
        refused(ada.put(path, bad), 400, 9046)
        ada.add(f"/{kind}", activity(kind, shared))
        refused(ada.put(path, {**activity(kind, shared), "put-code": code}), 409, 9021)
    assert ada.read(path) == stored


@row("7.1", "group-id record")
def test_order_of_a_put_of_groups(ada: Account, registry: Registry) -> None:
    """Validators, then another record's group id (9025), then the source."""
    url = f"{MEMBER}/group-id-record"
    mine = registry.token(ada.client, None, "/group-id-record/update")
    theirs = registry.token(registry.client(), None, "/group-id-record/update")
    body, taken = group(), group()
    code = registry.call("POST", url, mine, body).headers["location"].rpartition("/")[2]
    registry.call("POST", url, theirs, taken)
    path = f"{url}/{code}"
    bad = {**body, "type": "book", "put-code": int(code)}
    refused(registry.call("PUT", path, theirs, bad), 400, 9047)
    clash = {**body, "group-id": taken["group-id"].upper(), "put-code": int(code)}
    clash["group-id"] = taken["group-id"]
    refused(registry.call("PUT", path, theirs, clash), 409, 9025)
    refused(registry.call("PUT", path, mine, clash), 409, 9025)
    own = {**body, "name": "New", "put-code": int(code)}
    refused(registry.call("PUT", path, theirs, own), 403, 9010)
    answer = registry.call("PUT", path, mine, own)
    assert (answer.status_code, answer.json()["name"]) == (200, "New")


@row("7.1", "work, body equal to stored")
@row("5.1", "9014")
def test_equal_works(clock: Registry, ada: Account) -> None:
    """A work put back as it is changes nothing, not even its date; from another it is 9014."""
    code = ada.add("/work", work())
    path, stored = f"/work/{code}", ada.read(f"/work/{code}")
    clock.move(60)
    answer = ada.put(path, stored)
    assert (answer.status_code, {**answer.json(), "path": stored["path"]}) == (200, stored)
    assert ada.read(path) == stored
    other = account(clock, person=ada.person)
    refused(other.put(path, stored), 403, 9014)
    changed = {**stored, "url": {"value": "https://a.example"}}
    answer = ada.put(path, changed)
    after = answer.json()["last-modified-date"]["value"]
    assert after >= stored["last-modified-date"]["value"] + 60_000
    assert answer.json()["created-date"] == stored["created-date"]


@row("3.1", "PUT")
def test_put_replaces_the_whole_item(ada: Account) -> None:
    """Optional members left out of a PUT are cleared."""
    body = work(url={"value": "https://a.example"}, **{"short-description": "s"})
    code = ada.add("/work", body)
    ids = body["external-ids"]["external-id"]
    answer = ada.put(f"/work/{code}", work(*ids, **{"put-code": str(code)}))
    assert answer.status_code == 200
    stored = ada.read(f"/work/{code}")
    assert (stored["url"], stored["short-description"]) == (None, None)


@row("7.2", "No idempotency keys")
def test_trying_again(ada: Account) -> None:
    """A POST again is 9021 naming the put-code, a DELETE again 404/9016."""
    body = work()
    code = ada.add("/work", body)
    assert f"put-code {code}." in refused(ada.post("/work", body), 409, 9021)
    assert ada.codes("work") == [code]
    assert ada.delete(f"/work/{code}").status_code == 204
    refused(ada.delete(f"/work/{code}"), 404, 9016)


def test_the_person_may_remove_anything(ada: Account, registry: Registry) -> None:
    """What a client made the person may delete; then it is 404/9016 for the client."""
    code = ada.add("/work", work())
    registry.control("DELETE", "items", {"orcid": ada.person.orcid, "put_code": code})
    refused(ada.get(f"/work/{code}"), 404, 9016)
    refused(ada.put(f"/work/{code}", work(**{"put-code": code})), 404, 9016)
