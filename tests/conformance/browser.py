"""A person's browser without scripts: follows the site's forms and stops at the application."""

from collections.abc import Mapping
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.conformance.world import REDIRECT, Client, Person, Registry


class _Page(HTMLParser):
    """The fields of a page and where its first form goes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = given.get("action", "")
        if tag == "input" and given.get("type") != "checkbox":
            self.fields[given.get("name", "")] = given.get("value", "")


class Browser:
    """One person's browser, with its own cookies."""

    def __init__(self, registry: Registry) -> None:
        self._http = httpx.Client(base_url=registry.base_url, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def open(self, path: str, query: Mapping[str, str] | None = None) -> httpx.Response:
        """Open an address of the site; redirects within the site are followed."""
        return self._follow(self._http.get(path, params=query))

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Fill in a page's form and press a button."""
        form = _Page(page.text)
        answer = self._http.post(form.action, data={**form.fields, **fields})
        return self._follow(answer)

    def sign_in(self, page: httpx.Response, person: Person) -> httpx.Response:
        """Sign in on a sign-in page."""
        return self.submit(page, username=person.orcid, password=person.password)

    def ask(self, client: Client, **changes: str) -> httpx.Response:
        """Follow an application's link to the authorize page."""
        return self.open("/oauth/authorize", request(client, **changes))

    def _follow(self, answer: httpx.Response) -> httpx.Response:
        while answer.is_redirect and is_ours(answer, self._http):
            answer = self._http.get(answer.headers["location"])
        return answer


def is_ours(answer: httpx.Response, http: httpx.Client) -> bool:
    """Whether a redirect stays on the site."""
    place = urlsplit(answer.headers["location"])
    return place.netloc in ("", urlsplit(str(http.base_url)).netloc)


def request(client: Client, **changes: str) -> dict[str, str]:
    """The query of an authorize link; a change to "" leaves that parameter out."""
    asked = {
        "client_id": client.client_id,
        "response_type": "code",
        "scope": "/authenticate",
        "redirect_uri": REDIRECT,
        "state": "s 1&2",
        **changes,
    }
    return {name: value for name, value in asked.items() if value}


def fields(page: httpx.Response) -> dict[str, str]:
    """What stands in the fields of a page's forms."""
    return _Page(page.text).fields


def returned(answer: httpx.Response, part: str = "query") -> dict[str, str]:
    """Asserts a redirect to the application; gives the pairs of the query or the fragment."""
    assert answer.status_code in (302, 303), answer.text
    place = urlsplit(answer.headers["location"])
    assert not is_site(answer), place.path
    other = place.fragment if part == "query" else place.query
    assert other == ""
    return dict(parse_qsl(getattr(place, part), keep_blank_values=True))


def returned_anywhere(answer: httpx.Response) -> dict[str, str]:
    """The same where the specification leaves open whether it is the query or the fragment."""
    part = "fragment" if "#" in answer.headers.get("location", "") else "query"
    return returned(answer, part)


def is_site(answer: httpx.Response) -> bool:
    """Whether a redirect leads to the registry's own pages."""
    return not urlsplit(answer.headers["location"]).netloc


def is_page(answer: httpx.Response, *texts: str) -> bool:
    """Whether the registry shows a page of its own with these texts."""
    return not answer.is_redirect and all(text in answer.text for text in texts)
