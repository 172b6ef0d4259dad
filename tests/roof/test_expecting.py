"""A call that is handed the wrong thing says what it takes, and records nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from orcid_connect import OrcidConnect
from orcid_connect.errors import InputError
from tests.journeys.test_intake import role
from tests.support.journal import TENANT, article, review
from tests.support.ledger import settings_without_registry

pytestmark = pytest.mark.anyio

Call = Callable[[OrcidConnect], Awaitable[Any]]


@pytest.fixture
async def orcid(database: str) -> AsyncIterator[OrcidConnect]:
    """One that only records."""
    async with OrcidConnect(settings_without_registry(database)).running() as running:
        yield running


async def _calling(call: Callable[[], Any]) -> Any:
    return call()


WRONG: list[tuple[Call, str]] = [
    (
        lambda orcid: orcid.article_published(review()),  # type: ignore[arg-type]
        "article_published takes Article, not Review; declare this by review_completed",
    ),
    (
        lambda orcid: orcid.review_completed(article()),  # type: ignore[arg-type]
        "review_completed takes Review, not Article; declare this by article_published",
    ),
    (
        lambda orcid: orcid.article_updated(role()),  # type: ignore[arg-type]
        "article_updated takes Article, not Role; declare this by role_started",
    ),
    (
        lambda orcid: orcid.declare({"title": "x"}),  # type: ignore[arg-type]
        "declare takes Article or Review or Role or RecordItem or Withdrawal, not dict",
    ),
    (
        lambda orcid: orcid.article_published(article(), connection="db"),  # type: ignore[arg-type]
        "connection= takes a SQLAlchemy AsyncConnection, not str; for any other driver there is "
        "statement()",
    ),
    (
        lambda orcid: orcid.backfill(TENANT, "article", [article()]),  # type: ignore[arg-type]
        "backfill takes an async iterator of everything published, not list: write an "
        "`async def` that yields each",
    ),
    (
        lambda orcid: _calling(lambda: orcid.statement("x", "named")),  # type: ignore[arg-type]
        "statement takes Article or Review or Role or RecordItem or Withdrawal, not str",
    ),
    (
        lambda orcid: _calling(lambda: orcid.declare_in("db", article())),  # type: ignore[arg-type]
        "connection= takes a SQLAlchemy Connection, not str; for any other driver there is "
        "statement()",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), WRONG)
async def test_says_what_it_takes(orcid: OrcidConnect, call: Call, sentence: str) -> None:
    """A wrong argument is an InputError in one sentence, before anything is recorded."""
    with pytest.raises(InputError) as caught:
        await call(orcid)
    assert str(caught.value) == sentence
