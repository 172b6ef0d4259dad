"""JATS to `Article`, by the standard: JATS 1.0 to 1.4 (green, blue) and NLM 2.3 and 3.0.

Facts are kept as printed, right or wrong, for the mapping to say. Only the article's own front
matter is read: sub-articles, responses, body and references have authors and DOIs of their own.
"""

from collections.abc import Iterator
from datetime import datetime

from lxml.etree import _Element as Element

from orcid_connect.declarations import KEY_LENGTH, Article, TranslatedTitle
from orcid_connect.errors import InputError
from orcid_connect.identifiers import parse_doi
from orcid_connect.inputs.jats_affiliations import affiliations_by_id
from orcid_connect.inputs.jats_dates import publication_date
from orcid_connect.inputs.jats_identifiers import (
    article_doi,
    funding,
    licence_address,
    other_identifiers,
    page_address,
    publisher_id,
    related_articles,
    serial_numbers,
)
from orcid_connect.inputs.jats_people import byline
from orcid_connect.inputs.jats_text import abstract_text, first_text, plain_text
from orcid_connect.inputs.jats_words import notice_kind, work_type
from orcid_connect.inputs.xml_source import local_name, parse_xml, simplify

MAIN_ABSTRACTS = frozenset({"", "main", "abstract", "normal", "structured", "section"})
"""Values of `abstract-type` that mean the abstract itself, not a teaser, digest or picture."""


def read_jats(source: bytes, *, tenant: str, as_of: datetime, key: str | None = None) -> Article:
    """Return the article of a JATS file.

    The key is the DOI in lower case, else the publisher's own id, unless given. Raises InputError,
    in one line that says what and where.
    """
    article = _the_article(parse_xml(source))
    front = _child(article, "front")
    if front is None:
        raise InputError(f"Line {article.sourceline or 1}: the article has no <front>.")
    simplify(front)
    meta = front.find("article-meta")
    if meta is None:
        raise InputError(f"Line {front.sourceline or 1}: the front has no <article-meta>.")
    return _article(article, front.find("journal-meta"), meta, tenant, as_of, key)


def _the_article(root: Element) -> Element:
    if local_name(root) == "article":
        return root
    inside = [
        element for element in root.iter("{*}article") if _child(element, "front") is not None
    ]
    if len(inside) == 1:
        return inside[0]
    where = f"Line {root.sourceline or 1}"
    if inside:
        raise InputError(f"{where}: the file holds {len(inside)} articles; give one at a time.")
    raise InputError(
        f"{where}: this is not JATS: the outermost element is <{local_name(root)}>, not <article>."
    )


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local_name(child) == name), None)


def _article(
    article: Element,
    journal: Element | None,
    meta: Element,
    tenant: str,
    as_of: datetime,
    key: str | None,
) -> Article:
    language = _language(article)
    in_proceedings = meta.find("conference") is not None
    kind = work_type(article.get("article-type"), _subjects(meta), in_proceedings=in_proceedings)
    published = publication_date(meta.findall("pub-date"), of_preprint=kind == "preprint")
    return Article(
        tenant=tenant,
        key=key or _own_key(meta),
        as_of=as_of,
        type=kind,
        title=plain_text(meta.find("title-group/article-title")) or "",
        subtitle=_joined(meta.findall("title-group/subtitle")),
        translated_titles=tuple(_translated_titles(meta)),
        abstract=_abstract(meta, language),
        journal=_journal_title(journal),
        issns=serial_numbers(journal, meta),
        volume=plain_text(meta.find("volume")),
        issue=plain_text(meta.find("issue")),
        pages=_pages(meta),
        doi=article_doi(meta),
        identifiers=other_identifiers(meta),
        url=page_address(meta),
        published=published.date,
        language=language,
        contributors=byline(meta, affiliations_by_id(meta), language),
        funding=funding(meta),
        licence_url=licence_address(meta),
        related=related_articles(meta),
        reading_notes=published.notes,
        notice=notice_kind(article.get("article-type")),
    )


def _own_key(meta: Element) -> str:
    doi = article_doi(meta)
    parsed = parse_doi(doi) if doi else None
    others = (entry.value for entry in other_identifiers(meta) if entry.relationship == "self")
    key = (parsed and parsed.lower()) or publisher_id(meta) or next(others, None)
    if key is None or len(key) > KEY_LENGTH:
        raise InputError(
            f"Line {meta.sourceline or 1}: the article has no usable identifier (DOI or "
            "publisher's id); give it a key."
        )
    return key


def _language(article: Element) -> str | None:
    name = "{http://www.w3.org/XML/1998/namespace}lang"
    return (article.get(name) or article.get("lang") or "").strip() or None


def _subjects(meta: Element) -> frozenset[str]:
    subjects = meta.iterfind("article-categories/subj-group/subject")
    return frozenset((plain_text(subject) or "").lower() for subject in subjects)


def _translated_titles(meta: Element) -> Iterator[TranslatedTitle]:
    for group in meta.findall("title-group/trans-title-group"):
        title, subtitle = group.find("trans-title"), group.findall("trans-subtitle")
        yield from _translated(group, title, subtitle)
    # Before NLM 3.0 the titles stood alone; a translated subtitle then followed its title.
    for title in meta.findall("title-group/trans-title"):
        following = title.getnext()
        if following is not None and following.tag == "trans-subtitle":
            yield from _translated(title, title, [following])
        else:
            yield from _translated(title, title, [])


def _translated(
    holder: Element, title: Element | None, subtitles: list[Element]
) -> Iterator[TranslatedTitle]:
    text = plain_text(title)
    if title is not None and text is not None:
        language = holder.get("lang") or title.get("lang") or ""
        subtitle = _joined(subtitles)
        yield TranslatedTitle(
            title=f"{text}: {subtitle}" if subtitle else text, language=language.strip()
        )


def _joined(elements: list[Element]) -> str | None:
    return ": ".join(text for element in elements if (text := plain_text(element))) or None


def _abstract(meta: Element, language: str | None) -> str | None:
    main = [
        element
        for element in meta.findall("abstract")
        if (element.get("abstract-type") or "").lower() in MAIN_ABSTRACTS
    ]
    main.sort(key=lambda element: (element.get("lang") or language) != language)
    return next((text for element in main if (text := abstract_text(element))), None)


def _journal_title(journal: Element | None) -> str | None:
    if journal is None:
        return None
    return first_text([*journal.iter("journal-title"), *journal.iter("abbrev-journal-title")])


def _pages(meta: Element) -> str | None:
    first, last = plain_text(meta.find("fpage")), plain_text(meta.find("lpage"))
    if first is not None:
        return first if last in (None, first) else f"{first}-{last}"
    return plain_text(meta.find("page-range")) or plain_text(meta.find("elocation-id"))
