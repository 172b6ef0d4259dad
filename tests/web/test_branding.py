"""ORCID's rules for its name and its sign (REGISTRY.md 11), over everything that people see."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import orcid_connect
from orcid_connect.languages import CATALOGUES
from orcid_connect.web.folders import locate
from tests.support.catalogues import extracted
from tests.support.ledger import delivery
from tests.web.host import Browser, Journal, running_journal
from tests.web.test_admin import Editors, some_deliveries
from tests.web.test_pages import every_page

pytestmark = pytest.mark.anyio

MISSPELT = re.compile(r"(?i:\borcid[ -]?ids?\b)")
RIGHT = re.compile(r"ORCID iDs?")
GREEN = "#A6CE39"
ICONS = {
    "snippets/identity.html": "the macro of the sign",
    "static/orcid-id.svg": "the sign as a file",
    "embed.js": "the sign of the element",
}
"""The only places of the green."""


def misspelt(text: str) -> Iterator[str]:
    """Find the iD's name in any spelling but ORCID's."""
    for found in MISSPELT.findall(text):
        if not RIGHT.fullmatch(found):
            yield found
    yield from re.findall(r"\bOrcid\b", text)


def test_the_name_is_written_as_orcid_writes_it() -> None:
    """Every sentence of ours, in every language, says ORCID and ORCID iD."""
    sentences = {one if isinstance(one, str) else " ".join(one) for one in extracted()}
    assert len(sentences) > 100
    for file in CATALOGUES.glob("*.po"):
        with file.open("rb") as opened:
            catalogue = read_po(opened)
        for message in catalogue:
            forms = [message.string] if isinstance(message.string, str) else message.string
            sentences.update(form for form in forms or () if form and message.id)
    assert [one for one in sentences if list(misspelt(one))] == []


def test_a_misspelt_name_is_found() -> None:
    """What nobody may write is found."""
    for wrong in ("Your ORCID ID", "an Orcid iD", "the orcid id", "Orcid", "ORCID-Id"):
        assert list(misspelt(wrong)), wrong
    assert not list(misspelt("Your ORCID iD and other ORCID iDs at ORCID"))


def test_green_belongs_to_the_sign() -> None:
    """The iD's green is in the sign and nowhere else, neither in templates nor in our code."""
    templates = locate("templates")
    found = {
        str(path.relative_to(templates)): path.read_text().upper().count(GREEN)
        for path in templates.rglob("*")
        if path.is_file()
    }
    assert {name: count for name, count in found.items() if count} == dict.fromkeys(ICONS, 1)
    package = Path(orcid_connect.__file__).parent
    for path in package.rglob("*.py"):
        if "simulator" not in path.parts:
            assert GREEN not in path.read_text().upper(), path.name


async def test_every_id_has_its_sign(journal: Journal, browser: Browser) -> None:
    """Wherever a page leads to a record, the sign stands with the iD, and says what it is."""
    shown = 0
    record = re.escape(journal.sim.base_url)
    for name, page in (await every_page(journal, browser)).items():
        for text in re.findall(rf'<a [^>]*href="{record}/[\dX-]{{19}}"[^>]*>(.*?)</a>', page, re.S):
            assert 'class="oc-icon"' in text, name
            assert 'aria-label="ORCID iD"' in text, name
            shown += 1
        plain = re.sub(r"<a .*?</a>|<[^>]+>", "", page, flags=re.S)
        assert not re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", plain), name
    assert shown > 3


async def test_nothing_else_is_green_by_name(journal: Journal, browser: Browser) -> None:
    """Only buttons that lead to ORCID have the sign, and they say so in words of ours."""
    for name, page in (await every_page(journal, browser)).items():
        for href in re.findall(r'<a class="oc-button" href="([^"]*)"><svg', page):
            assert re.search(r"/(connect|signin)\?", href), (name, href)


async def test_the_administration_too(tmp_path: Path) -> None:
    """In the administration an iD has its sign as well."""
    async with running_journal(tmp_path, [Editors()]) as journal:
        await some_deliveries(journal)
        browser = Browser(journal, "edith")
        pages = [(await browser.get("admin/deliveries")).text]
        pages.append((await browser.get(f"admin/deliveries/{delivery(3).id}")).text)
    for page in pages:
        ids = re.findall(r">(.{0,9})<bdi dir=\"ltr\">\d{4}-\d{4}-\d{4}-\d{3}[\dX]<", page)
        assert ids
        assert page.count('aria-label="ORCID iD"') == len(ids)
