"""The languages of our pages: complete, sound, chosen as the visitor or the host wishes."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from gettext import NullTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Message
from jinja2 import Environment
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from orcid_connect.hookspecs import hookimpl
from orcid_connect.languages import CATALOGUES, ENGLISH, NAMES, Language, language
from tests.support import catalogues
from tests.support.catalogues import catalogue, extracted, forms, sources, templates
from tests.support.shown import LETTERS, Shown, outside_trans
from tests.web.endings import ENDINGS
from tests.web.host import ORIGIN, Browser, Journal, running_journal
from tests.web.test_admin import Editors, page_of, some_deliveries
from tests.web.test_every_ending import stage_of
from tests.web.test_pages import Outline, every_page

pytestmark = pytest.mark.anyio

OTHERS = tuple(code for code in NAMES if code != ENGLISH)
PROPER = re.compile(r"ORCID iDs?|ORCID|\boc-[a-z-]+")
"""Names, the same in every language, and the classes of a page's body."""
DATA = re.compile(
    r"Journal of Small Rivers|https?://\S+|\d{4}-\d{4}-\d{4}-\d{3}[\dX]|simulator|sandbox"
)
FOR_PROGRAMMERS = {
    "facts.py": "answers a script of a host",
    "metrics.py": "describes metrics to whoever watches a machine",
    "signed.py": "tells the programmer of a host what is wrong with a signature",
    "tickets.py": "tells the programmer of a host what is wrong with a request",
}
"""Rooms whose sentences stay in English, as their documentation is, each with whom they address."""
QUIET = ("bdi", "time", "code", "pre", "svg")
"""Elements that hold names, times and what machines say."""
TAG = re.compile(r"<[^>]+>")
PERCENT = re.compile(r"%\((\w+)\)s|%%|%")


def messages(code: str) -> Iterator[Message]:
    """Return the messages of a catalogue, without its header."""
    return (message for message in catalogue(code) if message.id)


def said(line: str) -> bool:
    """Tell whether a line has words."""
    return LETTERS.search(line) is not None


def placeholders(text: str) -> Counter[str]:
    """Return what a sentence leaves open, and the signs that would break its filling."""
    named = Counter(match[0] for match in PERCENT.finditer(text))
    if "{" in text:
        named.update(f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name)
    return named


def of_message(message: Message) -> tuple[str, ...]:
    """Return what the sources say: one text, or two where a number goes with it."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def test_catalogues_say_everything() -> None:
    """Each sentence of the sources is in each catalogue, with all its forms; nothing else is.

    After a change of sentences: make languages, and translate what it leaves empty.
    """
    sentences = set(extracted())
    for code in OTHERS:
        assert {message.id for message in messages(code)} == sentences, code
        assert catalogues.untranslated(catalogue(code)) == [], code


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_is_sound(code: str) -> None:
    """No translation is a guess, and none loses or invents a placeholder, a tag or an address."""
    count = 6 if code == "ar" else 2
    assert catalogue(code).num_plurals == count
    for message in messages(code):
        assert not message.fuzzy, message.id
        english = of_message(message)
        assert len(english) == 1 or len(forms(message)) == count, message.id
        for text in filter(None, forms(message)):
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(english[-1])), text
            # A form for one or two may say the number in a word, as the English for one may.
            given, most = placeholders(text), placeholders(english[-1])
            assert given <= most, text
            assert len(english) > 1 or given == most, text
            assert (text.strip(), text[-1] in ".…") == (text, english[-1][-1] in ".…"), text


@pytest.mark.parametrize("code", OTHERS)
def test_catalogues_are_as_the_tool_writes_them(code: str) -> None:
    """A catalogue is sorted and has no dates or line numbers, so that changes are easy to read."""
    path = CATALOGUES / f"{code}.po"
    assert catalogues.written(code, catalogue(code)) == path.read_bytes()


def test_no_text_outside_the_catalogues() -> None:
    """Whatever a template says in words goes through the machinery of the languages."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    for name, path in templates().items():
        found = outside_trans(environment, path.read_text(encoding="utf-8"))
        words = [text for text in found if said(PROPER.sub("", text))]
        assert words == [], name


