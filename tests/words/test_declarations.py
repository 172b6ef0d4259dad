"""What hosts declare: it is kept as given, reads back the same, and says what is wrong with it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from orcid_connect import codec
from orcid_connect.declarations import (
    Affiliation,
    Article,
    Contributor,
    Declaration,
    RecordItem,
    RelatedArticle,
    Review,
    Role,
    Withdrawal,
    subject_kind,
)
from orcid_connect.records import TYPES, Keyword, ResearcherUrl, Work

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA = Contributor(person_key="p-1", given_names="Ana", family_name="Pérez")
SHAPES = Path(__file__).parents[1] / "vectors" / "shape.jsonl"

FIRST_ARTICLE = """{"tenant": "journal-a", "key": "a-1", "as_of": "2026-01-09T10:00:00Z",
"type": "journal-article", "title": "On rivers", "subtitle": null, "translated_titles": [],
"abstract": null, "journal": "Rivers", "issns": ["1741-4857"], "volume": null, "issue": null,
"pages": null, "doi": "10.5555/1", "identifiers": [], "url": null,
"published": {"year": 2026, "month": 1, "day": null}, "language": "en",
"contributors": [{"person_key": "p-1", "given_names": "Ana", "family_name": "Pérez",
 "suffix": null, "display_name": null, "orcid": null, "orcid_authenticated": false,
 "role": "author", "credit_roles": [],
 "affiliations": [{"name": "U", "department": null, "city": null, "region": null,
  "country": "ES", "ror": null}], "corresponding": true, "is_group": false}],
"funding": [], "licence_url": null, "related": [], "reading_notes": []}"""

FIRST_REVIEW = """{"tenant": "journal-a", "key": "r-1", "as_of": "2026-01-09T10:00:00Z",
"reviewer": {"person_key": "p-1"}, "completed": {"year": 2026, "month": 1, "day": 8},
"issn": "1741-4857", "group_id": null, "organization": {"name": "Press", "country": "GB"},
"role": "reviewer", "type": "review", "url": null, "doi": null}"""


def item(activity: str, value: object) -> RecordItem:
    """Return a declared item, given as a host may give it."""
    return RecordItem.model_validate(
        {
            "tenant": "t",
            "key": "i-1",
            "as_of": NOW,
            "person": ANA,
            "activity": activity,
            "item": value,
        }
    )


def test_the_first_release() -> None:
    """What the first release stored still loads, and means what it meant."""
    article = Article.model_validate_json(FIRST_ARTICLE)
    assert article.contributors[0].name == "Ana Pérez"
    assert article.not_before is None
    assert article.lineage is None
    assert article.notice_kind is None
    review = Review.model_validate_json(FIRST_REVIEW)
    assert review.model is None
    assert review.consent is None
    gone = Withdrawal.model_validate(
        {"tenant": "t", "key": "a", "as_of": "2026-01-09T10:00:00Z", "of": "article"}
    )
    assert gone.reason == ""


@pytest.mark.parametrize(
    ("declaration", "kind"),
    [
        (Article(tenant="t", key="k", as_of=NOW, title="T", lineage="l", version="2"), "article"),
        (
            Review(
                tenant="t",
                key="k",
                as_of=NOW,
                reviewer=ANA,
                completed="2026-02-03",
                organization=Affiliation(name="Press"),
                model="open",
                consent=True,
                round=2,
            ),
            "review",
        ),
        (
            Role(
                tenant="t",
                key="k",
                as_of=NOW,
                person=ANA,
                organization=Affiliation(name="Press", ror="https://ror.org/04fa4r544"),
                role_title="Editor",
                start="2024",
            ),
            "role",
        ),
        (item("keyword", Keyword(content="rivers")), "item"),
        (Withdrawal(tenant="t", key="k", as_of=NOW, of="role"), "role"),
    ],
)
def test_every_kind_reads_back(
    declaration: Article | Review | Role | RecordItem | Withdrawal, kind: str
) -> None:
    """A declaration stored as JSON reads back the same, and tells what it is about."""
    stored = json.dumps(declaration.model_dump(mode="json"))
    again: Declaration = type(declaration).model_validate_json(stored)
    assert again == declaration
    assert subject_kind(declaration) == kind


def test_every_item_reads_back() -> None:
    """Everything that ORCID can give back is an item that reads back in the same type."""
    rows = [json.loads(line) for line in SHAPES.read_text().splitlines()]
    kinds = set()
    for row in rows:
        kind = row["type"]
        if kind not in TYPES or kind == "group-id-record":
            continue
        declared = item(kind, codec.decode(TYPES[kind], row["json"]))
        again = RecordItem.model_validate_json(declared.model_dump_json())
        assert again == declared, row["id"]
        assert type(again.item) is TYPES[kind]
        kinds.add(kind)
    assert len(kinds) == len(TYPES) - 1


def test_an_item_in_the_json_of_the_registry() -> None:
    """An item may be given as ORCID's own JSON too."""
    url = {"url-name": "Home", "url": {"value": "https://example.org/ana"}}
    assert item("researcher-url", url).item == ResearcherUrl(
        name="Home", url="https://example.org/ana"
    )


@pytest.mark.parametrize(
    ("activity", "value", "sentence"),
    [
        ("keyword", ResearcherUrl(url="https://example.org/"), "activity “researcher-url”"),
        ("keyword", 7, "needs an item of type records.Keyword, not int"),
        ("keyword", {"contents": "rivers"}, "this is no Keyword: content: Field required"),
        ("group-id-record", {"name": "G"}, "Input should be"),
        ("work", {"type": "book"}, "title: Field required"),
    ],
)
def test_an_item_of_another_kind(activity: str, value: object, sentence: str) -> None:
    """An item that is not of the declared kind is refused in a sentence that says what to do."""
    with pytest.raises(ValidationError, match="validation error") as caught:
        item(activity, value)
    assert sentence in str(caught.value)


def test_a_work_may_be_an_item() -> None:
    """A host that has works in ORCID's own words may declare them as they are."""
    declared = item("work", {"type": "book", "title": {"title": "Rivers"}})
    assert isinstance(declared.item, Work)


def related(relation: str) -> RelatedArticle:
    """Return another article in some relation."""
    return RelatedArticle(relation=relation, identifier="10.5555/2")


@pytest.mark.parametrize(
    ("relation", "kind"),
    [
        ("corrected-article", "correction"),
        ("Retracted Article", "retraction"),
        ("object-of-concern", "expression-of-concern"),
        ("correction-forward", None),
        ("retraction-forward", None),
        ("commentary-article", None),
        ("preprint", None),
    ],
)
def test_notices(relation: str, kind: str | None) -> None:
    """What corrects or retracts another is a notice; what has notices of its own is none."""
    article = Article(tenant="t", key="k", as_of=NOW, title="T", related=(related(relation),))
    assert article.notice_kind == kind
    assert len(article.notice_of) == (kind is not None)


def test_the_host_knows_better() -> None:
    """What the host says about being a notice wins over what the relations seem to say."""
    article = Article(
        tenant="t", key="k", as_of=NOW, title="T", related=(related("corrected-article"),)
    )
    assert article.model_copy(update={"notice": "none"}).notice_kind is None
    assert article.model_copy(update={"notice": "retraction"}).notice_kind == "retraction"
