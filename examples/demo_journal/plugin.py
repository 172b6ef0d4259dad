"""What the journal tells orcid_connect and hears from it, as hooks."""

from starlette.requests import Request

from orcid_connect import LinkNotice, Person, hookimpl

from .settings import PACKAGE, TENANT
from .store import Store


class JournalPlugin:
    """Says who is signed in, keeps the iDs people connected, and lends pages the journal's look."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @hookimpl
    async def orcid_current_person(self, request: Request) -> Person | None:
        """Return who is signed in, from the journal's own session."""
        user = await self._store.user(request.session.get("user", ""))
        return None if user is None else Person(tenant=TENANT, key=user.key, name=user.name)

    @hookimpl
    async def orcid_may_administer(self, request: Request) -> bool:
        """Open the administration below /orcid/admin/ to the editor, and to nobody else."""
        user = await self._store.user(request.session.get("user", ""))
        return user is not None and user.part == "editor"

    @hookimpl
    async def orcid_link_made(self, link: LinkNotice) -> None:
        """Keep the authenticated iD, to print it beside the name."""
        await self._store.note_orcid(link.person_key, link.orcid)

    @hookimpl
    async def orcid_link_ended(self, link: LinkNotice) -> None:
        """Forget the iD: it is printed no more."""
        await self._store.note_orcid(link.person_key, None)

    @hookimpl
    def orcid_template_folders(self) -> list[str]:
        """Put the journal's name and colours around orcid_connect's own pages."""
        return [str(PACKAGE / "templates" / "orcid")]
