"""Pages as such: whose templates are shown, what each must have, and what a host can change."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from orcid_connect.declarations import Person
from orcid_connect.errors import SettingsError
from orcid_connect.hookspecs import hookimpl
from orcid_connect.journeys.linking import current_link
from orcid_connect.store.people import LinkState, end_link
from orcid_connect.web.folders import locate
from orcid_connect.web.pages import ErrorPage, Frame, Pages
from tests.web.host import ORIGIN, PUBLIC_URL, Browser, Journal, query, running_journal
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

NOT_FOUND = ErrorPage(404, "Nothing", "There is nothing.", None)


class Outline(HTMLParser):
    """What a screen reader finds on a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of these names."""
        return [attrs for tag, attrs in self.tags if tag in names]


async def every_page(journal: Journal, browser: Browser) -> dict[str, str]:
    """Return each page that a person can meet."""
    sim, found = journal.sim, {}
    ada = sim.add_person("Ada", "Lovelace").orcid
    found["my, not connected"] = (await browser.get("my")).text
    state = query(await browser.leave())["state"]
    found["refused"] = (await browser.get(f"callback?error=access_denied&state={state}")).text
    state = query(await browser.leave())["state"]
    found["failed"] = (await browser.get(f"callback?error=server_error&state={state}")).text
    found["stale"] = (await browser.get(f"callback?error=server_error&state={state}")).text
    found["unanswered"] = (await browser.get("callback")).text
    found["read-only"] = (await browser.connect(ada, "openid")).text
    found["already-connected"] = (await browser.connect(ada)).text
    found["other-orcid"] = (await browser.connect(sim.add_person("B").orcid)).text
    found["my, connected"] = (await browser.get("my")).text
    bert = Browser(journal, "bert")
    found["other-account"] = (await bert.connect(ada)).text
    found["connected"] = (await bert.connect(sim.add_person("C").orcid)).text
    found["nobody"] = (await Browser(journal).get("my")).text
    found["return-address"] = (await browser.get("connect?return_to=//evil.example")).text
    found["nobody, back from ORCID"] = await signed_out_meanwhile(browser)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    found["elsewhere"] = (await browser.get("connect", headers=elsewhere)).text
    found["error"] = (await browser.get("nowhere")).text
    return found


async def signed_out_meanwhile(browser: Browser) -> str:
    """Return the page of somebody whose session ended while they were at ORCID."""
    state = query(await browser.leave())["state"]
    browser.sign_out()
    page = (await browser.get(f"callback?error=server_error&state={state}")).text
    browser.sign_in("anne")
    return page


async def test_every_page_is_sound(journal: Journal, browser: Browser) -> None:
    """Each page names its language, has its landmarks, one heading, and loads nothing foreign."""
    loads = set()
    for name, page in (await every_page(journal, browser)).items():
        outline = Outline(page)
        [root] = outline.all("html")
        assert (root["lang"], root["dir"]) == ("en", "ltr"), name
        for landmark in ("header", "main", "footer", "h1", "title"):
            assert len(outline.all(landmark)) == 1, (name, landmark)
        ids = {attrs["id"] for _, attrs in outline.tags if attrs.get("id")}
        for _, attrs in outline.tags:
            labels = attrs.get("aria-labelledby") or attrs.get("aria-describedby")
            assert labels is None or labels in ids, name
            assert "style" not in attrs, name
            assert not [attribute for attribute in attrs if attribute.startswith("on")], name
        for loaded in outline.all("link", "script", "img", "iframe"):
            address = loaded.get("href") or loaded.get("src")
            assert str(address).startswith("/orcid/static/"), name
            loads.add(str(address))
        assert not outline.all("noscript", "iframe", "style"), name
        for attrs in outline.all("svg"):
            assert attrs.get("aria-hidden") or attrs.get("aria-label"), name
        assert "ORCID ID" not in page, name
        assert "Orcid iD" not in page, name
    for address in loads:
        assert (await browser.get(address)).status_code == 200, address


async def test_nobody_can_type_an_id(journal: Journal, browser: Browser) -> None:
    """No page has a field for an iD, or any field at all."""
    for name, page in (await every_page(journal, browser)).items():
        fields = Outline(page).all("input", "textarea", "select")
        assert all(field.get("type") == "hidden" for field in fields), name


async def test_every_page_says_what_to_do(journal: Journal, browser: Browser) -> None:
    """No page is a dead end: each has something to press."""
    for name, page in (await every_page(journal, browser)).items():
        assert 'class="oc-button' in page, name


def test_theme_is_custom_properties() -> None:
    """Every colour of the style sheet is a custom property declared without specificity."""
    style = (locate("templates") / "static" / "orcid-connect.css").read_text()
    declared = re.split(r"/\* ---- pages ---- \*/", style)
    assert len(declared) == 2
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", declared[1])
    assert not re.search(r"(margin|padding|border)-(left|right)|text-align: (left|right)", style)


class Folders:
    """A host with templates of its own."""

    def __init__(self, *folders: object) -> None:
        self._folders = folders

    @hookimpl
    def orcid_template_folders(self) -> list[object]:
        return list(self._folders)


async def test_templates_of_the_host_come_first(tmp_path: Path) -> None:
    """A host replaces one snippet, and every page has it."""
    mine = tmp_path / "mine"
    (mine / "snippets").mkdir(parents=True)
    (mine / "snippets" / "host_brand.html").write_text("<b>{{ frame.site_name }} &c</b>")
    async with running_journal(tmp_path, [Folders(str(mine), 7, str(tmp_path / "no"))]) as journal:
        page = await Browser(journal, "anne").get("my")
        assert "<b>Journal of Small Rivers &c</b>" in page.text
        assert heading(page.text) == "Your ORCID iD"


@pytest.mark.parametrize(
    "broken", ["{% if %}", "{{ nothing.at.all }}", "{% include 'no.html' %}", "{{ 1 // 0 }}"]
)
def test_broken_template_of_the_host(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    """A host's broken template is told in the log, and the built-in page is shown."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "error.html").write_text(broken)
    page = Pages(Frame(site_name="Rivers"), [tmp_path]).render(NOT_FOUND)
    assert "There is nothing." in page
    assert "pages/error.html" in caplog.text


