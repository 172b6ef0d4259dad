"""A browser without a screen: cookies, links and forms over real HTTP, no JavaScript."""

from collections.abc import Iterator
from typing import Self
from urllib.parse import urljoin

import httpx
from lxml import html

from .failing import StepFailed

SECONDS = 15.0


class Browser:
    """One person's browser; `home` is where addresses without a site lead."""

    def __init__(self, home: str) -> None:
        self._client = httpx.AsyncClient(
            follow_redirects=True, timeout=SECONDS, headers={"accept": "text/html"}
        )
        self._home = home
        self._page: html.HtmlElement | None = None
        self.url = home
        self.status = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def open(self, address: str) -> None:
        """Go to an address."""
        self._take(await self._client.get(urljoin(self._home, address)))

    async def follow(self, words: str) -> None:
        """Press the link that begins with these words."""
        for link in self.page.iter("a"):
            if _text(link).startswith(words):
                await self._goto(link.get("href") or "")
                return
        raise StepFailed(f"a link “{words}”", f"none on {self._here()}")

    async def choose(self, value: str) -> None:
        """Press the button of this value."""
        for button in self.page.iter("button"):
            form = next(button.iterancestors("form"), None)
            if form is not None and button.get("value") == value:
                await self._submit(form, button, {})
                return
        raise StepFailed(f"a choice “{value}”", f"none on {self._here()}")

    async def press(self, words: str, inside: str = "", **typed: str) -> None:
        """Press the button that begins with these words, after typing into its form.

        `inside` is the data-key of the row it stands in, where a page has several.
        """
        for button in self._buttons(inside):
            form = next(button.iterancestors("form"), None)
            if form is not None and _text(button).startswith(words):
                await self._submit(form, button, typed)
                return
        raise StepFailed(f"a button “{words}”", f"none on {self._here()}")

    @property
    def page(self) -> html.HtmlElement:
        """The page that is shown."""
        if self._page is None:
            raise StepFailed("a page", "nothing was opened")
        return self._page

    @property
    def heading(self) -> str:
        """The page's main heading."""
        found = self.page.find(".//h1")
        return "" if found is None else _text(found)

    @property
    def words(self) -> str:
        """All words of the page."""
        return _text(self.page)

    def row_states(self) -> dict[str, tuple[str, str]]:
        """Return state and sentence of each delivery on an editor's page, by person."""
        return {
            row.get("data-person") or "": (
                row.get("data-state") or "",
                " ".join(_text(part) for part in row.iterfind(".//span[@class='sentence']")),
            )
            for row in self.page.iterfind(".//li[@data-person]")
        }

    def row_state(self, key: str) -> str | None:
        """Return the state of the row with a data-key, if it is on the page."""
        row = self.page.find(f".//li[@data-key='{key}']")
        return None if row is None else row.get("data-state")

    def _buttons(self, inside: str) -> Iterator[html.HtmlElement]:
        place = self.page.find(f".//*[@data-key='{inside}']") if inside else self.page
        if place is not None:
            yield from place.iter("button")

    async def _submit(
        self, form: html.HtmlElement, button: html.HtmlElement, typed: dict[str, str]
    ) -> None:
        fields = dict(_fields(form)) | typed
        name = button.get("name")
        if name:
            fields[name] = button.get("value") or ""
        address = urljoin(self.url, form.get("action") or self.url)
        self._take(await self._client.post(address, data=fields))

    async def _goto(self, address: str) -> None:
        self._take(await self._client.get(urljoin(self.url, address)))

    def _take(self, answer: httpx.Response) -> None:
        self.url, self.status = str(answer.url), answer.status_code
        self._page = html.fromstring(answer.text or "<html></html>")

    def _here(self) -> str:
        return f"the page “{self.heading}” ({self.status})"


def _text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _fields(form: html.HtmlElement) -> Iterator[tuple[str, str]]:
    for field in form.iter("input", "textarea"):
        name = field.get("name")
        if name:
            yield name, (field.get("value") or "") if field.tag == "input" else field.text or ""
