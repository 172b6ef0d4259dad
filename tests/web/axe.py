"""Accessibility by axe, with no rule disabled."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page


async def violations(page: Page) -> list[str]:
    """Return what axe finds on a page as it stands: each rule, and where it was broken."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {one['help']} at {', '.join(str(node['target']) for node in one['nodes'])}"
        for one in found.response["violations"]
    ]
