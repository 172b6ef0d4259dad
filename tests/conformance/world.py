"""The registry under test as a vendor sees it: HTTP, and `/_control` to arrange a world."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from random import randrange
from typing import Any

import httpx

MEMBER = "/api/v3.0"
PUBLIC = "/pub/v3.0"
JSON = "application/json"
REDIRECT = "https://journal.example/orcid/callback"
MORE_INFO = "https://members.orcid.org/api/resources/troubleshooting"
ERROR_KEYS = ["response-code", "developer-message", "user-message", "error-code", "more-info"]
MEMBER_SCOPES = "/activities/update /person/update /read-limited"

RUN = randrange(10**6, 10**7)
"""Tells this run from others against the same registry."""
_numbers = count(1)


def unique(prefix: str) -> str:
    """A text no other test uses, of this run or another."""
    return f"{prefix}{RUN}-{next(_numbers)}"


def words(text: str) -> list[str]:
    """The words of a text, for lists of keys."""
    return text.split()


@dataclass(frozen=True)
class Person:
    """Somebody with a record."""

    orcid: str
    email: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class Client:
    """A client of the registry."""

    client_id: str
    client_secret: str = field(repr=False)

    @property
    def credentials(self) -> dict[str, str]:
        """The form fields that authenticate the client."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}


class Registry:
    """Speaks to one registry, and arranges its world."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.base_url = str(http.base_url).rstrip("/")

    def control(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One call of /_control."""
        answer = self.http.request(method, f"/_control/{path}", json=body)
        assert answer.status_code == 200, f"{method} {path}: {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    def person(self, given: str = "Ada", family: str = "Lovelace", **traits: object) -> Person:
        """A new person with an empty record."""
        asked = {"given": given, "family": family, **traits}
        made = self.control("POST", "people", asked)
        return Person(made["orcid"], made["email"], made["password"])

    def change_person(self, person: Person, **traits: object) -> None:
        """Change a record's state or defaults."""
        self.control("POST", f"people/{person.orcid}", traits)

    def client(self, kind: str = "member", **traits: object) -> Client:
        """A new client."""
        asked = {"kind": kind, "name": unique("Journal "), "redirect_uris": [REDIRECT], **traits}
        made = self.control("POST", "clients", asked)
        return Client(made["client_id"], made["client_secret"])

    def tokens(
        self, client: Client, person: Person | None, scope: str, **traits: object
    ) -> dict[str, Any]:
        """A token answer, as if the person had authorised the client."""
        orcid = person.orcid if person else None
        asked = {"client_id": client.client_id, "orcid": orcid, "scope": scope, **traits}
        return self.control("POST", "tokens", asked)

    def token(self, client: Client, person: Person | None, scope: str, **traits: object) -> str:
        """An access token."""
        return str(self.tokens(client, person, scope, **traits)["access_token"])

    def revoke_by_user(self, person: Person, client: Client) -> None:
        """The person removes the client from the trusted parties."""
        self.control("DELETE", "tokens", {"orcid": person.orcid, "client_id": client.client_id})

    def code(self, client: Client, person: Person, scope: str, **traits: object) -> str:
        """An authorization code, as if the person had pressed Authorize."""
        asked = {
            "client_id": client.client_id,
            "orcid": person.orcid,
            "scope": scope,
            "redirect_uri": REDIRECT,
            **traits,
        }
        return str(self.control("POST", "codes", asked)["code"])

    def by_hand(
        self, person: Person, kind: str, item: object, visibility: str | None = None
    ) -> int:
        """An item the person adds in the web pages."""
        asked: dict[str, object] = {"orcid": person.orcid, "kind": kind, "item": item}
        if visibility:
            asked["visibility"] = visibility
        return int(self.control("POST", "items", asked)["put_code"])

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.control("POST", "clock", {"move": seconds})

    def now(self) -> float:
        """The registry's time, in epoch seconds."""
        return float(self.control("GET", "clock")["now"])

    def form(self, path: str, fields: Mapping[str, str], **headers: str) -> httpx.Response:
        """A form posted to the site."""
        return self.http.post(path, data=dict(fields), headers=headers)

    def exchange(self, client: Client, **fields: str) -> httpx.Response:
        """A request to the token endpoint with the client's credentials in the form."""
        return self.form("/oauth/token", {**client.credentials, **fields})

    def call(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: object = None,
        **headers: str,
    ) -> httpx.Response:
        """One API request in JSON."""
        sent = {"accept": JSON, **{name.replace("_", "-"): text for name, text in headers.items()}}
        if token:
            sent.setdefault("authorization", f"Bearer {token}")
        content = None
        if body is not None:
            sent.setdefault("content-type", JSON)
            content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.http.request(method, path, headers=sent, content=content)


@dataclass(frozen=True)
class Account:
    """A client's access to one record."""

    registry: Registry
    person: Person
    client: Client
    token: str = field(repr=False)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """A request to the Member API, to a path of this record."""
        url = f"{MEMBER}/{self.person.orcid}{path}"
        return self.registry.call(method, url, self.token, body, **headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Read a path of this record."""
        return self.call("GET", path, **headers)

    def read(self, path: str) -> Any:
        """The JSON of a path that can be read."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """Create under a path of this record."""
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: object) -> httpx.Response:
        """Replace an item of this record."""
        return self.call("PUT", path, body)

    def delete(self, path: str) -> httpx.Response:
        """Delete an item of this record."""
        return self.call("DELETE", path)

    def add(self, path: str, body: object) -> int:
        """Create an item and give its put-code."""
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        return int(answer.headers["location"].rpartition("/")[2])

    def of(self, scope: str) -> "Account":
        """The same client and record with a token of another scope."""
        token = self.registry.token(self.client, self.person, scope)
        return Account(self.registry, self.person, self.client, token)

    def codes(self, kind: str) -> list[int]:
        """The put-codes of all items of a kind, whatever their visibility."""
        items = self.registry.control("GET", f"records/{self.person.orcid}")["items"]
        return [item["put-code"] for item in items.get(kind, [])]


def account(
    registry: Registry,
    scope: str = MEMBER_SCOPES,
    person: Person | None = None,
    client: Client | None = None,
) -> Account:
    """A client's token for a record; both are new unless given."""
    holder = person or registry.person()
    member = client or registry.client()
    return Account(registry, holder, member, registry.token(member, holder, scope))


def refused(answer: httpx.Response, status: int, code: int, body_status: int | None = None) -> str:
    """Asserts an error of the API in every member; gives the developer's text."""
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, JSON), (
        answer.text
    )
    body = answer.json()
    assert list(body) == ERROR_KEYS
    assert (body["response-code"], body["error-code"]) == (body_status or status, code), body
    assert body["more-info"] == MORE_INFO
    assert body["user-message"]
    return str(body["developer-message"])


def refused_by_oauth(answer: httpx.Response, status: int, error: str) -> str:
    """Asserts an error of the OAuth family; gives its description."""
    assert (answer.status_code, answer.json().get("error")) == (status, error), answer.text
    assert list(answer.json()) == ["error", "error_description"]
    return str(answer.json()["error_description"])
