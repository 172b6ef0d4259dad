"""REGISTRY.md 2.6, 2.7, 3.3, 5.3 and 7.1 where they meet: sources, narrowed tokens, precedence."""

import pytest

from tests.conformance.bodies import external_id, work
from tests.conformance.browser import Browser, returned
from tests.conformance.delegation import signed_in, swap
from tests.conformance.marks import row
from tests.conformance.world import (
    MEMBER,
    Account,
    Client,
    Person,
    Registry,
    account,
    refused,
    refused_by_oauth,
)


def on_behalf(registry: Registry, origin: Client, writer: Account) -> Account:
    """The writer's access to the same record on behalf of another client."""
    mine = signed_in(registry, origin, writer.person)["id_token"]
    got = swap(registry, writer.client, mine, "id_token", "access_token").json()
    return Account(registry, writer.person, writer.client, got["access_token"])


@row("5.3", "same source")
@row("7.1", "work, funding, peer review")
@row("2.6", "Response")
def test_on_behalf_of_is_another_source(registry: Registry, ada: Account) -> None:
    """The same client, writing on behalf of another, is another source: no clash, no change."""
    obo = on_behalf(registry, registry.client(), ada)
    shared = external_id()
    mine, theirs = ada.add("/work", work(shared)), obo.add("/work", work(shared))
    refused(obo.post("/work", work(shared)), 409, 9021)
    refused(ada.put(f"/work/{theirs}", work(**{"put-code": theirs})), 403, 9010)
    refused(obo.put(f"/work/{mine}", work(**{"put-code": mine})), 403, 9010)
    refused(ada.delete(f"/work/{theirs}"), 403, 9010)
    changed = work(shared, title="Changed", **{"put-code": theirs})
    assert obo.put(f"/work/{theirs}", changed).status_code == 200
    assert obo.delete(f"/work/{theirs}").status_code == 204
    assert ada.codes("work") == [mine]


@row("2.7", "/activities/update")
@row("2.1", "User approves (implicit)")
def test_implicit_tokens_cannot_write(registry: Registry, member: Client, person: Person) -> None:
    """A browser gets a token that reads public data only, whatever was granted."""
    with Browser(registry) as browser:
        scope = "openid /read-limited /activities/update"
        page = browser.ask(member, response_type="token", scope=scope, nonce="n")
        got = returned(
            browser.submit(browser.sign_in(page, person), decision="authorize"), "fragment"
        )
    assert set(got["scope"].split()) <= {"openid", "/authenticate", "/read-public"}
    caller = Account(registry, person, member, got["access_token"])
    refused(caller.post("/work", work()), 403, 9038)
    code = registry.by_hand(person, "work", work(), "limited")
    refused(caller.get(f"/work/{code}"), 403, 9038)
    assert caller.get("/works").json()["group"] == []


@row("3.3", "Token belongs to another record")
def test_any_id_in_the_path_counts(registry: Registry, ada: Account) -> None:
    """A foreign iD anywhere in the path makes it another record's."""
    other = registry.person()
    refused(ada.get(f"/work/{other.orcid}"), 401, 9017)


@row("3.2", "Order of checks on every write")
@pytest.mark.parametrize("path", ["/nonsense", "/work"])
def test_tokens_come_before_routes(path: str, registry: Registry, person: Person) -> None:
    """Without a token, or with a public client's, an unknown route is as forbidden as any."""
    url = f"{MEMBER}/{person.orcid}{path}"
    public = registry.token(registry.client("public"), None, "/read-public")
    for token in (None, public):
        answer = registry.call("POST", url, token, "{", content_type="text/plain")
        refused_by_oauth(answer, 403, "forbidden")
    answer = registry.call("POST", url, "bad", "{", content_type="text/plain")
    refused_by_oauth(answer, 401, "invalid_token")


@row("2.7", "/activities/update")
def test_the_old_word_for_funding(registry: Registry, member: Client, person: Person) -> None:
    """The old word orcid-grants in a scope means funding."""
    with Browser(registry) as browser:
        page = browser.sign_in(browser.ask(member, scope="/orcid-grants/create"), person)
        code = returned(browser.submit(page, decision="authorize"))["code"]
    answer = registry.exchange(
        member,
        grant_type="authorization_code",
        code=code,
        redirect_uri="https://journal.example/orcid/callback",
    )
    assert answer.json()["scope"] == "/funding/create"


@row("2.5", "If the client has persistent tokens")
def test_consents_of_clients_are_apart(registry: Registry, person: Person) -> None:
    """One client's consent is not another's, nor one person's somebody else's."""
    asked, granted = registry.client(), registry.client()
    registry.token(granted, person, "/read-limited")
    registry.token(asked, registry.person(), "/read-limited")
    with Browser(registry) as browser:
        browser.sign_in(browser.ask(asked, scope="/read-limited"), person)
        assert not browser.ask(asked, scope="/read-limited").is_redirect
        assert returned(browser.ask(granted, scope="/read-limited"))["code"]


@row("5.1", "9019")
@row("3.1", "PUT")
def test_put_codes_may_be_text(ada: Account) -> None:
    """A put-code in the body may be a numeric text, but must be there and equal."""
    code = ada.add("/work", work())
    assert ada.put(f"/work/{code}", work(**{"put-code": str(code)})).status_code == 200
    refused(ada.put(f"/work/{code}", work()), 400, 9019)
    other = account(ada.registry, person=ada.person)
    refused(other.put(f"/work/{code}", work()), 400, 9019)
