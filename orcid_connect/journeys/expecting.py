"""What a call is handed, held against what it takes: a sentence instead of an AttributeError."""

from types import UnionType
from typing import Final, get_args

from orcid_connect.declarations import AnyDeclaration, Article, RecordItem, Review, Role, Withdrawal
from orcid_connect.errors import InputError
from orcid_connect.mapping import REVIEW_AS_ITEM

_CALLS: Final[dict[type, str]] = {
    Article: "article_published",
    Review: "review_completed",
    Role: "role_started",
    RecordItem: "declare",
    Withdrawal: "declare",
}
"""By which call each declaration is declared."""


def expect(given: object, kind: type | UnionType, call: str) -> None:
    """Raise `InputError` unless a declaration is of the kind that a call takes."""
    if isinstance(given, kind):
        return
    kinds = " or ".join(one.__name__ for one in get_args(kind) or (kind,))
    fitting = _CALLS.get(type(given))
    way = f"; declare this by {fitting}" if fitting else ""
    raise InputError(f"{call} takes {kinds}, not {type(given).__name__}{way}")


def expect_policy_holds(declaration: AnyDeclaration) -> None:
    """Raise `InputError` for a peer review as an item: no review policy would hold for it."""
    if isinstance(declaration, RecordItem) and declaration.activity == "peer-review":
        raise InputError(REVIEW_AS_ITEM)


def expect_connection(given: object, kind: type) -> None:
    """Raise `InputError` unless this is a connection such as SQLAlchemy gives."""
    if not isinstance(given, kind):
        raise InputError(
            f"connection= takes a SQLAlchemy {kind.__name__}, not {type(given).__name__}; "
            "for any other driver there is statement()"
        )


def expect_stream(given: object) -> None:
    """Raise `InputError` unless this can be walked by `async for`."""
    if not hasattr(given, "__aiter__"):
        raise InputError(
            "backfill takes an async iterator of everything published, not "
            f"{type(given).__name__}: write an `async def` that yields each"
        )
