"""The options that say which deliveries are meant, the same for listing and for changing."""

from typing import Annotated, Final, get_args

import typer

from orcid_connect.cli.output import WRONG_USAGE, fail
from orcid_connect.errors import InputError
from orcid_connect.journeys.filtering import given_filters, read_filters
from orcid_connect.observe import wall_clock
from orcid_connect.store.ledger import DeliveryState
from orcid_connect.store.listings import Filters

STATES: Final = get_args(DeliveryState)

State = Annotated[str | None, typer.Option("--state", help=f"One of {', '.join(STATES)}.")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Only this tenant's.")]
Kind = Annotated[str | None, typer.Option("--kind", help="Only about an article, a review …")]
Key = Annotated[str | None, typer.Option("--key", help="Only of this article or review.")]
Someone = Annotated[
    str | None, typer.Option("--person", help="Only this person's: your own key of them, or an iD.")
]
Activity = Annotated[
    str | None, typer.Option("--activity", help="Only this kind: work, peer-review, service …")
]
Credential = Annotated[
    str | None, typer.Option("--credential", help="Only with this credential of the settings.")
]
Text = Annotated[str | None, typer.Option("--text", help="Only with this in the sentence.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Only changed since: 2026-05-01, 7d, 12h.")
]


def filters_from(**given: str | None) -> Filters:
    """Return the filters of these options; ends with exit code 2 where one makes no sense."""
    try:
        return read_filters(given, wall_clock())
    except InputError as error:
        fail(f"--{error}.", WRONG_USAGE)


def in_words(filters: Filters) -> str:
    """Return filters as the options that make them."""
    return ", ".join(f"--{name} {value}" for name, value in given_filters(filters).items())
