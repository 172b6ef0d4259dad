"""How iDs are shown: three shapes, proved or not, and that nobody can find out who is connected."""

import re
from dataclasses import replace

import pytest
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.routing import Mount

from orcid_connect import display
from orcid_connect.declarations import Person
from orcid_connect.errors import InputError
from orcid_connect.journeys.linking import current_link, disconnect
from orcid_connect.services import Services
from orcid_connect.store.people import end_link
from orcid_connect.web.app import build_app
from orcid_connect.web.display import SHAPES, Shape, display_url, identities
from orcid_connect.web.folders import locate
from orcid_connect.web.words import ShownId
from tests.web.host import PUBLIC_URL, Browser, Journal

pytestmark = pytest.mark.anyio

ORCID = "0000-0002-1825-0097"
PROVED = ShownId(ORCID, f"https://orcid.org/{ORCID}", "Ada Lovelace", None, True)
GREEN = "#A6CE39"


def words(html: str) -> str:
    """Return what a screen reader reads: texts, and labels in their places."""
    labelled = re.sub(r'<svg[^>]*aria-label="([^"]*)"[^>]*>', r" \1 ", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", labelled)).strip()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_leads_to_the_record(shape: Shape) -> None:
    """Every shape has the sign, a name that is read out, and leads to the record."""
    html = display.as_html(PROVED, shape)
    assert html.count(f'href="https://orcid.org/{ORCID}"') == 1
    assert 'role="img" aria-label="ORCID iD' in html
    assert GREEN in html
    assert "nauthenticated" not in html
    assert "style=" not in html


@pytest.mark.parametrize("shape", SHAPES)
def test_what_nobody_proved_looks_and_reads_so(shape: Shape) -> None:
    """An iD that nobody proved has another sign, not the green one, and says so in words."""
    html = display.as_html(display.unauthenticated(f"orcid.org/{ORCID}", "Ada"), shape)
    assert GREEN not in html
    assert 'stroke="currentColor"' in html
    assert "nauthenticated" in words(html)


def test_what_each_shape_says() -> None:
    """Full is the whole address, compact the sixteen characters, inline the sign alone."""
    full, compact, inline = (words(display.as_html(PROVED, shape)) for shape in SHAPES)
    assert full == f"Ada Lovelace ORCID iD https://orcid.org/{ORCID}"
    assert compact == f"Ada Lovelace ORCID iD {ORCID}"
    assert inline == "Ada Lovelace ORCID iD of Ada Lovelace"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sandbox_id_is_marked(shape: Shape) -> None:
    """An iD of the sandbox keeps its own host, and is said to be no real one."""
    html = display.as_html(display.unauthenticated(f"https://sandbox.orcid.org/{ORCID}"), shape)
    assert f'href="https://sandbox.orcid.org/{ORCID}"' in html
    assert "sandbox: not a real ORCID record" in words(html)


@pytest.mark.parametrize("shape", SHAPES)
def test_names_are_only_text(shape: Shape) -> None:
    """A name that is HTML, or writes from the other side, stays a name, and disturbs nothing."""
    name = "\"><script>alert('1')</script> \u202eevil"
    identity = ShownId(ORCID, PROVED.uri, name, None, True)
    html = display.as_html(identity, shape)
    assert "<script" not in html
    assert re.search(r"<bdi[^>]*>[^<]*&#34;&gt;", html)


def test_authors() -> None:
    """A list has everybody in order, by name alone who has no iD; nobody, no list."""
    listed: list[ShownId | str] = [
        PROVED,
        "Grace Hopper <g>",
        display.unauthenticated(ORCID, "Émilie du Châtelet"),
    ]
    html = display.authors_as_html(listed)
    assert html.count("<li>") == 3
    assert words(html) == (
        "Ada Lovelace ORCID iD of Ada Lovelace Grace Hopper &lt;g&gt;"
        "Émilie du Châtelet Unauthenticated ORCID iD of Émilie du Châtelet"
    )
    assert display.authors_as_html([]).strip() == ""


def test_text_for_mails() -> None:
    """In a mail an iD is its whole address, with what it is not."""
    assert display.as_text(PROVED) == f"Ada Lovelace, ORCID iD: https://orcid.org/{ORCID}"
    sandbox = display.unauthenticated(f"https://sandbox.orcid.org/{ORCID}")
    assert display.as_text(sandbox) == (
        f"ORCID iD: https://sandbox.orcid.org/{ORCID} "
        "(unauthenticated; sandbox: not a real ORCID record)"
    )
    assert display.as_text("Grace Hopper") == "Grace Hopper"


def test_a_wrong_id_is_refused() -> None:
    """What is no iD is never shown as one: a sentence says why."""
    with pytest.raises(InputError, match="last character does not fit"):
        display.unauthenticated("0000-0002-1825-0098")


async def test_the_door_shows_any_id(journal: Journal) -> None:
    """Anybody may have an iD shown, in any shape; others may keep it, and no cookie comes along."""
    answer = await Browser(journal).get(f"display/{ORCID}?shape=inline&name=Ada+%3Cb%3E&lang=en")
    assert answer.status_code == 200
    assert "Unauthenticated ORCID iD of Ada &lt;b&gt;" in answer.text
    assert "<html" not in answer.text
    assert f'href="{PUBLIC_URL}/static/orcid-connect.css"' in answer.text
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in answer.headers
    unsaid = await Browser(journal).get(f"display/{ORCID}")
    assert unsaid.headers["cache-control"] == "private, max-age=300"
    assert journal.sim.base_url in unsaid.text


async def test_the_door_speaks_the_language_asked_for(journal: Journal) -> None:
    """In Arabic what is shown reads from the right, and the iD itself from the left."""
    answer = await Browser(journal).get(f"display/{ORCID}?lang=ar")
    assert '<span class="oc-display" lang="ar" dir="rtl">' in answer.text
    assert '<bdi dir="ltr">' in answer.text


def test_in_a_template_of_the_host() -> None:
    """One line makes iDs available to a host's own templates, which escape all else."""
    templates = Environment(autoescape=True)
    templates.globals["orcid_id"] = display.as_html
    shown = templates.from_string("<i>{{ orcid_id(author, 'compact') }}</i>").render(author=PROVED)
    assert shown == f"<i>{display.as_html(PROVED, 'compact')}</i>"


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("display/0000-0002-1825-0098", 404, "This is no ORCID iD"),
        ("display/%22%3E%3Cscript%3E", 404, "This is no ORCID iD"),
        (f"display/{ORCID}?shape=huge", 400, "full, compact, inline"),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_the_door_refuses(
    journal: Journal, address: str, status: int, sentence: str, accept: str
) -> None:
    """What is no iD or no shape is said in a sentence, on a page or as a problem, never kept."""
    answer = await Browser(journal).get(address, headers={"Accept": accept})
    assert answer.status_code == status
    assert sentence in answer.text
    assert "<script>" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_nobody_finds_out_who_is_connected(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """Whoever asks is told the same of the connected and of the others; only the host may show."""
    await browser.connect(ada)
    for asked in ("", "?tenant=rivers", "?tenant=rivers&proof=x", "?tenant=rivers&proof=%C3%A9"):
        shown = await Browser(journal).get(f"display/{ada}{asked}")
        assert "(unauthenticated)" in shown.text, asked
    signed = display_url(journal.settings, "rivers", ada, "full", "Ada")
    shown = await Browser(journal).get(signed)
    assert "(unauthenticated)" not in shown.text
    assert GREEN in shown.text
    for forged in (
        signed.replace("name=Ada", "name=Eve"),
        signed.replace("tenant=rivers", "tenant=lakes"),
        signed.replace(ada, ORCID),
    ):
        assert "(unauthenticated)" in (await Browser(journal).get(forged)).text, forged


async def test_a_signed_address_does_not_outlive_the_connection(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """Withdrawn at ORCID the iD is still proved; disconnected here it is shown as that no more."""
    await browser.connect(ada)
    signed = display_url(journal.settings, "rivers", ada, "compact", "")
    link = await current_link(journal.services, Person(tenant="rivers", key="anne"))
    assert link is not None
    async with journal.services.database.writing() as connection:
        await end_link(connection, link, "revoked", "withdrawn", 1.0)
    assert GREEN in (await browser.get(signed)).text
    await browser.connect(ada)
    await disconnect(journal.services, "rivers", "anne")
    assert GREEN not in (await browser.get(signed)).text


async def test_authors_of_the_host(journal: Journal, browser: Browser, ada: str) -> None:
    """A host's author list is read in one go: proved, only written down, and none at all."""
    await browser.connect(ada)
    given = [("Ada", f"https://orcid.org/{ada}"), ("Bert", ORCID), ("Carl", "n/a"), ("Dora", "")]
    first, second, *names = await identities(journal.services, "rivers", given)
    assert first == ShownId(ada, f"{journal.sim.base_url}/{ada}", "Ada", "simulator", True)
    assert second == ShownId(ORCID, f"https://orcid.org/{ORCID}", "Bert", None, False)
    assert names == ["Carl", "Dora"]
    [elsewhere] = await identities(journal.services, "lakes", [("Ada", ada)])
    assert isinstance(elsewhere, ShownId)
    assert not elsewhere.authenticated


async def test_a_tenant_there_is_not(journal: Journal) -> None:
    """Where every credential is somebody's, a foreign tenant is answered as not there."""
    credential = journal.credential.model_copy(update={"tenants": ("rivers",)})
    settings = journal.settings.model_copy(update={"credentials": (credential,)})

    async def get_services() -> Services:
        return replace(journal.services, settings=settings)

    journal.app = Starlette(routes=[Mount("/orcid", build_app(get_services, lambda: None))])
    browser = Browser(journal)
    assert (await browser.get(f"display/{ORCID}?tenant=lakes")).status_code == 404
    assert (await browser.get(f"display/{ORCID}?tenant=rivers")).status_code == 200
    assert (await browser.get(f"display/{ORCID}")).status_code == 200


def test_no_template_has_a_field_for_an_id() -> None:
    """No template of ours has any field but hidden ones and the filters of the administration."""
    for path in locate("templates").rglob("*.html"):
        text = path.read_text()
        fields = re.findall(r"<(?:input|textarea)\b[^>]*>", text)
        typed = [one for one in fields if 'type="hidden"' not in one]
        assert not re.search(r"orcid", " ".join(typed), re.IGNORECASE), path.name
        if path.parent.name != "admin":
            assert not [
                one for one in typed if 'type="radio"' not in one and 'type="checkbox"' not in one
            ], path.name
