"""Webhooks: being told when a record changes; premium members only (REGISTRY.md 9.1)."""

from typing import Final

from orcid_connect.registry.access import Access, Request
from orcid_connect.registry.sections import checked_orcid
from orcid_connect.registry.transport import Answer
from orcid_connect.registry.values import quoted

SCOPE: Final = "/webhook"


class Webhooks:
    """Registers callbacks; a webhook belongs to a record and an address, over all clients.

    ORCID posts an empty, unsigned request: put what tells the record apart into the address.
    """

    def __init__(self, access: Access, base: str) -> None:
        self._access, self._base = access, base

    async def register(self, orcid: str, url: str) -> bool:
        """Ask to be called; tell whether it is new. Not new may also be another client's.

        Raises `RequestRefused` (9012) for what is no address, `NotFound` (9011) for no record.
        """
        return (await self._send("PUT", orcid, url, (201, 204))).status == 201

    async def unregister(self, orcid: str, url: str) -> None:
        """Ask to be called no more; raises `NotFound` (9028) or `NotTheSource` (9014)."""
        await self._send("DELETE", orcid, url, (204,))

    async def _send(self, method: str, orcid: str, url: str, expected: tuple[int, ...]) -> Answer:
        bare = checked_orcid(orcid)
        request = Request(
            method,
            f"/{bare}/webhook/{quoted(url)}",
            token=await self._access.own_token(SCOPE),
            expected=expected,
            orcid=bare,
        )
        return await self._access.send(self._base, request)
