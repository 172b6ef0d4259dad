"""Searching the registry page by page, within the documented limits (REGISTRY.md 10).

Queries are Solr's (edismax); only public data is found, and what was just written not yet.
"""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from orcid_connect.errors import RegistryNotAsked, RegistryUnreadable
from orcid_connect.records import ExpandedSearchResult, SearchResult
from orcid_connect.registry.sections import read_as
from orcid_connect.registry.transport import Answer

MOST_ROWS: Final = 1000
"""Results on one page (REGISTRY.md 10)."""
PAGE_SIZE: Final = 100
MOST_START: Final = 10_000
"""Where a page of the Public API may begin without credentials (REGISTRY.md 10)."""
CSV_TYPE: Final = "text/csv, */*;q=0.1"

Page = TypeVar("Page", SearchResult, ExpandedSearchResult)


class Asks(Protocol):
    """What a search needs of its API."""

    @property
    def orcid_host(self) -> str:
        """The host in iDs."""

    @property
    def anonymous(self) -> bool:
        """Whether nobody's token is sent, so that pages end at `MOST_START`."""

    async def get(self, path: str, *, parameters: Mapping[str, str], accept: str) -> Answer:
        """Read below the API's version."""


@dataclass(frozen=True, slots=True)
class CsvPage:
    """One page of a CSV search: the columns' names and the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Searching:
    """Searches as async iterators over pages; each page is one request."""

    def __init__(self, api: Asks) -> None:
        self._api = api

    async def plain(
        self, query: str, *, page_size: int = PAGE_SIZE, start: int = 0
    ) -> AsyncIterator[SearchResult]:
        """Find iDs; raises `RegistryNotAsked` where ORCID gives no further pages."""
        async for page in self._pages("/search", SearchResult, query, page_size, start):
            yield page

    async def expanded(
        self, query: str, *, page_size: int = PAGE_SIZE, start: int = 0
    ) -> AsyncIterator[ExpandedSearchResult]:
        """Find iDs with public names and institutions; raises `RegistryNotAsked` as `plain`."""
        async for page in self._pages(
            "/expanded-search", ExpandedSearchResult, query, page_size, start
        ):
            yield page

    async def csv(
        self,
        query: str,
        *,
        columns: Sequence[str] = (),
        page_size: int = PAGE_SIZE,
        start: int = 0,
    ) -> AsyncIterator[CsvPage]:
        """Find people as rows of a table; unknown columns are left out by ORCID."""
        while True:
            parameters = self._parameters(query, page_size, start)
            if columns:
                parameters["fl"] = ",".join(columns)
            answer = await self._api.get("/csv-search", parameters=parameters, accept=CSV_TYPE)
            page = _csv_page(answer)
            yield page
            if len(page.rows) < page_size:
                return
            start += page_size

    async def _pages(
        self, path: str, kind: type[Page], query: str, page_size: int, start: int
    ) -> AsyncIterator[Page]:
        while True:
            parameters = self._parameters(query, page_size, start)
            answer = await self._api.get(path, parameters=parameters, accept="application/json")
            page = read_as(kind, answer.json_object(), self._api.orcid_host)
            yield page
            start += page_size
            if not page.hits or start >= (page.total or 0):
                return

    def _parameters(self, query: str, page_size: int, start: int) -> dict[str, str]:
        if not query.strip():
            raise RegistryNotAsked("a search needs a query; *:* finds everybody")
        if not 1 <= page_size <= MOST_ROWS:
            raise RegistryNotAsked(f"a page holds 1 to {MOST_ROWS} results, not {page_size}")
        if start < 0:
            raise RegistryNotAsked(f"results are counted from 0, not {start}")
        if start > MOST_START and self._api.anonymous:
            raise RegistryNotAsked(
                f"without credentials ORCID shows no results beyond {MOST_START}: "
                "narrow the query, or give credentials"
            )
        return {"q": query, "start": str(start), "rows": str(page_size)}


def _csv_page(answer: Answer) -> CsvPage:
    """Read the table; fields may hold commas, quotes and line breaks."""
    lines = csv.reader(io.StringIO(answer.text(), newline=""), strict=True)
    try:
        rows = [tuple(row) for row in lines if row]
    except csv.Error:
        rows = []
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise _no_table(answer)
    return CsvPage(columns=rows[0], rows=tuple(rows[1:]))


def _no_table(answer: Answer) -> RegistryUnreadable:
    return RegistryUnreadable("ORCID's answer is not a table", status=answer.status)