def test_no_sentence_of_a_door_outside_the_catalogues() -> None:
    """Whatever a door says in a sentence of its own goes through the machinery too."""
    for _, path, reader in sources():
        if reader == "python" and path.parent.name == "web":
            assert catalogues.unmarked(path) == [] or path.name in FOR_PROGRAMMERS, path.name


def test_a_sentence_outside_is_found(tmp_path: Path) -> None:
    """The search finds sentences and those put together, not docstrings, logs or marked ones."""
    (tmp_path / "door.py").write_text(
        '"""A docstring it is."""\nraise HTTPException(400, "Say something else.")\n'
        'log.error("It is a log.")\nA = marked("It is marked.")\nB = f"The word {A} is bad."\n'
        'C = say("A title"), say(marked("Another"))\n'
    )
    assert catalogues.unmarked(tmp_path / "door.py") == [
        "Say something else.",
        "The word 0 is bad.",
        "A title",
    ]


def test_text_outside_is_found() -> None:
    """The search for text outside finds it in elements, attributes and expressions alike."""
    found = outside_trans(
        Environment(extensions=["jinja2.ext.i18n"]),
        '<p title="{% if x %}Read{% endif %}">Go {{ x }}{% trans %}on{% endtrans %}</p>'
        '{{ link(_("Well said"), "Badly said") }}{# A remark #}<script>let x</script>',
    )
    assert found == ["Read", "Go 0", '"Badly said"']


def test_only_constants_are_translated_as_markup() -> None:
    """In templates `_` takes sentences of ours alone: what it returns is markup, never escaped."""
    for name, path in templates().items():
        for match in re.finditer(r"(?:\b_|\bgettext)\(\s*(.)", path.read_text(encoding="utf-8")):
            before = path.read_text(encoding="utf-8")[: match.start()]
            assert match[1] in "\"'" or before.endswith("language."), name


class Bracketed(NullTranslations):
    """Translates by putting every sentence into brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class Pretended(Language):
    """A language nobody speaks; its dates are written as Germans do."""

    @property
    def _locale(self) -> Locale:
        return Locale.parse("de")

    @property
    def name(self) -> str:
        return "⟦⟧"


class Speaking:
    """Middleware that answers everybody in one language."""

    def __init__(self, app: ASGIApp, spoken: Language) -> None:
        self._app = app
        self._spoken = spoken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["orcid_connect.language"] = self._spoken
        await self._app(scope, receive, send)


@pytest.fixture
async def pretending(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Journal]:
    """A journal whose pages put every sentence into brackets."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        journal.app.add_middleware(Speaking, spoken=Pretended("xx", Bracketed()))
        yield journal


def unbracketed(page: str) -> list[str]:
    """Return what a page says outside the brackets that is neither a name nor data."""
    depth, outside = 0, ""
    for letter in "\n".join(Shown(page, QUIET).texts):
        depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
        assert depth >= 0, page
        outside += letter if depth == 0 else ""
    return [line for line in DATA.sub("", PROPER.sub("", outside)).split("\n") if said(line)]


async def every_button(journal: Journal, browser: Browser) -> dict[str, str]:
    """Return the button in each of its states."""
    found = {"stranger": (await Browser(journal).get("button")).text}
    found["not connected"] = (await browser.get("button")).text
    await browser.connect(journal.sim.add_person("Ada", "Lovelace").orcid)
    found["connected"] = (await browser.get("button")).text
    return found


