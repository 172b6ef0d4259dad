"""Reading a record: what the Member and the Public API have in common (REGISTRY.md 3.2).

Every call sends once and raises `RegistryError`. A `token` is a person's permission; without one
the client's own /read-public token is used, or none where there is no client.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import SecretStr

from orcid_connect import records
from orcid_connect.codec import Payload
from orcid_connect.errors import RegistryUnreadable
from orcid_connect.records import Answer, ItemKind
from orcid_connect.registry.access import Access, Request
from orcid_connect.registry.searching import Searching
from orcid_connect.registry.sections import (
    checked_orcid,
    checked_put_code,
    item_in,
    read_as,
    section_of,
)
from orcid_connect.registry.transport import Answer as HttpAnswer
from orcid_connect.registry.values import quoted, text_of
from orcid_connect.registry.workbulk import FoundWork, ReadWork, read_in_hundreds

READ_PUBLIC = "/read-public"
Read = TypeVar("Read", bound=Answer)


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A client's public name and description (REGISTRY.md 3.2)."""

    name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class RegistryStatus:
    """What the registry says of its own parts (REGISTRY.md 3.2); all true when it is well."""

    parts: Mapping[str, bool]

    @property
    def well(self) -> bool:
        """Tell whether every part works."""
        return bool(self.parts) and all(self.parts.values())


