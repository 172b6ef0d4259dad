"""The tags and the view in a real Django."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import django
import httpx
import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, ImproperlyConfigured
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.urls import include, path, resolve
from django.utils import translation

from orcid_connect import Credential, OrcidConnect, Person, Settings, display
from tests.support.keys import SECRET_KEY

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ORCID = "0000-0002-1825-0097"
PROVED = display.ShownId(ORCID, f"https://orcid.org/{ORCID}", "Ada", None, True)
SITE = "orcid_connect_django_test_site"


@dataclass
class User:
    """Somebody signed in at the site."""

    pk: int | None = None

    @property
    def is_authenticated(self) -> bool:
        return self.pk is not None

    def get_full_name(self) -> str:
        return "Ada Lovelace"


@pytest.fixture(scope="module", autouse=True)
def site() -> Iterator[ModuleType]:
    """A Django site that mounts nothing: orcid_connect runs beside it."""
    made = sys.modules[SITE] = ModuleType(SITE)
    if not settings.configured:
        settings.configure()
        django.setup()
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
    with override_settings(
        INSTALLED_APPS=["orcid_connect_django"],
        TEMPLATES=[engine],
        ROOT_URLCONF=SITE,
        ALLOWED_HOSTS=["journal.test"],
        LOGIN_URL="/signin",
        ORCID_CONNECT=f"{SITE}.orcid",
        ORCID_CONNECT_TENANT="rivers",
    ):
        views = path("orcid-connect/", include("orcid_connect_django.urls"))
        made.urlpatterns = [views]  # type: ignore[attr-defined]
        yield made
    del sys.modules[SITE]


@pytest.fixture(autouse=True)
def orcid(site: ModuleType, tmp_path: Path) -> OrcidConnect:
    """The site's object, on another host than Django."""
    credential = Credential(client_id="APP-1", client_secret=SECRET_KEY, environment="simulator")
    site.orcid = OrcidConnect(  # type: ignore[attr-defined]
        Settings(
            public_url="http://orcid.test/orcid",
            secret_keys=(SECRET_KEY,),
            credentials=(credential,),
            database=str(tmp_path / "orcid.sqlite"),
            return_origins=("http://journal.test",),
            engine="off",
        )
    )
    found: OrcidConnect = site.orcid
    return found


def rendered(text: str, user: Any = None, **values: Any) -> str:
    """Return what a template of the site gives."""
    request = RequestFactory(headers={"host": "journal.test"}).get("/submit?step=2")
    request.user = user or User()
    context = Context({"request": request, **values})
    return str(Template("{% load orcid %}" + text).render(context))


def viewed(query: str, user: Any = None) -> HttpResponse:
    """Return the view's answer."""
    request = RequestFactory().get(f"/orcid-connect/connect/{query}")
    request.user = user or User()
    answer: HttpResponse = resolve(request.path).func(request)
    return answer


def test_the_button() -> None:
    """Who is signed in gets the element, leading to the view and back to this page."""
    html = rendered('{% orcid_button purpose="read" size="large" %}', User(pk=7))
    assert html.startswith('<orcid-connect href="/orcid-connect/connect/?return_to=http%3A%2F%2F')
    assert "journal.test%2Fsubmit%3Fstep%3D2&amp;purpose=read" in html
    assert 'size="large"' in html
    assert "watch=" in html
    assert ">Connect your ORCID iD</a></orcid-connect>" in html


def test_the_button_for_strangers() -> None:
    """Who is not signed in is told to."""
    html = rendered("{% orcid_button %}")
    assert "Sign in first" in html
    assert "orcid-connect" not in html


def test_the_head(orcid: OrcidConnect) -> None:
    """The style sheet and the script come from where orcid_connect is, with the fingerprint."""
    html = rendered("{% orcid_head %}")
    assert 'href="http://orcid.test/orcid/static/orcid-connect.css"' in html
    assert str(orcid.script) in html


def test_ids() -> None:
    """What is written down is unauthenticated, what was proved is not, what is wrong is a name."""
    assert "(unauthenticated)" in rendered("{% orcid_id given %}", given=f"orcid.org/{ORCID}")
    assert "unauthenticated" not in rendered("{% orcid_id given %}", given=PROVED)
    wrong = rendered(
        '{% orcid_id "0000-0002-1825-0098" name=name shape="inline" %}', name="Ada <b>"
    )
    assert wrong == '<bdi class="oc-inline">Ada &lt;b&gt;</bdi>'
    assert rendered("{% orcid_id given %}", given=None) == ""


def test_authors_in_the_language_of_the_page() -> None:
    """A list of authors speaks the language that Django speaks."""
    with translation.override("de"):
        html = rendered("{% orcid_authors given %}", given=[PROVED, "Grace"])
    assert html.count("<li>") == 2
    assert GERMAN in html


GERMAN = display.as_html(PROVED, "inline", "de")


@pytest.mark.anyio
async def test_the_view_hands_over_who_is_signed_in(orcid: OrcidConnect) -> None:
    """The view leads to orcid_connect with a ticket that lets in, and says which site led there."""
    answer = viewed("?return_to=http://journal.test/submit&display=popup", User(pk=7))
    assert answer.status_code == 302
    assert answer["Referrer-Policy"] == "origin"
    assert "no-cache" in answer["Cache-Control"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(orcid)) as browser:
        headers = {"Sec-Fetch-Site": "cross-site", "Referer": "http://journal.test/"}
        arrived = await browser.get(_below(answer["Location"]), headers=headers)
        assert arrived.status_code == 303
        assert "display=popup" in arrived.headers["location"]
    await orcid.close()


def _below(url: str) -> str:
    """Return an address as the app sees it below its mount point."""
    return url.replace("/orcid/", "/", 1)


@pytest.mark.parametrize("query", ["?return_to=https://evil.example/", "?return_to=//evil.example"])
def test_the_view_leads_nowhere_else(query: str) -> None:
    """An address to return to that is not the site's is refused."""
    with pytest.raises(BadRequest, match="not on this site"):
        viewed(query, User(pk=7))


def test_the_view_for_strangers() -> None:
    """Who is not signed in signs in first, and comes back."""
    answer = viewed("?purpose=read")
    assert answer["Location"].startswith(
        "/signin?next=%2Forcid-connect%2Fconnect%2F%3Fpurpose%3Dread"
    )


def test_a_function_of_the_site(monkeypatch: pytest.MonkeyPatch, site: ModuleType) -> None:
    """A site may say itself who is there."""
    who = Person(tenant="lakes", key="anne")
    site.who = lambda request: who if request else None  # type: ignore[attr-defined]
    monkeypatch.setattr(settings, "ORCID_CONNECT_PERSON", f"{SITE}.who", raising=False)
    assert "<orcid-connect" in rendered("{% orcid_button %}")


@pytest.mark.parametrize("setting", ["", f"{SITE}.urlpatterns"])
def test_a_setting_that_names_nothing(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    """A missing or wrong setting is told by its name."""
    monkeypatch.setattr(settings, "ORCID_CONNECT", setting)
    with pytest.raises(ImproperlyConfigured, match="ORCID_CONNECT"):
        rendered("{% orcid_head %}")