def test_template_of_the_host_escapes(tmp_path: Path) -> None:
    """Values are escaped in a host's templates too, whatever their file name."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "error.html").write_text("{{ detail }}")
    page = Pages(Frame(), [tmp_path]).render(ErrorPage(404, "x", "<script>", None))
    assert page == "&lt;script&gt;"


def test_missing_folder() -> None:
    """A folder that was not installed is told by name."""
    with pytest.raises(SettingsError, match="no such folder"):
        locate("no such folder")


async def test_fragment(journal: Journal, browser: Browser, ada: str) -> None:
    """The fragment is the button, then the iD with a form; to a stranger a hint; never a page."""
    fragment = (await browser.get("button", params={"return_to": "/submissions/12"})).text
    assert "<html" not in fragment
    assert "Connect your ORCID iD" in fragment
    assert "return_to=%2Fsubmissions%2F12" in fragment
    await browser.connect(ada)
    fragment = (await browser.get("button")).text
    assert f'href="{journal.sim.base_url}/{ada}"' in fragment
    assert "Disconnect" in fragment
    stranger = await Browser(journal).get("button")
    assert stranger.status_code == 200
    assert "Sign in first" in stranger.text
    assert "form" not in stranger.text


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("revoked", "You withdrew the permission at ORCID."),
        ("moved", "merged into another one at ORCID"),
        ("ended", "lasting identifier"),
    ],
)
async def test_links_that_are_over(
    journal: Journal, browser: Browser, ada: str, state: LinkState, sentence: str
) -> None:
    """A link that is over is explained for what it is, and connecting again is offered."""
    await browser.connect(ada)
    link = await current_link(journal.services, Person(tenant="rivers", key="anne"))
    assert link is not None
    async with journal.services.database.writing() as connection:
        await end_link(connection, link, state, "because", 1.0)
    page = (await browser.get("my")).text
    assert sentence in page
    assert "Connect your ORCID iD" in page
    assert "<form" not in page
    assert (await browser.me())["state"] == state
    assert "<form" not in (await browser.get("button")).text


@pytest.mark.parametrize("path", ["", "/journals/rivers/orcid"])
async def test_public_address_decides_every_link(tmp_path: Path, path: str) -> None:
    """Behind a proxy that shows us elsewhere, links, cookie and files are where the public is."""
    async with running_journal(tmp_path, public_url=f"{ORIGIN}{path}") as journal:
        answer = await Browser(journal, "anne").get(f"{ORIGIN}/orcid/my")
        assert f'href="{ORIGIN}{path}/connect?' in answer.text
        assert f'href="{path}/static/orcid-connect.css"' in answer.text
        assert f"Path={path or '/'};" in answer.headers["set-cookie"] + ";"


async def test_a_fragment_fetched_by_the_host(journal: Journal, browser: Browser, ada: str) -> None:
    """Without our cookie the fragment sets none, and leads to the person's page to disconnect."""
    await browser.connect(ada)
    fetched = await Browser(journal, "ada").get("button")
    assert "set-cookie" not in fetched.headers
    assert "<form" not in fetched.text
    assert f'href="{PUBLIC_URL}/my"' in fetched.text
