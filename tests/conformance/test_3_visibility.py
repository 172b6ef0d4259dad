"""REGISTRY.md 3.4 and 4.6: who may read what, and how visibility comes about."""

import pytest

from tests.conformance.bodies import (
    ACTIVITIES,
    activity,
    external_id,
    funding,
    person_item,
    work,
)
from tests.conformance.marks import row
from tests.conformance.world import MEMBER, PUBLIC, Account, Registry, account, refused

DAY_SECONDS = 24 * 3600


def visible(ada: Account) -> list[int]:
    """The put-codes in the list of works."""
    groups = ada.read("/works")["group"]
    return sorted(work["put-code"] for group in groups for work in group["work-summary"])


@row("3.4", "The client always reads items it is the source of")
def test_clients_read_their_own_items(registry: Registry) -> None:
    """A client reads its own private item without read-limited, also with a 2-legged token."""
    ada = account(registry, "/activities/update", registry.person(default_visibility="private"))
    code = ada.add("/work", work())
    assert ada.read(f"/work/{code}")["visibility"] == "private"
    assert visible(ada) == [code]
    token = registry.token(ada.client, None, "/read-public")
    url = f"{MEMBER}/{ada.person.orcid}/work/{code}"
    assert registry.call("GET", url, token).status_code == 200
    other = account(registry, "/read-limited", ada.person)
    refused(other.get(f"/work/{code}"), 403, 9013)
    assert visible(other) == []


@row("3.4", "public items need", "limited items need", "private items of other sources")
@row("5.1", "9013", "9038", "9039")
def test_reading_items_of_others(registry: Registry, ada: Account) -> None:
    """Public needs read-public, limited its scope (9038), private is 9013; outside 9039.

    Which of 9013 and 9038 wins where both apply the specification leaves open.
    """
    codes = {
        visibility: registry.by_hand(ada.person, "work", work(), visibility)
        for visibility in ("public", "limited", "private")
    }
    basic = ada.of("/authenticate")
    for caller in (ada, basic):
        assert caller.get(f"/work/{codes['public']}").status_code == 200
    assert ada.get(f"/work/{codes['limited']}").status_code == 200
    refused(ada.get(f"/work/{codes['private']}"), 403, 9013)
    refused(basic.get(f"/work/{codes['limited']}"), 403, 9038)
    both = basic.get(f"/work/{codes['private']}")
    refused(both, 403, 9013 if both.json()["error-code"] == 9013 else 9038)
    for visibility in ("limited", "private"):
        for path in ("work", "work/summary"):
            url = f"{PUBLIC}/{ada.person.orcid}/{path}/{codes[visibility]}"
            refused(registry.call("GET", url), 403, 9039)
            refused(registry.call("GET", url, ada.token), 403, 9039)


@row("3.4", "Lists (works, record, …)")
def test_lists_leave_out_what_is_hidden(registry: Registry, ada: Account) -> None:
    """Lists omit hidden items silently; a bulk read puts errors in their place."""
    codes = {
        visibility: registry.by_hand(ada.person, "work", work(), visibility)
        for visibility in ("public", "limited", "private")
    }
    basic = ada.of("/authenticate")
    assert visible(ada) == sorted([codes["public"], codes["limited"]])
    assert visible(basic) == [codes["public"]]
    summary = basic.read("/record")["activities-summary"]["works"]
    assert [group["work-summary"][0]["put-code"] for group in summary["group"]] == [codes["public"]]
    path = "/works/" + ",".join(map(str, codes.values()))
    for caller, errors in ((ada, [9013]), (basic, [9013, 9013])):
        bulk = caller.read(path)["bulk"]
        assert [entry["error"]["error-code"] for entry in bulk if "error" in entry] == errors
    bulk = registry.call("GET", f"{PUBLIC}/{ada.person.orcid}{path}").json()["bulk"]
    assert [entry["error"]["error-code"] for entry in bulk if "error" in entry] == [9039, 9039]


@row("3.4", "Lists (works, record, …)")
def test_hidden_items_and_groups(registry: Registry, ada: Account) -> None:
    """A hidden work neither joins groups in the list nor leaves its ids in the record's group."""
    shared, hidden, linked = (external_id() for _ in range(3))
    first = registry.by_hand(ada.person, "work", work(shared), "public")
    registry.by_hand(ada.person, "work", work(shared, hidden, linked), "private")
    last = registry.by_hand(ada.person, "work", work(linked), "public")
    groups = ada.read("/works")["group"]
    assert sorted(len(group["work-summary"]) for group in groups) == [1, 1]
    [group] = ada.read("/activities")["works"]["group"]
    assert sorted(work["put-code"] for work in group["work-summary"]) == [first, last]
    values = {found["external-id-value"] for found in group["external-ids"]["external-id"]}
    assert values == {shared["external-id-value"], linked["external-id-value"]}


