"""The identifiers of a work: what names it, what it is part of, a version of, or paid by.

How an identifier stands to the work follows from its type and the work's, not from habit: an ISSN
as `self` would make ORCID group a whole journal into one work (REGISTRY.md 3.6).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from orcid_connect.codec.cautions import is_isbn
from orcid_connect.codec.normalize import normalize, normalized
from orcid_connect.codec.vocabulary import IDENTIFIER_TYPES
from orcid_connect.declarations import Article, Identifier, RelatedArticle, Relationship
from orcid_connect.identifiers import doi_url, parse_doi, parse_issn
from orcid_connect.mapping.outcome import Findings
from orcid_connect.mapping.text import tidy
from orcid_connect.mapping.urls import usable_url
from orcid_connect.records import ExternalId

BOOK_TYPES: Final = frozenset(
    {"book", "edited-book", "conference-proceedings", "dissertation-thesis", "manual", "report"}
)
"""Work types that an ISBN names as a whole."""

LOCAL_TYPES: Final = frozenset({"source-work-id", "other-id"})
"""Types whose values are unique within one publisher only.

ORCID groups works of different sources by them, so a bare one would join strangers' works.
"""


def external_ids(
    article: Article,
    findings: Findings,
    others: Iterable[Identifier] = (),
    versions: Iterable[RelatedArticle] = (),
) -> tuple[ExternalId, ...]:
    """Return every identifier of the work, the best `self` first, each once.

    `versions` are the related works to name as versions, `others` the identifiers of those that
    are versions of it on another's word.
    """
    found = [
        *_own_doi(article, findings),
        *_declared(article, findings),
        *_serials(article, findings),
        *_versions(article, versions, findings),
        *_other_versions(others, findings),
        *_grants(article, findings),
    ]
    if not any(identifier.relationship == "self" for identifier in found):
        found = [*_last_resort(article, findings), *found]
    return tuple(_each_once(found))


def checked_doi(text: str, path: str, findings: Findings) -> ExternalId:
    """Return a DOI as `self`; one that is no DOI is a caution about identity, kept as printed."""
    bare = parse_doi(text)
    if bare is None:
        findings.caution(
            path,
            "doi-malformed",
            f"“{text}” is not a DOI; a DOI looks like 10.1234/abc. Correct it at its source.",
            identity=True,
        )
        return ExternalId(type="doi", value=text, relationship="self")
    return ExternalId(type="doi", value=bare, relationship="self", url=doi_url(bare))


def _own_doi(article: Article, findings: Findings) -> Iterator[ExternalId]:
    printed = tidy(article.doi, "doi", findings)
    if printed is not None:
        yield checked_doi(printed, "doi", findings)
    elif not any(entry.type == "doi" for entry in article.identifiers):
        findings.caution(
            "doi",
            "no-doi",
            "The article has no DOI. Declare it again when it has one.",
        )


def _declared(article: Article, findings: Findings) -> Iterator[ExternalId]:
    for index, entry in enumerate(article.identifiers):
        path = f"identifiers[{index}]"
        value = tidy(entry.value, f"{path}.value", findings)
        if value is not None and entry.type not in LOCAL_TYPES:
            yield from _one_declared(entry, value, article, path, findings)


def _one_declared(
    entry: Identifier, value: str, article: Article, path: str, findings: Findings
) -> Iterator[ExternalId]:
    relationship = _standing(entry, article.type)
    if relationship != entry.relationship:
        findings.caution(
            f"{path}.relationship",
            "relationship-corrected",
            f"An identifier of type {entry.type} does not name this work itself; it is sent as "
            f"{relationship}.",
        )
    if entry.type == "doi":
        doi = checked_doi(value, f"{path}.value", findings)
        yield doi.model_copy(update={"relationship": relationship})
    elif entry.type == "issn":
        yield _issn(value, f"{path}.value", findings)
    elif entry.type not in IDENTIFIER_TYPES:
        findings.caution(
            f"{path}.type",
            "identifier-type-unknown",
            f"ORCID knows no identifier type “{entry.type}”; this identifier is left out.",
        )
    else:
        _check_spelling(entry.type, value, f"{path}.value", findings)
        url = usable_url(entry.url, f"{path}.url", findings)
        yield ExternalId(type=entry.type, value=value, relationship=relationship, url=url)


def _check_spelling(kind: str, value: str, path: str, findings: Findings) -> None:
    if normalize(kind, value) is None or (kind == "isbn" and not is_isbn(value)):
        findings.caution(
            path,
            f"{kind}-malformed",
            f"“{value}” does not look like an identifier of type {kind}. Correct it at its source.",
        )


def _standing(entry: Identifier, work_type: str) -> Relationship:
    if entry.relationship == "self" and entry.type == "issn":
        return "part-of"
    if entry.relationship == "self" and entry.type == "isbn" and work_type not in BOOK_TYPES:
        return "part-of"
    return entry.relationship


def _serials(article: Article, findings: Findings) -> Iterator[ExternalId]:
    for index, printed in enumerate(article.issns):
        path = f"issns[{index}]"
        value = tidy(printed, path, findings)
        if value is not None:
            yield _issn(value, path, findings)


def _issn(printed: str, path: str, findings: Findings) -> ExternalId:
    issn = parse_issn(printed)
    if issn is None:
        findings.caution(
            path,
            "issn-malformed",
            f"“{printed}” is not an ISSN (eight characters, the last a check digit). Correct it "
            "at its source.",
            identity=True,
        )
    return ExternalId(type="issn", value=issn or printed, relationship="part-of")


def _versions(
    article: Article, versions: Iterable[RelatedArticle], findings: Findings
) -> Iterator[ExternalId]:
    named = tuple(versions)
    for index, related in enumerate(article.related):
        if related in named:
            path = f"related[{index}].identifier"
            yield from _version(related.identifier_type, related.identifier, path, findings)


def _other_versions(others: Iterable[Identifier], findings: Findings) -> Iterator[ExternalId]:
    for other in others:
        yield from _version(other.type, other.value, "related", findings)


def _version(kind: str, printed: str, path: str, findings: Findings) -> Iterator[ExternalId]:
    value = tidy(printed, path, findings)
    if value is None or kind not in IDENTIFIER_TYPES:
        return
    if kind != "doi":
        yield ExternalId(type=kind, value=value, relationship="version-of")
        return
    doi = parse_doi(value)
    if doi is None:
        findings.caution(path, "doi-malformed", f"“{value}” is not a DOI; left out.")
        return
    yield ExternalId(type="doi", value=doi, relationship="version-of", url=doi_url(doi))


def _grants(article: Article, findings: Findings) -> Iterator[ExternalId]:
    for index, grant in enumerate(article.funding):
        award = tidy(grant.award, f"funding[{index}].award", findings)
        if award is None:
            continue
        doi = parse_doi(award)
        if doi is not None:
            yield ExternalId(type="doi", value=doi, relationship="funded-by", url=doi_url(doi))
            continue
        url = usable_url(grant.award_url, f"funding[{index}].award_url", findings)
        yield ExternalId(type="grant_number", value=award, relationship="funded-by", url=url)


def _last_resort(article: Article, findings: Findings) -> Iterator[ExternalId]:
    """Name a work without any public identifier: by its address, else by the publisher's own id."""
    address = usable_url(article.url, "url", findings)
    if address is not None:
        yield ExternalId(type="uri", value=address, relationship="self", url=address)
        return
    for entry in article.identifiers:
        if entry.type in LOCAL_TYPES and entry.relationship == "self":
            # With the colon escaped, no two pairs of tenant and id read alike.
            tenant = article.tenant.replace("%", "%25").replace(":", "%3A")
            value = tidy(f"{tenant}:{entry.value}", "identifiers", findings) or entry.value
            yield ExternalId(type="source-work-id", value=value, relationship="self")
            return


def _each_once(identifiers: list[ExternalId]) -> Iterator[ExternalId]:
    """Yield each identifier once; what names the work itself cannot also be another version."""
    seen: set[tuple[str, str, str | None]] = set()
    for identifier in identifiers:
        kind, value = identifier.type, normalized(identifier.type, identifier.value)
        keys = {(kind, value, identifier.relationship), (kind, value, "self")}
        if not seen & keys:
            seen.add((kind, value, identifier.relationship))
            yield identifier
