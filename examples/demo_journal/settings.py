"""What the journal is, and what it needs to run."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from orcid_connect import Settings

JOURNAL: Final = "Journal of Imagined Results"
TENANT: Final = "imagined-results"
ISSN: Final = "9990-0106"
PUBLISHER: Final = "Paper Lantern Press"
PUBLISHER_CITY: Final = "Galway"
PUBLISHER_COUNTRY: Final = "IE"

PACKAGE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """Where the journal keeps its own data, its own secret, and its settings of orcid_connect."""

    database: Path
    session_key: str = field(repr=False)
    orcid: Settings

    @property
    def registry_site(self) -> str:
        """The site on which records can be looked at."""
        return self.orcid.credential_for(TENANT).site
