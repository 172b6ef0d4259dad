"""The Connect button inside the journal's own page, fetched where it is: below the mount point."""

import httpx
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

SECONDS = 10.0


class Fragment:
    """The button of whoever is signed in, and the cookie its form may need."""

    def __init__(self, answer: httpx.Response) -> None:
        self.html = Markup(answer.text)  # noqa: S704  (our own mount, which escapes)
        # A form works only with the cookie it came with; a link needs none, and passing one on
        # would take the place of the cookie that a connection in another tab waits for.
        has_form = "<form" in answer.text
        self._cookies = answer.headers.get_list("set-cookie") if has_form else []

    def pass_on(self, response: Response) -> Response:
        """Give the browser what the fragment's form needs."""
        for cookie in self._cookies:
            response.headers.append("set-cookie", cookie)
        return response


async def fetch_button(request: Request) -> Fragment:
    """Ask orcid_connect for the button, as the browser that asks for our page."""
    headers = {"accept": "text/html", "cookie": request.headers.get("cookie", "")}
    here = httpx.ASGITransport(app=request.app)
    async with httpx.AsyncClient(
        transport=here, base_url=str(request.base_url), timeout=SECONDS
    ) as client:
        answer = await client.get(
            "/orcid/button", params={"return_to": request.url.path}, headers=headers
        )
    return Fragment(answer.raise_for_status())
