"""What hosts say is true: articles, completed reviews, roles, any other item, and withdrawals."""

from orcid_connect.declarations.articles import (
    Article,
    Funding,
    Identifier,
    NoticeKind,
    ReadingNote,
    RelatedArticle,
    TranslatedTitle,
)
from orcid_connect.declarations.base import (
    KEY_LENGTH,
    AnyDate,
    Declaration,
    Declared,
    Key,
    PartialDate,
)
from orcid_connect.declarations.items import RecordItem, RecordKind
from orcid_connect.declarations.people import Affiliation, Contributor, Person
from orcid_connect.declarations.reviews import Review, ReviewModel, ReviewSubject
from orcid_connect.declarations.roles import Role
from orcid_connect.declarations.withdrawals import SubjectKind, Withdrawal, subject_kind
from orcid_connect.records import Relationship

AnyDeclaration = Article | Review | Role | RecordItem | Withdrawal

__all__ = [
    "Affiliation",
    "AnyDate",
    "AnyDeclaration",
    "Article",
    "Contributor",
    "Declaration",
    "Declared",
    "Funding",
    "Identifier",
    "KEY_LENGTH",
    "Key",
    "NoticeKind",
    "PartialDate",
    "Person",
    "ReadingNote",
    "RecordItem",
    "RecordKind",
    "RelatedArticle",
    "Relationship",
    "Review",
    "ReviewModel",
    "ReviewSubject",
    "Role",
    "SubjectKind",
    "TranslatedTitle",
    "Withdrawal",
    "subject_kind",
]
