"""The byline of a JATS article: who is printed as an author, in order, and how.

Editors and reviewers of an article, members of a group author and everybody in sub-articles are
not in the byline, so no work is ever sent to them. E-mail addresses are never read.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lxml.etree import _Element as Element

from orcid_connect.declarations import Affiliation, Contributor
from orcid_connect.errors import InputError
from orcid_connect.identifiers import parse_orcid
from orcid_connect.inputs.jats_affiliations import affiliations_of, shared_affiliations
from orcid_connect.inputs.jats_text import first_text, plain_text
from orcid_connect.inputs.jats_words import credit_role

MOST_CONTRIBUTORS: Final = 20_000
"""Contributors an article may name; the largest collaborations print about 5,000."""

_AUTHORS_WORDS: Final = (
    "author authors person corresp corresponding corresponding-author lead-author first-author "
    "senior-author co-author coauthor joint-author equal-author group collab collaboration "
    "organization"
)
_AUTHORS: Final = frozenset(_AUTHORS_WORDS.split())
_OUTSIDE_BYLINE: Final = ("non-byline", "nonbyline", "member", "collaborator", "contributor-list")
_MANAGING: Final = ("editor", "reviewer", "referee", "evaluator", "assessor", "handling")
_INDEX_ONLY: Final = frozenset({"index", "search", "sort", "indexing"})
_ORCID_HOST: Final = "orcid.org/"


def byline(
    meta: Element, affiliations: Mapping[str, Affiliation], language: str | None
) -> tuple[Contributor, ...]:
    """Return the authors of an `article-meta` in the order printed.

    `affiliations` are all the article's, by id; of names in several languages the one in the
    article's `language` counts. Raises InputError for more contributors than any article has.
    """
    count = sum(len(group.findall("contrib")) for group in meta.findall("contrib-group"))
    if count > MOST_CONTRIBUTORS:
        raise InputError(
            f"Line {meta.sourceline or 1}: the article names {count} contributors; more than "
            f"{MOST_CONTRIBUTORS} are not believed."
        )
    return tuple(
        person
        for group in meta.findall("contrib-group")
        for person in _group_byline(group, affiliations, language)
    )


def _group_byline(
    group: Element, affiliations: Mapping[str, Affiliation], language: str | None
) -> Iterator[Contributor]:
    shared = shared_affiliations(group)
    for contrib in group.findall("contrib"):
        role = _byline_role(contrib, group)
        if role is not None:
            held = affiliations_of(contrib, shared, affiliations)
            yield from _people(contrib, role, held, language)


def _byline_role(contrib: Element, group: Element) -> str | None:
    """Return a contributor's role, None for one who does not stand in the byline."""
    told = _word(contrib.get("contrib-type")) or _word(group.get("content-type"))
    titles = [_word(plain_text(role)) for role in contrib.findall("role")]
    if any(sign in told for sign in _OUTSIDE_BYLINE + _MANAGING):
        return None
    if told in _AUTHORS:
        return "author"
    if any(_manages(title) for title in titles):
        return None
    return told if told in _OTHER_MAKERS else "author"


_OTHER_MAKERS: Final = frozenset({"translator", "inventor", "assignee"})


def _manages(title: str) -> bool:
    """Tell whether a role is that of an editor, but not CRediT's “review & editing”."""
    return any(title.endswith(sign) for sign in _MANAGING)


def _word(text: str | None) -> str:
    return "-".join((text or "").lower().replace("_", " ").split())


def _people(
    contrib: Element, role: str, affiliations: tuple[Affiliation, ...], language: str | None
) -> Iterator[Contributor]:
    common = {
        "role": role,
        "affiliations": affiliations,
        "corresponding": _is_corresponding(contrib),
        "credit_roles": tuple(_credit_roles(contrib)),
    }
    person = next(_names(contrib, language), None)
    if person is not None:
        orcid, authenticated = _orcid(contrib)
        fields = {**common, **person, "orcid": orcid, "orcid_authenticated": authenticated}
        yield Contributor.model_validate(fields)
    collaboration = first_text(_collaborations(contrib))
    if collaboration is not None:
        fields = {**common, "display_name": collaboration, "is_group": True}
        yield Contributor.model_validate(fields)
    if person is None and collaboration is None:
        yield Contributor.model_validate({**common, "display_name": _nameless(contrib)})


