"""The three searches: iDs, iDs with names, and a table (REGISTRY 10)."""

import csv
import io

from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.guards import require_scope
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.oauth.scopes import READ_PUBLIC
from orcid_connect.simulator.search.index import Found, everybody
from orcid_connect.simulator.search.query import QueryError, read_query
from orcid_connect.simulator.wire import Answer
from orcid_connect.simulator.writing import orcid_json

MAX_ROWS = 1000
MAX_START = 10_000  # on the Public API, without a token
CSV_TYPE = "text/csv;charset=UTF-8"
# The columns of the table: their names, and the field behind each.
COLUMNS = {
    "orcid": "orcid",
    "email": "email",
    "given-names": "given-names",
    "family-name": "family-name",
    "given-and-family-names": "given-and-family-names",
    "current-institution-affiliation-name": "current-institution-affiliation-name",
    "past-institution-affiliation-name": "past-institution-affiliation-name",
    "credit-name": "credit-name",
    "other-names": "other-names",
}


def search(context: Context) -> Answer:
    """Answer GET of `/search`: iDs alone."""
    if not context.public:
        require_scope(context.caller, frozenset({READ_PUBLIC}))
    page, total = _page(context)
    hits = [{"orcid-identifier": orcid_json(one.orcid)} for one in page]
    value = {"result": hits or None, "num-found": total}
    return context.reply(value, f"search: {total} found")


def expanded_search(context: Context) -> Answer:
    """Answer GET of `/expanded-search`: iDs with names and institutions."""
    page, total = _page(context)
    value = {"expanded-result": [_expanded(one) for one in page] or None, "num-found": total}
    return context.reply(value, f"expanded search: {total} found")


def csv_search(context: Context) -> Answer:
    """Answer GET of `/csv-search`: a table with a header; unknown columns are left out."""
    page, total = _page(context)
    wanted = context.call.arguments.get("fl")
    asked = list(COLUMNS) if wanted is None else [each.strip() for each in wanted.split(",")]
    columns = [name for name in asked if name in COLUMNS]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for one in page:
        writer.writerow([",".join(one.values(COLUMNS[name])) for name in columns])
    body = text.getvalue().encode("utf-8", "replace")
    return Answer(200, body, CSV_TYPE, decision=f"csv search: {total} found")


def _expanded(one: Found) -> JSON:
    places = {
        *one.values("current-institution-affiliation-name"),
        *one.values("past-institution-affiliation-name"),
    }
    return {
        "orcid-id": one.orcid,
        "given-names": one.first("given-names"),
        "family-names": one.first("family-name"),
        "credit-name": one.first("credit-name"),
        "other-name": one.values("other-names"),
        "email": one.values("email"),
        "institution-name": sorted(places),
    }


def _page(context: Context) -> tuple[list[Found], int]:
    rows, start = _rows(context), _start(context)
    try:
        matches = read_query(context.call.arguments.get("q", ""))
    except QueryError as problem:
        raise Problem(
            9012, detail=f"the query is not one this simulator reads: {problem}"
        ) from None
    found = [one for one in everybody(context.world) if matches(one)]
    return found[start : start + rows], len(found)


def _rows(context: Context) -> int:
    rows = _number(context, "rows", MAX_ROWS)
    if rows is None or not 0 <= rows <= MAX_ROWS:
        raise Problem(9012, detail=f"rows is a number from 0 to {MAX_ROWS}")
    return rows


def _start(context: Context) -> int:
    start = _number(context, "start", 0)
    if start is None:
        raise Problem(9012, detail="start is not a number")
    if context.public and context.caller.client is None and not 0 <= start <= MAX_START:
        raise Problem(9043)
    return max(start, 0)


def _number(context: Context, name: str, default: int) -> int | None:
    text = context.call.arguments.get(name)
    if text is None:
        return default
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
