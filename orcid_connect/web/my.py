"""My ORCID: a person's own page of their connection and of what became of it."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.declarations import Person
from orcid_connect.errors import InputError
from orcid_connect.journeys import linking, overview
from orcid_connect.journeys.asking import standing_refusal
from orcid_connect.journeys.filtering import read_position, written_position
from orcid_connect.journeys.linking import WRITE_SCOPE
from orcid_connect.journeys.overview import Overview
from orcid_connect.journeys.returning import checked_return
from orcid_connect.languages import Language, marked
from orcid_connect.services import Services
from orcid_connect.settings import Credential
from orcid_connect.store.people import Link
from orcid_connect.web.doors import Doors
from orcid_connect.web.forms import DECIDE, disconnect_form, form_token
from orcid_connect.web.my_pages import AskSwitch, Deliveries, OtherLink, Said
from orcid_connect.web.offers import connect_offer
from orcid_connect.web.pages import MyPage
from orcid_connect.web.replies import html
from orcid_connect.web.standing import row_of, said, title_of
from orcid_connect.web.state import browser_of, new_browser, remember_browser
from orcid_connect.web.words import moment, permissions, shown_link


@dataclass(frozen=True, slots=True)
class _Visit:
    """Who looks at their page, with what, and in which language."""

    services: Services
    person: Person
    browser: str
    language: Language

    @property
    def base(self) -> str:
        """Where we are, by path: a page opened under another name of this host gets an answer."""
        return urlsplit(self.services.settings.public_url).path


class MyOrcid:
    """Answers the person signed in about themselves."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def show(self, request: Request) -> Response:
        """Show the person their connection and what became of it."""
        services = await self._doors.get_services()
        person = await self._doors.somebody(request)
        settings = services.settings
        credential = settings.credential_for(person.tenant)
        link = await linking.current_link(services, person)
        wish = request.query_params.get("return_to")
        back = checked_return(settings, wish)
        pages = await self._doors.pages(request)
        visit = _Visit(
            services, person, browser_of(settings, request) or new_browser(), pages.language
        )
        language = pages.language
        active = link is not None and link.state == "active"
        others = await _others(visit, link)
        again = back if wish else f"{settings.public_url}/my"
        page = MyPage(
            state="none" if link is None else link.state,
            identity=None if link is None else shown_link(credential, link),
            since=None if link is None else moment(language, link.made_at),
            permissions=(permissions(language, link.scopes) if link is not None and active else ()),
            writes=link is not None and WRITE_SCOPE in link.scopes,
            offer=connect_offer(settings, language, credential, again),
            disconnect=(
                disconnect_form(services, visit.browser, person, visit.base)
                if active or others
                else None
            ),
            others=others,
            deliveries=await _deliveries(visit, request, credential),
            said=await _said(visit, request),
            return_to=back,
            closed=None if link is None else link.closed,
            refused=await standing_refusal(services, person) is not None,
        )
        response = html(pages, page)
        remember_browser(response, settings, visit.browser)
        return response


async def _deliveries(visit: _Visit, request: Request, credential: Credential) -> Deliveries:
    services, base = visit.services, visit.base
    try:
        after = read_position(request.query_params.get("after", "")[:100])
    except InputError:
        raise HTTPException(
            400, marked("There is no such part of this list; begin at its first page.")
        ) from None
    found = await overview.of_person(services, visit.person, after)
    token = form_token(
        services.settings, services.clock, visit.browser, visit.person, purpose=DECIDE
    )
    return Deliveries(
        rows=tuple(row_of(services, visit.language, base, one) for one in found.standings),
        token=token,
        switch=_switch(base, found) if credential.may_write else None,
        first_url=None if after is None else f"{base}/my#oc-sent",
        older_url=_older(base, found),
    )


def _switch(base: str, found: Overview) -> AskSwitch:
    return AskSwitch(ask_first=found.ask_first, action=f"{base}/my/asking")


def _older(base: str, found: Overview) -> str | None:
    if found.after is None:
        return None
    return f"{base}/my?after={quote(written_position(found.after))}#oc-sent"


async def _others(visit: _Visit, shown: Link | None) -> tuple[OtherLink, ...]:
    """Return the links with other credentials that the person did not end."""
    services, language = visit.services, visit.language
    found = []
    for link in await linking.kept_links(services, visit.person):
        credential = services.credential_of(link.realm)
        if credential is None or (shown is not None and link.realm == shown.realm):
            continue
        found.append(
            OtherLink(
                identity=shown_link(credential, link),
                since=moment(language, link.made_at),
                state=link.state,
                permissions=permissions(language, link.scopes),
            )
        )
    return tuple(found)


async def _said(visit: _Visit, request: Request) -> Said | None:
    word = request.query_params.get("said", "")[:30]
    about = request.query_params.get("of", "")
    if not about:
        return said(visit.language, word)
    one = await overview.of_one(visit.services, visit.person, about)
    return said(visit.language, word, "" if one is None else title_of(visit.language, one))