def _nameless(contrib: Element) -> str | None:
    return "Anonymous" if contrib.find("anonymous") is not None else None


def _collaborations(contrib: Element) -> Iterable[Element]:
    """Return the elements that may hold a group's name; JATS 1.4 has `collab-name` for it."""
    paths = ("collab-name", "collab-wrap/collab-name", "collab/collab-name", "collab")
    alternatives = contrib.findall("collab-alternatives/collab")
    return [*(element for path in paths for element in contrib.findall(path)), *alternatives]


def _names(contrib: Element, language: str | None) -> Iterator[dict[str, str | None]]:
    for element in _name_elements(contrib, language):
        found = _name(element) if element.tag == "name" else _string_name(element)
        if any(found.values()):
            yield found


def _name_elements(contrib: Element, language: str | None) -> list[Element]:
    """Return a contributor's name elements, the one printed in the article's language first."""
    elements = [
        element
        for holder in (contrib, *contrib.findall("name-alternatives"))
        for element in holder
        if element.tag in ("name", "string-name")
    ]
    wanted = _main_language(language)
    return sorted(
        elements,
        key=lambda one: (
            _is_for_index(one),
            wanted is None or _main_language(one.get("lang")) != wanted,
        ),
    )


def _main_language(tag: str | None) -> str | None:
    return (tag or "").lower().replace("_", "-").partition("-")[0] or None


def _is_for_index(element: Element) -> bool:
    uses = (element.get("specific-use") or "", element.get("content-type") or "")
    return any(use.lower() in _INDEX_ONLY for use in uses)


def _name(element: Element) -> dict[str, str | None]:
    given = first_text(element.findall("given-names"))
    family = first_text(element.findall("surname"))
    suffix = first_text(element.findall("suffix"))
    style = (element.get("name-style") or "western").lower()
    display = None
    if style == "eastern" and given and family:
        display = " ".join(part for part in (family, given, suffix) if part)
    return {
        "given_names": given,
        "family_name": family,
        "suffix": suffix,
        "display_name": display,
    }


def _string_name(element: Element) -> dict[str, str | None]:
    """Read a name printed as one string; marked parts win, as the string may be turned round."""
    marked = _name(element)
    if marked["given_names"] and marked["family_name"]:
        return marked
    return {**marked, "display_name": plain_text(element)}


def _orcid(contrib: Element) -> tuple[str | None, bool]:
    """Return the printed iD, as printed, and whether the publisher authenticated it.

    Of several the first authenticated counts, then the first that is an iD at all.
    """
    claims = [*_claims(contrib)]
    claims.sort(key=lambda claim: (not claim[1], parse_orcid(claim[0]) is None))
    return claims[0] if claims else (None, False)


def _claims(contrib: Element) -> Iterator[tuple[str, bool]]:
    for element in contrib.findall("contrib-id"):
        text = plain_text(element) or element.get("href") or ""
        if text and ("orcid" in _word(element.get("contrib-id-type")) or _ORCID_HOST in text):
            yield text, _word(element.get("authenticated")) == "true"
    # Before JATS 1.0 had `contrib-id`, iDs stood in links.
    for element in (contrib, *contrib.findall("uri"), *contrib.findall("ext-link")):
        text = element.get("href") or (plain_text(element) if element is not contrib else "") or ""
        kinds = (element.get("ext-link-type"), element.get("content-type"))
        if text and (_ORCID_HOST in text.lower() or "orcid" in map(_word, kinds)):
            yield text, False


def _is_corresponding(contrib: Element) -> bool:
    if _word(contrib.get("corresp")) == "yes":
        return True
    return any(link.get("ref-type") == "corresp" for link in contrib.iter("xref"))


def _credit_roles(contrib: Element) -> Iterator[str]:
    seen = set()
    for element in contrib.findall("role"):
        printed = (
            element.get("vocab-term-identifier"),
            element.get("content-type"),
            element.get("vocab-term"),
            plain_text(element),
        )
        role = next((found for text in printed if text and (found := credit_role(text))), None)
        if role is not None and role not in seen:
            seen.add(role)
            yield role
