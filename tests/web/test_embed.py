"""The script of the element, as it is sent: small, the same for all, and in all languages."""

import gzip
import re

import pytest

from orcid_connect.languages import NAMES
from orcid_connect.web.embed import embed_integrity, embed_script
from orcid_connect.web.folders import locate
from tests.web.host import Browser, Journal

pytestmark = pytest.mark.anyio
MOST_BYTES = 5_000


def test_it_is_small() -> None:
    """With its sentences in six languages it is under 5 kB, compressed as servers do."""
    assert len(gzip.compress(embed_script().encode(), 9)) < MOST_BYTES


def test_it_speaks_every_language() -> None:
    """Each language has its sentences in it, and nothing is left to be put in."""
    script = embed_script()
    for code in NAMES:
        assert f'"{code}":["' in script
    assert not re.search(r"__\w+__", script)


def test_it_runs_under_any_policy() -> None:
    """It makes no HTML of texts, evaluates none, sets no style attribute and loads nothing."""
    script = embed_script()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval(",
        "Function(",
        ".style",
        "document.write",
        "import",
        "localStorage",
        "document.cookie",
    ):
        assert word not in script, word
    addresses = set(re.findall(r"https?://[^\"'`\s]+", script))
    assert addresses == {"http://www.w3.org/2000/svg", "https://orcid.org/"}


def test_its_sign_is_the_same_drawing() -> None:
    """The sign in the script is the one of our pages and of the file."""
    drawn = r'd[=:] ?"(M[^"]+)"'
    file = (locate("templates") / "static" / "orcid-id.svg").read_text()
    macro = (locate("templates") / "snippets" / "identity.html").read_text()
    paths = {tuple(re.findall(drawn, text)) for text in (embed_script(), file, macro)}
    assert len(paths) == 1


async def test_how_it_is_sent(journal: Journal) -> None:
    """Any site's page may load and keep it, under the fingerprint that we tell."""
    answer = await Browser(journal).get("embed.js?lang=fr")
    assert answer.text == embed_script()
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["etag"] == f'"{embed_integrity()}"'
    assert "set-cookie" not in answer.headers
    again = {"If-None-Match": answer.headers["etag"]}
    assert (await Browser(journal).get("embed.js", headers=again)).status_code == 304