async def every_admin_page(journal: Journal, browser: Browser) -> dict[str, str]:
    """Return each page of the administration, empty and filled."""
    browser.sign_in("edith")
    doors = ["admin/", "admin/deliveries", "admin/coverage", "admin/deliveries?state=due&text=x"]
    found = {f"{door}, empty": (await browser.get(door)).text for door in doors}
    await some_deliveries(journal)
    doors += [page_of(number) for number in range(6)]
    doors += ["admin/?said=pause", f"{page_of(3)}?said=park", "admin/deliveries?state=nonsense"]
    doors += ["admin/coverage?tenant=journal-1", "admin/deliveries/none", "gallery"]
    return found | {door: (await browser.get(door)).text for door in doors}


async def every_ending(journal: Journal, _browser: Browser) -> dict[str, str]:
    """Return the page of each ending of connecting, and those before leaving."""
    found = {}
    for number, ending in enumerate(ENDINGS):
        browser = Browser(journal, f"account-{number}")
        address = await ending.play(stage_of(journal, browser, f"account-{number}"))
        found[ending.name] = (await browser.get(address)).text
    for door in ("connect?explain=1", "signin?explain=1", "connect?ticket=x"):
        found[door] = (await Browser(journal, "anne").get(door)).text
    return found


@pytest.mark.parametrize("group", ["pages", "admin", "buttons", "endings"])
async def test_nothing_is_said_past_the_catalogues(pretending: Journal, group: str) -> None:
    """In a language of brackets no page says anything outside of brackets."""
    pages = await GROUPS[group](pretending, Browser(pretending, "anne"))
    found = {name: words for name, page in pages.items() if (words := unbracketed(page))}
    assert found == {}


GROUPS = {
    "pages": every_page,
    "admin": every_admin_page,
    "buttons": every_button,
    "endings": every_ending,
}


async def test_every_page_in_arabic(tmp_path: Path) -> None:
    """In Arabic every page says so and turns round."""
    async with running_journal(tmp_path, [Editors()], language="ar") as journal:
        anne = Browser(journal, "anne")
        pages = await every_page(journal, anne) | await every_admin_page(journal, anne)
        buttons = await every_button(journal, Browser(journal, "bea"))
    for name, page in pages.items():
        [root] = Outline(page).all("html")
        assert (root["lang"], root["dir"]) == ("ar", "rtl"), name
    for name, fragment in buttons.items():
        root = Outline(fragment).all("div")[0]
        assert (root["lang"], root["dir"]) == ("ar", "rtl"), name


@pytest.mark.parametrize(
    ("code", "date", "distance", "count"),
    [
        ("en", "21 September 2026", "2 hours ago", 2),
        ("es", "21 de septiembre de 2026", "hace 2 horas", 2),
        ("fr", "21 septembre 2026", "il y a 2 heures", 2),
        ("de", "21. September 2026", "vor 2 Stunden", 2),
        ("pt", "21 de setembro de 2026", "há 2 horas", 2),
        ("ar", "21 سبتمبر 2026", "قبل ساعتين", 6),
    ],
)
def test_dates_and_plurals(code: str, date: str, distance: str, count: int) -> None:
    """Dates, distances and the forms that go with a number are those of the language."""
    spoken = language(code)
    assert spoken.date(1_790_000_000.0) == date
    assert spoken.distance(7200.0) == distance
    if code != ENGLISH:
        plural = spoken.translations.plural  # type: ignore[attr-defined]
        assert {plural(number) for number in range(201)} == set(range(count))


class Host:
    """A host that says which language its page is in."""

    def __init__(self, wish: object) -> None:
        self._wish = wish

    @hookimpl
    def orcid_language(self, request: Request) -> object:
        if isinstance(self._wish, Exception):
            raise self._wish
        return self._wish


async def spoken_by(browser: Browser, door: str = "my", **headers: str) -> str:
    """Return the language of an answer."""
    page = (await browser.get(door, headers=headers)).text
    return str(Outline(page).all("html")[0]["lang"])


