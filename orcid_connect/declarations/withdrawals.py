"""The statement that something declared before is no longer true."""

from typing import Literal

from orcid_connect.declarations.articles import Article
from orcid_connect.declarations.base import Declaration
from orcid_connect.declarations.items import RecordItem
from orcid_connect.declarations.reviews import Review
from orcid_connect.declarations.roles import Role

SubjectKind = Literal["article", "review", "role", "item"]
"""What a declaration is about; a key is unique within its tenant and this."""


class Withdrawal(Declaration):
    """The statement that an article, review, role or item is no longer true."""

    of: SubjectKind
    reason: str = ""


def subject_kind(declaration: Article | Review | Role | RecordItem | Withdrawal) -> SubjectKind:
    """Return what a declaration is about."""
    match declaration:
        case Withdrawal(of=kind):
            return kind
        case Review():
            return "review"
        case Role():
            return "role"
        case RecordItem():
            return "item"
        case _:
            return "article"