@row("3.4", "A 2-legged /read-public token")
def test_two_legged_reading(registry: Registry, ada: Account) -> None:
    """A 2-legged token reads the public part of any record."""
    registry.by_hand(ada.person, "work", work(), "limited")
    public = registry.by_hand(ada.person, "work", work(), "public")
    token = registry.token(registry.client(), None, "/read-public")
    answer = registry.call("GET", f"{MEMBER}/{ada.person.orcid}/works", token)
    [group] = answer.json()["group"]
    assert group["work-summary"][0]["put-code"] == public


@row("3.4", "registered-only exists")
def test_registered_only_is_never_public(registry: Registry, ada: Account) -> None:
    """registered-only is not shown to the public nor by /read-public."""
    code = registry.by_hand(ada.person, "work", work(), "registered-only")
    url = f"{PUBLIC}/{ada.person.orcid}/work/{code}"
    refused(registry.call("GET", url), 403, 9039)
    assert registry.call("GET", f"{PUBLIC}/{ada.person.orcid}/works").json()["group"] == []


@row("4.6", "Values public, limited, private")
@row("4.2", "visibility")
@pytest.mark.parametrize("word", ["PUBLIC", "registered_only", "system", "everyone"])
def test_other_words_for_visibility(word: str, ada: Account) -> None:
    """A visibility outside the four words is 9047."""
    refused(ada.post("/work", work(visibility=word)), 400, 9047)
    refused(ada.post("/keywords", {"content": "k", "visibility": word}), 400, 9047)
    assert ada.codes("work") == []


@row("4.6", "POST to a claimed record")
@row("13", "6.")
@pytest.mark.parametrize("default", ["public", "limited", "private"])
def test_new_items_get_the_records_default(default: str, registry: Registry) -> None:
    """On a claimed record the default of the record wins over what is sent."""
    ada = account(registry, person=registry.person(default_visibility=default))
    for sent in ("public", "limited", "private", "registered-only"):
        code = ada.add("/work", work(visibility=sent))
        assert ada.read(f"/work/{code}")["visibility"] == default
    for kind in ACTIVITIES:
        code = ada.add(f"/{kind}", activity(kind, visibility="public"))
        assert ada.read(f"/{kind}/{code}")["visibility"] == default
    code = ada.add("/keywords", person_item("keywords"))
    assert ada.read(f"/keywords/{code}")["visibility"] == default
    bulk = ada.post("/works", {"bulk": [{"work": work(visibility="public")}]}).json()["bulk"]
    assert bulk[0]["work"]["visibility"] == default


@row("4.6", "POST to an unclaimed record")
@row("7.3", "unclaimed")
def test_new_items_of_unclaimed_records(clock: Registry) -> None:
    """On an unclaimed record of ten days the visibility sent is kept, else private; bulk too."""
    ada = account(clock, person=clock.person(claimed=False))
    refused(ada.post("/work", work()), 409, 9036)
    clock.move(11 * DAY_SECONDS)
    for sent, stored in (("limited", "limited"), ("public", "public"), (None, "private")):
        body = work(visibility=sent)
        code = ada.add("/work", body)
        assert ada.read(f"/work/{code}")["visibility"] == stored
        [element] = ada.post("/works", {"bulk": [{"work": work(visibility=sent)}]}).json()["bulk"]
        assert element["work"]["visibility"] == stored


@row("4.6", "PUT: omit")
@row("5.1", "9035", "text of 9035")
@row("13", "6.")
@pytest.mark.parametrize("kind", ["work", "funding", "education", "research-resource", "keywords"])
def test_visibility_cannot_be_changed(kind: str, ada: Account) -> None:
    """A PUT without visibility or with the same keeps it; another is 403/9035."""
    body = person_item(kind) if kind == "keywords" else activity(kind)
    code = ada.add(f"/{kind}", body)
    path, stored = f"/{kind}/{code}", ada.read(f"/{kind}/{code}")
    changed = {**body, "put-code": code, "visibility": "private"}
    text = refused(ada.put(path, changed), 403, 9035)
    assert "${" not in text
    assert "${clientName}" in ada.put(path, changed).json()["user-message"]
    assert ada.read(path) == stored
    for visibility in ("public", None):
        answer = ada.put(path, {**body, "put-code": code, "visibility": visibility})
        assert (answer.status_code, answer.json()["visibility"]) == (200, "public")


@row("4.6", "PUT: omit")
@row("7.1", "work, funding, peer review")
def test_peer_reviews_keep_their_visibility(ada: Account) -> None:
    """A PUT of a peer review keeps the visibility, whatever is sent."""
    body = activity("peer-review")
    code = ada.add("/peer-review", body)
    answer = ada.put(f"/peer-review/{code}", {**body, "put-code": code, "visibility": "public"})
    assert (answer.status_code, answer.json()["visibility"]) == (200, "public")


@row("3.4", "limited items need")
def test_limited_fundings(registry: Registry, ada: Account) -> None:
    """The scope of one section does not read limited items of another."""
    code = registry.by_hand(ada.person, "funding", funding(), "limited")
    refused(ada.of("/orcid-works/read-limited").get(f"/funding/{code}"), 403, 9038)
    assert ada.of("/funding/read-limited").get(f"/funding/{code}").status_code == 200
