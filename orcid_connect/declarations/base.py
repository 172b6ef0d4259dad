"""What all declared values share: they are frozen, name nothing unknown, and keep dates as printed.

Declarations are generous: they keep what the host or its JATS file holds, right or wrong, so that
nothing is lost at intake. What cannot go on a record is found when it is mapped, and is said.
"""

import datetime as dt
import re
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

KEY_LENGTH = 512
"""Characters a tenant, key or person key may have."""

_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)

Key = Annotated[str, Field(min_length=1, max_length=KEY_LENGTH)]


class Declared(BaseModel):
    """Base of all declared values: frozen, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class PartialDate(Declared):
    """A date known to the year, month or day, as printed; whether it exists is asked later."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2024`, `2024-05` or `2024-05-09`; raise ValueError for anything else."""
        match = _ISO_DATE.fullmatch(text.strip())
        if match is None:
            raise ValueError("write a date as 2024, 2024-05 or 2024-05-09")
        year, month, day = match.groups()
        return cls(
            year=int(year), month=int(month) if month else None, day=int(day) if day else None
        )

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


def _date_from(value: Any) -> Any:
    if isinstance(value, dt.date):
        return PartialDate(year=value.year, month=value.month, day=value.day)
    return PartialDate.parse(value) if isinstance(value, str) else value


AnyDate = Annotated[PartialDate, BeforeValidator(_date_from)]


class Declaration(Declared):
    """What every declaration has: whose it is, its key there, and as of when it is true.

    The same tenant and key is the same thing; the newest `as_of` wins in any order of arrival.
    """

    tenant: Key
    key: Key
    as_of: AwareDatetime
    not_before: AwareDatetime | None = Field(
        default=None,
        description="nothing of this leaves before that moment: a publication that is scheduled, "
        "an embargo; declare it again to move it",
    )
