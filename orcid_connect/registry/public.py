"""The Public API v3.0: what everybody may read, with or without a client (REGISTRY.md 3.2)."""

from dataclasses import dataclass

from orcid_connect.errors import RegistryUnreadable
from orcid_connect.pacing import DailyCount
from orcid_connect.registry.access import Access
from orcid_connect.registry.reading import ReadingApi
from orcid_connect.registry.values import text_of


@dataclass(frozen=True, slots=True)
class IdentifierType:
    """A type of identifier that the registry knows (REGISTRY.md 4.9)."""

    name: str
    description: str | None
    resolution_prefix: str | None
    case_sensitive: bool | None
    deprecated: bool | None


class PublicApi(ReadingApi):
    """Public data, read anonymously or in a client's name."""

    _full_status_path = "/pubStatus"

    def __init__(self, access: Access, base: str, orcid_host: str = "orcid.org") -> None:
        super().__init__(access, base, orcid_host)

    @property
    def requests_today(self) -> DailyCount:
        """How many requests this process made today: `used`, `quota`, `left` (REGISTRY.md 8).

        10,000 a day for strangers, by address; 40,000 for a client, above which ORCID writes a
        mail. It counts and holds nothing back.
        """
        return self._access.count_at(self._base)

    async def identifier_types(self, language: str = "en") -> list[IdentifierType]:
        """List the types of identifiers, described in a language (REGISTRY.md 3.2)."""
        answer = await self.get("/identifiers", parameters={"locale": language})
        listed = answer.json()
        if not isinstance(listed, list):
            raise RegistryUnreadable("ORCID's list of identifier types is none", status=200)
        return [_identifier_type(one) for one in listed]


def _identifier_type(body: object) -> IdentifierType:
    name = text_of(body.get("name")) if isinstance(body, dict) else None
    if name is None or not isinstance(body, dict):
        raise RegistryUnreadable("ORCID lists an identifier type without a name", status=200)
    flags = {key: body.get(key) for key in ("case-sensitive", "deprecated")}
    return IdentifierType(
        name=name,
        description=text_of(body.get("description")),
        resolution_prefix=text_of(body.get("resolution-prefix")),
        case_sensitive=flags["case-sensitive"] if type(flags["case-sensitive"]) is bool else None,
        deprecated=flags["deprecated"] if type(flags["deprecated"]) is bool else None,
    )
