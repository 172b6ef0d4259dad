"""REGISTRY.md 2.7: what each scope lets a client do, and which client may have it."""

import pytest

from tests.conformance.bodies import activity, group, person_item, work
from tests.conformance.browser import Browser, is_page, returned
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
    unique,
)

ACTIVITY, PERSON_ITEM = "work", "keyword"


def limited(registry: Registry, person: Person) -> dict[str, int]:
    """One public and one limited item of both halves of the record, made by the person."""
    keyword = {"content": unique("k")}
    return {
        "public work": registry.by_hand(person, "work", work(), "public"),
        "limited work": registry.by_hand(person, "work", work(), "limited"),
        "public keyword": registry.by_hand(person, "keyword", keyword, "public"),
        "limited keyword": registry.by_hand(person, "keyword", person_item("keywords"), "limited"),
    }


READS = {
    "openid": "public",
    "/authenticate": "public",
    "/read-limited": "public limited-work limited-keyword",
    "/activities/read-limited": "limited-work",
    "/person/read-limited": "limited-keyword",
    "/activities/update": "public",
    "/person/update": "public",
    "/orcid-works/read-limited": "limited-work",
    "/orcid-bio/read-limited": "limited-keyword",
    "/orcid-profile/read-limited": "limited-work limited-keyword",
}
IN_TABLE = [scope for scope in READS if "/orcid" not in scope]


@pytest.mark.parametrize(
    "scope",
    [pytest.param(s, marks=[row("2.7", s)] if s in IN_TABLE else []) for s in READS],
)
def test_what_a_scope_reads(scope: str, registry: Registry, member: Client) -> None:
    """A scope reads the limited items of its sections, and public ones if it implies so."""
    person = registry.person()
    items = limited(registry, person)
    caller = account(registry, scope, person, member)
    granted = READS[scope].split()
    for name, code in items.items():
        visibility, _, kind = name.partition(" ")
        path = f"/work/{code}" if kind == "work" else f"/keywords/{code}"
        answer = caller.get(path)
        if visibility == "limited" and f"limited-{kind}" in granted:
            assert answer.json()["visibility"] == "limited"
        elif visibility == "limited":
            refused(answer, 403, 9038)
        elif "public" in granted:
            assert answer.json()["visibility"] == "public"


WRITES = {
    "/activities/update": ("work", "funding", "peer-review", "education", "research-resource"),
    "/person/update": ("keywords", "other-names", "address", "external-identifiers"),
    "/orcid-works/create": ("work",),
    "/funding/create": ("funding",),
    "/peer-review/update": ("peer-review",),
    "/affiliations/create": ("education", "research-resource"),
    "/orcid-bio/update": ("keywords", "other-names", "address", "external-identifiers"),
    "/orcid-bio/external-identifiers/create": ("external-identifiers",),
    "/read-limited": (),
    "/authenticate": (),
}
ALL_WRITES = sorted({segment for segments in WRITES.values() for segment in segments})
PERSON_SEGMENTS = WRITES["/person/update"]


@row("2.7", "/activities/update", "/person/update", "/authenticate", "/read-limited")
@pytest.mark.parametrize("scope", list(WRITES))
def test_what_a_scope_writes(scope: str, registry: Registry, ada: Account) -> None:
    """A scope creates the items of its family and is refused with 9038 for all others."""
    caller = ada.of(scope)
    for segment in ALL_WRITES:
        is_person = segment in PERSON_SEGMENTS
        body = person_item(segment) if is_person else activity(segment)
        answer = caller.post(f"/{segment}", body)
        if segment in WRITES[scope]:
            assert answer.status_code == 201, answer.text
        else:
            refused(answer, 403, 9038)


@row("2.7", "/read-public", "/webhook", "/group-id-record/read, /group-id-record/update")
@row("2.7", "/premium-notification")
@pytest.mark.parametrize(
    ("kind", "scope", "given"),
    [
        ("public", "/read-public", True),
        ("member", "/read-public", True),
        ("member", "/group-id-record/read", True),
        ("member", "/group-id-record/update", True),
        ("premium", "/webhook", True),
        ("public", "/group-id-record/read", False),
        ("member", "/webhook", False),
        ("premium", "/premium-notification", False),
    ],
)
def test_scopes_of_client_types(kind: str, scope: str, given: bool, registry: Registry) -> None:
    """A client gets the 2-legged scopes of its type; what is granted by hand it does not."""
    answer = registry.exchange(registry.client(kind), grant_type="client_credentials", scope=scope)
    if given:
        assert answer.json()["scope"] == scope
    else:
        text = refused_by_oauth(answer, 400, "invalid_scope")
        assert scope in text


@row("2.7", "/email/read-private", "/premium-notification", "/read-limited")
@pytest.mark.parametrize("scope", ["/read-limited", "/activities/update", "/email/read-private"])
def test_member_scopes_on_the_authorize_page(scope: str, registry: Registry) -> None:
    """Member scopes are for members; private e-mail needs a grant by hand on top."""
    public, member = registry.client("public"), registry.client()
    trusted = registry.client(extra_scopes=[scope])
    with Browser(registry) as browser:
        assert returned(browser.ask(public, scope=scope))["error"] == "invalid_scope"
        assert is_page(browser.ask(trusted, scope=scope), 'name="password"')
        answer = browser.ask(member, scope=scope)
        if scope == "/email/read-private":
            assert returned(answer)["error"] == "invalid_scope"
        else:
            assert is_page(answer, 'name="password"')


@row("2.7", "/group-id-record/read, /group-id-record/update", "/webhook", "/read-public")
def test_machine_scopes_do_not_imply_reading(registry: Registry, person: Person) -> None:
    """Group and webhook scopes do not read records; group update implies group read."""
    member, premium = registry.client(), registry.client("premium")
    update = registry.token(member, None, "/group-id-record/update")
    read = registry.token(member, None, "/group-id-record/read")
    webhook = registry.token(premium, None, "/webhook")
    groups, works = f"{MEMBER}/group-id-record", f"{MEMBER}/{person.orcid}/work/1"
    body = group()
    refused(registry.call("POST", groups, read, body), 403, 9038)
    assert registry.call("POST", groups, update, body).status_code == 201
    for token in (update, read):
        assert registry.call("GET", groups, token).status_code == 200
    code = registry.by_hand(person, "work", work(), "public")
    works = works.replace("/1", f"/{code}")
    for token in (update, read, webhook):
        refused(registry.call("GET", works, token), 403, 9038)
    reader = registry.token(member, None, "/read-public")
    assert registry.call("GET", works, reader).status_code == 200
    refused(registry.call("GET", groups, reader), 403, 9038)