class ReadingApi:
    """What both APIs can read; `orcid_host` stands in the iDs inside documents."""

    _full_status_path = "/apiStatus"

    def __init__(self, access: Access, base: str, orcid_host: str = "orcid.org") -> None:
        self._access = access
        self._base = f"{base}/v3.0"
        self.orcid_host = orcid_host
        self.searching = Searching(self)

    @property
    def anonymous(self) -> bool:
        """Whether requests are sent in nobody's name."""
        return self._access.credential is None

    # --- the record as a whole -------------------------------------------------------------

    async def record(self, orcid: str, *, token: SecretStr | None = None) -> records.Record:
        """Read a whole record, as far as it is shown to us (REGISTRY.md 3.4, 3.5)."""
        return await self._document(records.Record, orcid, "/record", token)

    async def person(self, orcid: str, *, token: SecretStr | None = None) -> records.Person:
        """Read everything about the person."""
        return await self._document(records.Person, orcid, "/person", token)

    async def personal_details(
        self, orcid: str, *, token: SecretStr | None = None
    ) -> records.PersonalDetails:
        """Read name, other names and biography."""
        return await self._document(records.PersonalDetails, orcid, "/personal-details", token)

    async def biography(self, orcid: str, *, token: SecretStr | None = None) -> records.Biography:
        """Read the biography; raises `NotFound` (9041) if the person has written none."""
        return await self._document(records.Biography, orcid, "/biography", token)

    async def emails(self, orcid: str, *, token: SecretStr | None = None) -> records.Emails:
        """Read the verified e-mail addresses that are shown to us (REGISTRY.md 2.7)."""
        return await self._document(records.Emails, orcid, "/email", token)

    async def activities(
        self, orcid: str, *, token: SecretStr | None = None
    ) -> records.ActivitiesSummary:
        """Read the summaries of all activities (REGISTRY.md 3.6)."""
        return await self._document(records.ActivitiesSummary, orcid, "/activities", token)

    # --- its sections and items ------------------------------------------------------------

    async def section(
        self, orcid: str, kind: ItemKind, *, token: SecretStr | None = None
    ) -> Answer:
        """Read the list of a kind of items: of activities in groups (REGISTRY.md 3.6, 3.7)."""
        section = section_of(kind)
        return await self._document(section.listing, orcid, f"/{section.plural}", token)

    async def item(
        self, orcid: str, kind: ItemKind, put_code: int, *, token: SecretStr | None = None
    ) -> records.Item:
        """Read one item in full."""
        data = await self.item_json(orcid, kind, put_code, token=token)
        return read_as(records.TYPES[kind], data, self.orcid_host)

    async def item_json(
        self, orcid: str, kind: ItemKind, put_code: int, *, token: SecretStr | None = None
    ) -> Payload:
        """Read one item in full, as ORCID wrote it; raises `RegistryUnreadable` for another."""
        segment = section_of(kind).segment
        answer = await self._get_item(orcid, f"/{segment}/{put_code}", put_code, token)
        return item_in(answer, put_code)

    async def summary(
        self, orcid: str, kind: ItemKind, put_code: int, *, token: SecretStr | None = None
    ) -> records.Item:
        """Read one item in summary; items about the person are their own (REGISTRY.md 3.7)."""
        section = section_of(kind)
        if section.summary is None:
            return await self.item(orcid, kind, put_code, token=token)
        path = f"/{section.segment}/summary/{put_code}"
        answer = await self._get_item(orcid, path, put_code, token)
        return read_as(section.summary, item_in(answer, put_code), self.orcid_host)

    async def works(
        self, orcid: str, put_codes: Iterable[int], *, token: SecretStr | None = None
    ) -> AsyncIterator[ReadWork]:
        """Read works in full, 100 a call, in the order asked for (REGISTRY.md 5.4).

        Each comes with its put-code and either the work or why it cannot be read.
        """
        async for found in self.works_json(orcid, put_codes, token=token):
            yield found.read(self.orcid_host)

    def works_json(
        self, orcid: str, put_codes: Iterable[int], *, token: SecretStr | None = None
    ) -> AsyncIterator[FoundWork]:
        """Read works in full as ORCID wrote them, 100 a call, in the order asked for."""
        bare = checked_orcid(orcid)

        async def read(codes: str) -> Payload:
            answer = await self.get(f"/{bare}/works/{codes}", token=token, orcid=bare)
            return answer.json_object()

        return read_in_hundreds(put_codes, read)

    # --- beyond records --------------------------------------------------------------------

    async def client(self, client_id: str) -> ClientInfo:
        """Read a client's public name; raises `NotFound` (9027)."""
        answer = await self.get(f"/client/{quoted(client_id)}")
        body = answer.json_object()
        name, description = text_of(body.get("name")), text_of(body.get("description"))
        if name is None:
            raise RegistryUnreadable("ORCID did not say the client's name", status=200)
        return ClientInfo(name, description)

    async def status(self) -> RegistryStatus:
        """Ask whether the registry is there; needs no token."""
        return _status(await self._get_open("/status"))

    async def full_status(self) -> RegistryStatus:
        """Ask how the registry's parts are; raises `RegistryDown` if they are not well."""
        return _status(await self._get_open(self._full_status_path))

    async def registry_time(self) -> float | None:
        """Ask for ORCID's status and return what its clock says, in seconds since the epoch."""
        answer = await self._get_open("/status")
        try:
            return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except (ValueError, OverflowError):
            return None

    # --- how -------------------------------------------------------------------------------

    async def get(
        self,
        path: str,
        *,
        token: SecretStr | None = None,
        parameters: Mapping[str, str] | None = None,
        accept: str = "application/json",
        orcid: str | None = None,
        put_code: int | None = None,
    ) -> HttpAnswer:
        """Read anything below the API's version; raises `RegistryError`."""
        request = Request(
            "GET",
            path,
            token=await self._reading_token(token),
            parameters=parameters or {},
            accept=accept,
            orcid=orcid,
            put_code=put_code,
        )
        return await self._access.send(self._base, request)

    async def _reading_token(self, token: SecretStr | None) -> SecretStr | None:
        return await self._access.own_token(READ_PUBLIC) if token is None else token

    async def _get_open(self, path: str) -> HttpAnswer:
        return await self._access.send(self._base, Request("GET", path))

    async def _document(
        self, kind: type[Read], orcid: str, path: str, token: SecretStr | None
    ) -> Read:
        bare = checked_orcid(orcid)
        answer = await self.get(f"/{bare}{path}", token=token, orcid=bare)
        return read_as(kind, answer.json_object(), self.orcid_host)

    async def _get_item(
        self, orcid: str, path: str, put_code: int, token: SecretStr | None
    ) -> HttpAnswer:
        bare, checked = checked_orcid(orcid), checked_put_code(put_code)
        return await self.get(f"/{bare}{path}", token=token, orcid=bare, put_code=checked)


def _status(answer: HttpAnswer) -> RegistryStatus:
    body: dict[str, Any] = answer.json_object()
    return RegistryStatus({name: value is True for name, value in body.items()})
