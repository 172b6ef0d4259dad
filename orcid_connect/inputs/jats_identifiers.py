"""What a JATS article is identified by, belongs to, is related to, and was paid by."""

from collections.abc import Iterable, Iterator
from typing import Final

from lxml.etree import _Element as Element

from orcid_connect.declarations import Funding, Identifier, RelatedArticle
from orcid_connect.identifiers import parse_doi
from orcid_connect.inputs.jats_text import first_text, plain_text
from orcid_connect.inputs.jats_words import identifier_type

_PDF: Final = "pdf"


def article_doi(meta: Element) -> str | None:
    """Return the DOI as printed, of several the first that is one."""
    printed = [text for kind, text in _article_ids(meta) if kind == "doi"]
    return next((text for text in printed if parse_doi(text)), printed[0] if printed else None)


def publisher_id(meta: Element) -> str | None:
    """Return the publisher's own id of the article."""
    return next((text for kind, text in _article_ids(meta) if kind == "source-work-id"), None)


def other_identifiers(meta: Element) -> tuple[Identifier, ...]:
    """Return the article's identifiers but its DOI, and the ISBNs of the volume it is in."""
    own = [Identifier(type=kind, value=text) for kind, text in _article_ids(meta) if kind != "doi"]
    books = [
        Identifier(type="isbn", value=text, relationship="part-of")
        for text in _texts(meta.findall("isbn"))
    ]
    return tuple(dict.fromkeys([*own, *books]))


def serial_numbers(journal: Element | None, meta: Element) -> tuple[str, ...]:
    """Return the ISSNs in the order printed, each once, whatever medium they are of."""
    holders = [journal, meta] if journal is not None else [meta]
    printed = (text for holder in holders for text in _texts(holder.iterfind("issn")))
    linking = (text for holder in holders for text in _texts(holder.iterfind("issn-l")))
    return tuple(dict.fromkeys([*printed, *linking]))


def _article_ids(meta: Element) -> Iterator[tuple[str, str]]:
    for element in meta.findall("article-id"):
        text = plain_text(element)
        if text is not None:
            kind = element.get("pub-id-type")
            yield ("doi" if kind is None and parse_doi(text) else identifier_type(kind)), text


def _texts(elements: Iterable[Element]) -> Iterator[str]:
    return (text for element in elements if (text := plain_text(element)))


def page_address(meta: Element) -> str | None:
    """Return the web address of the article, of its page rather than its PDF."""
    links = [
        (element.get("content-type") or "", address)
        for element in meta.findall("self-uri")
        if (address := (element.get("href") or plain_text(element) or "").strip())
        and address.lower().startswith(("http://", "https://"))
    ]
    pages = [address for kind, address in links if _PDF not in kind.lower()]
    return next(iter([*pages, *(address for _, address in links)]), None)


def licence_address(meta: Element) -> str | None:
    """Return the address of the licence, also where only its text links to it."""
    for permissions in meta.findall("permissions"):
        for licence in permissions.findall("license"):
            addresses = (
                licence.get("href"),
                first_text(licence.iter("license_ref")),
                *(link.get("href") for link in licence.iter("ext-link")),
            )
            found = next((address.strip() for address in addresses if address), None)
            if found is not None:
                return found
    return first_text(meta.iterfind("permissions/license_ref"))


def funding(meta: Element) -> tuple[Funding, ...]:
    """Return a grant for each award number, and one for each funder without any."""
    grants = [grant for group in meta.iter("award-group") for grant in _grants(group)]
    if not grants:
        grants = [*_older_grants(meta)]
    return tuple(dict.fromkeys(grants))


def _grants(group: Element) -> Iterator[Funding]:
    sources = group.findall("funding-source")
    funder = first_text(_funder_names(sources)) or first_text(sources)
    funder_id = first_text(_funder_ids(sources))
    awards = [element for element in group.findall("award-id") if plain_text(element)]
    for element in awards:
        address = element.get("href") or group.get("href")
        yield Funding(
            funder=funder, funder_id=funder_id, award=plain_text(element), award_url=address
        )
    if not awards and funder is not None:
        yield Funding(funder=funder, funder_id=funder_id)


def _funder_names(sources: Iterable[Element]) -> Iterator[Element]:
    return (name for source in sources for name in source.iter("institution"))


def _funder_ids(sources: Iterable[Element]) -> Iterator[Element]:
    return (name for source in sources for name in source.iter("institution-id"))


def _older_grants(meta: Element) -> Iterator[Funding]:
    """Read `contract-num` and `contract-sponsor`, which stood for funding before NLM 3.0."""
    funder = first_text(meta.iter("contract-sponsor"))
    for number in _texts(meta.iter("contract-num")):
        yield Funding(funder=funder, award=number)


def related_articles(meta: Element) -> tuple[RelatedArticle, ...]:
    """Return the works this one is related to, its preprint's event included."""
    links = [*meta.iter("related-article"), *meta.iter("related-object")]
    found = [related for element in links if (related := _related(element)) is not None]
    return tuple(dict.fromkeys([*found, *_preprint_events(meta)]))


def _related(element: Element) -> RelatedArticle | None:
    relation = (
        element.get("related-article-type")
        or element.get("link-type")
        or element.get("content-type")
        or element.get("specific-use")
    )
    number = element.get("href") or element.get("document-id") or element.get("object-id")
    if not number or not number.strip():
        return None
    kind = element.get("ext-link-type") or element.get("document-id-type")
    return RelatedArticle(
        relation=relation or "related",
        identifier_type=_kind_of_link(kind, number),
        identifier=number.strip(),
    )


def _kind_of_link(kind: str | None, number: str) -> str:
    if parse_doi(number) is not None:
        return "doi"
    known = identifier_type(kind)
    if known == "other-id" and "://" in number:
        return "uri"
    return known


def _preprint_events(meta: Element) -> Iterator[RelatedArticle]:
    for link in meta.iterfind("pub-history/event/self-uri"):
        address = (link.get("href") or "").strip()
        if address and (link.get("content-type") or "").lower() == "preprint":
            yield RelatedArticle(
                relation="preprint",
                identifier_type=_kind_of_link(None, address),
                identifier=address,
            )
