"""`search`: finding people by what their records show to everybody."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from orcid_connect.cli.context import AppOption, JsonOption
from orcid_connect.cli.output import (
    NEEDS_A_PERSON,
    WRONG_USAGE,
    complain,
    fail,
    say,
    say_json,
    table,
)
from orcid_connect.cli.reaching import CredentialOption, EnvironmentOption, SiteOption, reached
from orcid_connect.errors import RegistryError, RegistryNotAsked
from orcid_connect.records import ExpandedHit
from orcid_connect.registry.searching import MOST_ROWS

LimitOption = Annotated[
    int, typer.Option("--limit", min=0, help="People to show at most; 0 shows all there are.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search")(search)


def search(
    query: str = typer.Argument(
        help="Words, or Solr's syntax, e.g. 'family-name:Curie AND ror-org-id:\"https://…\"'."
    ),
    limit: LimitOption = 20,
    environment: EnvironmentOption = "",
    site: SiteOption = "",
    credential: CredentialOption = "",
    app: AppOption = "",
    as_json: JsonOption = False,
) -> None:
    """Search the registry; with --json one object a line, nothing left out of it."""
    found = _Findings(limit, as_json)
    try:
        asyncio.run(found.collect(query, environment, site, app, credential))
    except RegistryError as error:
        found.show()
        fail(f"{error}.", WRONG_USAGE if isinstance(error, RegistryNotAsked) else NEEDS_A_PERSON)
    found.show()
    found.show_total()


class _Findings:
    """What was found so far, so that trouble in the middle loses nothing."""

    def __init__(self, limit: int, as_json: bool) -> None:
        self._limit, self._as_json = limit, as_json
        self._hits: list[ExpandedHit] = []
        self._shown = 0
        self._total = 0

    async def collect(
        self, query: str, environment: str, site: str, app: str, credential: str
    ) -> None:
        """Collect hits page by page; raises `RegistryError`."""
        size = min(self._limit or MOST_ROWS, MOST_ROWS)
        async with reached(environment, site, app, credential) as api:
            with Console(stderr=True).status("Searching …") as status:
                async for page in api.searching.expanded(query, page_size=size):
                    self._total = page.total or 0
                    self._take(page.hits)
                    status.update(f"Searching … {self._shown} of {self._total}")
                    if self._limit and self._shown >= self._limit:
                        return

    def _take(self, hits: tuple[ExpandedHit, ...]) -> None:
        room = self._limit - self._shown if self._limit else len(hits)
        for hit in hits[:room]:
            self._shown += 1
            if self._as_json:
                say_json(hit.model_dump(mode="json"))
            else:
                self._hits.append(hit)

    def show(self) -> None:
        """Print the table of what was found so far."""
        if self._hits:
            table(("iD", "name", "institutions"), [_row(hit) for hit in self._hits])

    def show_total(self) -> None:
        """Print how much of all there is was shown."""
        if self._total > self._shown:
            complain(f"{self._shown} of {self._total} people; --limit 0 shows all.")
        elif not self._total and not self._as_json:
            say("Nobody was found. What was added today may not be searchable yet.")


def _row(hit: ExpandedHit) -> tuple[str, str, str]:
    plain = " ".join(part for part in (hit.given_names, hit.family_names) if part)
    return hit.orcid or "", hit.credit_name or plain, "; ".join(hit.institution_names)