async def test_the_address_asks(journal: Journal, browser: Browser) -> None:
    """What the address asks for is spoken, and remembered by the browser for the next pages."""
    assert await spoken_by(browser, "my?lang=fr-CA") == "fr"
    answer = await browser.get("my?lang=de")
    kept = [one for one in answer.headers.get_list("set-cookie") if "oc_language" in one]
    assert len(kept) == 1
    for part in ("oc_language=de;", "HttpOnly", "SameSite=lax", "Path=/orcid"):
        assert part in kept[0]
    assert await spoken_by(browser) == "de"
    assert await spoken_by(browser, "nowhere") == "de"
    assert await spoken_by(browser, **{"Accept-Language": "es"}) == "de"


@pytest.mark.parametrize("wish", ["xx", "", "../../de", "de\0", "<script>", "d" * 5000, "en,de"])
async def test_a_wish_that_cannot_be(journal: Journal, browser: Browser, wish: str) -> None:
    """A language there is not is no error, changes nothing and is not remembered."""
    answer = await browser.get("my", params={"lang": wish}, headers={"Accept-Language": "pt-BR"})
    assert answer.status_code == 200
    assert 'lang="pt"' in answer.text
    assert "oc_language" not in str(answer.headers.get_list("set-cookie"))
    assert "<script" not in answer.text


@pytest.mark.parametrize("value", ["xx", "", "english", "../de", "<script>", "d" * 4000, "de;"])
async def test_a_cookie_that_was_tampered_with(journal: Journal, value: str) -> None:
    """A cookie that names no language of ours is as good as none."""
    cookie = f"account=anne; oc_language={value}".encode()
    answer = await Browser(journal).client.get(
        f"{ORIGIN}/orcid/my", headers=[(b"cookie", cookie), (b"accept-language", b"ar")]
    )
    assert answer.status_code == 200
    expected = "de" if value == "de;" else "ar"
    assert Outline(answer.text).all("html")[0]["lang"] == expected


async def test_the_browser_prefers(journal: Journal, browser: Browser) -> None:
    """Where nobody chose, the browser's favourite is spoken; else what the settings say."""
    assert await spoken_by(browser, **{"Accept-Language": "ja, ar;q=0.7, fr;q=0.4"}) == "ar"
    assert await spoken_by(browser, **{"Accept-Language": "ja"}) == "en"
    assert await spoken_by(browser, **{"Accept-Language": "de," * 2000}) == "de"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [("fr", "fr"), ("pt_BR", "pt"), ("xx", "es"), (None, "es"), (7, "es"), (RuntimeError(), "es")],
)
async def test_the_host_says(tmp_path: Path, wish: object, expected: str) -> None:
    """The host's word goes before cookie and browser; one that makes no sense does not count."""
    async with running_journal(tmp_path, [Host(wish)]) as journal:
        browser = Browser(journal, "anne")
        browser.client.cookies.set("oc_language", "es", domain="journal.test")
        assert await spoken_by(browser, **{"Accept-Language": "de"}) == expected
        assert await spoken_by(browser, "my?lang=ar") == "ar"


async def test_only_what_is_offered(tmp_path: Path) -> None:
    """A host may offer fewer languages; the others are not spoken, whoever asks."""
    async with running_journal(
        tmp_path, [Host("fr")], languages=("de", "en"), language="de"
    ) as journal:
        browser = Browser(journal, "anne")
        browser.client.cookies.set("oc_language", "es", domain="journal.test")
        assert await spoken_by(browser, "my?lang=ar", **{"Accept-Language": "pt, en;q=0.1"}) == "en"
        assert await spoken_by(browser) == "de"


async def test_the_language_survives_the_way_to_orcid(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """Whoever leaves in a language is answered in it, though ORCID's link says nothing of it."""
    away = (await browser.get("connect", headers={"Accept-Language": "ar"})).headers["location"]
    browser.client.cookies.delete("oc_language")
    page = (await browser.get(journal.answer(away, ada))).text
    assert 'lang="ar" dir="rtl"' in page
