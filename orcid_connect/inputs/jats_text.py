"""JATS markup as plain text: what a reader sees in a title or abstract, without its footnotes."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from lxml.etree import _Element as Element

_UNSEEN_WORDS: Final = (
    "fn email index-term index-term-range-end graphic inline-graphic media inline-media "
    "object-id contrib-group aff address annotation annotation-xml rt rp def label alt-text "
    "long-desc milestone-start milestone-end processing-meta"
)
_UNSEEN: Final = frozenset(_UNSEEN_WORDS.split())
_FOOTNOTE_LINKS_WORDS: Final = "fn author-notes author-note corresp aff contrib table-fn note"
_FOOTNOTE_LINKS: Final = frozenset(_FOOTNOTE_LINKS_WORDS.split())
_BREAKING: Final = frozenset(["break", "p", "title", "sec", "list-item", "disp-formula"])
_TEX_DOCUMENT: Final = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_DOI_ONLY: Final = re.compile(r"(?:doi:?\s*)?(?:https?://(?:dx\.)?doi\.org/\S+|10\.\S+)", re.I)
_BEST_ALTERNATIVES: Final = ("textual-form", "math", "tex-math")


def plain_text(element: Element | None) -> str | None:
    """Return an element's text on one line, None if nothing is there to read."""
    if element is None:
        return None
    return " ".join("".join(_pieces(element)).split()) or None


def first_text(elements: Iterable[Element]) -> str | None:
    """Return the text of the first element that has any."""
    return next((text for element in elements if (text := plain_text(element))), None)


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _seen(child)
        yield child.tail or ""


def _seen(element: Element) -> Iterator[str]:
    name = element.tag
    if name in _UNSEEN or (name == "xref" and element.get("ref-type") in _FOOTNOTE_LINKS):
        return
    if name in _BREAKING:
        yield " "
    yield from _SPECIAL.get(str(name), _pieces)(element)
    if name in _BREAKING:
        yield " "


def _one_alternative(element: Element) -> Iterator[str]:
    for name in _BEST_ALTERNATIVES:
        found = element.find(name)
        if found is not None:
            yield from _seen(found)
            return
    for child in list(element)[:1]:
        yield from _seen(child)


def _tex(element: Element) -> Iterator[str]:
    """Take TeX out of the whole document that some publishers wrap around each formula."""
    source = "".join(_pieces(element))
    body = _TEX_DOCUMENT.search(source)
    yield (body[1] if body else source).strip().strip("$").strip()


_SPECIAL: Final[dict[str, Callable[[Element], Iterator[str]]]] = {
    "alternatives": _one_alternative,
    "name-alternatives": _one_alternative,
    "tex-math": _tex,
}


def abstract_text(abstract: Element) -> str | None:
    """Return an abstract, a paragraph a line, section titles in front of their first line."""
    return "\n".join(_paragraphs(abstract, heading=None)) or plain_text(abstract)


def _paragraphs(part: Element, heading: str | None) -> Iterator[str]:
    for child in part:
        if child.tag == "sec":
            yield from _paragraphs(child, plain_text(child.find("title")))
        elif child.tag != "title":
            text = next(iter(_seen_text(child)), None)
            if text is not None:
                yield _headed(heading, text)
                heading = None


def _seen_text(element: Element) -> Iterator[str]:
    text = " ".join("".join(_seen(element)).split())
    # Some publishers print the DOI of the abstract itself below it.
    if text and not _DOI_ONLY.fullmatch(text):
        yield text


def _headed(heading: str | None, text: str) -> str:
    if heading is None:
        return text
    return f"{heading} {text}" if heading[-1] in ":.?!" else f"{heading}: {text}"
