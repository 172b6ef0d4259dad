"""Organisations as the record keeps them: reviews' conveners, and those of affiliations."""

from orcid_connect.declarations import Affiliation
from orcid_connect.mapping.outcome import Findings
from orcid_connect.mapping.text import tidy
from orcid_connect.mapping.words import orcid_country
from orcid_connect.records import Organization


def organization(
    declared: Affiliation, why: str, findings: Findings, *, identified: bool
) -> Organization:
    """Return an organisation; `identified` sends its identifier too, `why` says what for.

    ORCID refuses (9045) an identifier that its own table does not hold, and nobody can look that
    up before.
    """
    number, source = _identifier(declared) if identified else (None, None)
    return Organization(
        name=tidy(declared.name, "organization.name", findings) or "",
        city=tidy(declared.city, "organization.city", findings),
        region=tidy(declared.region, "organization.region", findings),
        country=_country(declared.country, why, findings),
        identifier=number,
        identifier_source=source,
    )


def _identifier(declared: Affiliation) -> tuple[str | None, str | None]:
    if declared.ror is not None and declared.ror.strip():
        bare = declared.ror.strip().rstrip("/").rpartition("/")[2].lower()
        return f"https://ror.org/{bare}", "ROR"
    if declared.identifier and declared.identifier_source:
        return declared.identifier.strip(), declared.identifier_source.strip().upper()
    return None, None


def _country(printed: str | None, why: str, findings: Findings) -> str | None:
    code = orcid_country(printed) if printed else None
    if code is None:
        findings.caution(
            "organization.country",
            "country-missing" if not printed else "country-unknown",
            f"{why} with its country. Give the two-letter code (ISO 3166, such as GB) in the "
            "journal's settings.",
        )
    return code
