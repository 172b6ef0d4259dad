"""The administration: how all of it stands, listings, one delivery, coverage. It only shows."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from orcid_connect.engines.locks import somebody_delivers
from orcid_connect.errors import InputError
from orcid_connect.journeys import exporting, managing, status
from orcid_connect.journeys.filtering import (
    given_filters,
    read_filters,
    read_position,
    written_position,
)
from orcid_connect.journeys.status import Line, Preview, Status, Stopped
from orcid_connect.languages import Language, marked
from orcid_connect.services import Services
from orcid_connect.store import ledger, listings, reports
from orcid_connect.store.ledger import Attempt, Delivery
from orcid_connect.store.listings import STATES, Filters, Position
from orcid_connect.web import admin_chart
from orcid_connect.web.admin_forms import AdminForms
from orcid_connect.web.admin_guard import refuse_strangers
from orcid_connect.web.admin_pages import (
    AdminCoverage,
    AdminDelivery,
    AdminList,
    AdminOverview,
    AdminPage,
    AttemptLine,
    CoverageLine,
    CredentialLine,
    StateCount,
    StoppedLine,
    TenantCoverage,
    TenantLine,
)
from orcid_connect.web.admin_words import (
    BY_AUTHOR,
    MEANINGS,
    ROLES,
    SAID,
    by_role,
    deed_forms,
    list_url,
    shown,
    with_query,
)
from orcid_connect.web.doors import Doors
from orcid_connect.web.recent import Recent
from orcid_connect.web.replies import html
from orcid_connect.web.terms import KINDS
from orcid_connect.web.words import Ago, Times, without_addresses

ROWS = 50
"""Deliveries on one page."""
LINES = 100
"""Tenants on the first page; the others are found by their filter."""
TENANTS = 20
"""Tenants on one page of the coverage."""
LARGEST_QUERY = 8_000
"""Characters of a query, more than all filters together need."""

_SEE_OTHER = 303


class Admin:
    """The doors of the administration; `AdminGuard` stands before all of them."""

    def __init__(self, doors: Doors, recent: Recent) -> None:
        self._doors = doors
        self._recent = recent
        self.forms = AdminForms(doors, recent)

    async def without_slash(self, request: Request) -> Response:
        """Send whoever left out the slash to the overview."""
        await refuse_strangers(self._doors.get_services, request)
        services = await self._doors.get_services()
        return RedirectResponse(f"{_base(services)}/", _SEE_OTHER)

    async def _times(self, request: Request, now: float) -> Times:
        return Times(await self._doors.language(request), now)

    async def overview(self, request: Request) -> Response:
        """Show how all of it stands."""
        services = await self._doors.get_services()
        found = await self._recent.status(services)
        days = await self._recent.days(services, None)
        browser, token = await self.forms.token(services, request)
        base = _base(services)
        times = await self._times(request, found.at)
        page = AdminOverview(
            here="overview",
            form_token=token,
            said=SAID.get(request.query_params.get("said", ""), ""),
            delivers=await somebody_delivers(services.database),
            states=_state_counts(base, found, None),
            oldest_due=times.ago_if_known(found.oldest_due),
            to_plan=found.unplanned,
            stopped=tuple(_stopped(one, times) for one in found.stopped),
            credentials=_going(services, found),
            lines=tuple(_line(base, line, found, times) for line in found.lines[:LINES]),
            more_lines=max(len(found.lines) - LINES, 0),
            chart=admin_chart.draw(days, times.language),
        )
        response = await self._page(request, page)
        self.forms.remember(response, services, browser)
        return response

    async def listing(self, request: Request) -> Response:
        """Show a page of deliveries that match the filters in the address."""
        services = await self._doors.get_services()
        times = await self._times(request, services.clock())
        filters, after = _asked(services, request, times.language)
        async with services.database.reading() as connection:
            found = await listings.page(connection, filters, after, ROWS)
        base = _base(services)
        next_url = None
        if found.after is not None:
            next_url = list_url(base, filters, after=written_position(found.after))
        page = AdminList(
            here="deliveries",
            given=given_filters(filters),
            states=STATES,
            activities=tuple(KINDS),
            rows=tuple(shown(services, base, row, times) for row in found.rows),
            first_url=None if after is None else list_url(base, filters),
            next_url=next_url,
            csv_url=with_query(f"{base}/deliveries.csv", given_filters(filters)),
            count=await self._count(services, filters),
        )
        return await self._page(request, page)

    async def download(self, request: Request) -> Response:
        """Send all deliveries that match as CSV, while they are being read."""
        services = await self._doors.get_services()
        filters, _ = _asked(services, request, await self._doors.language(request))
        headers = {"Content-Disposition": 'attachment; filename="orcid-deliveries.csv"'}
        return StreamingResponse(_csv(services, filters), media_type="text/csv", headers=headers)

    async def delivery(self, request: Request) -> Response:
        """Show one delivery with its attempts and what would be sent."""
        services = await self._doors.get_services()
        row = await self.forms.row(services, request)
        found = await status.preview(services, row)
        attempts = await status.attempts(services, row)
        browser, token = await self.forms.token(services, request)
        said = SAID.get(request.query_params.get("said", ""), "")
        times = await self._times(request, services.clock())
        page = _delivery_page(services, found, attempts, times, token, said)
        response = await self._page(request, page)
        self.forms.remember(response, services, browser)
        return response

    async def coverage(self, request: Request) -> Response:
        """Show how many of the people named are connected, per tenant and role."""
        services = await self._doors.get_services()
        language = await self._doors.language(request)
        filters, _ = _asked(services, request, language)
        behind = request.query_params.get("behind", "")[:LARGEST_QUERY]
        base = _base(services)
        names = [filters.tenant] if filters.tenant is not None else []
        if not names:
            async with services.database.reading() as connection:
                names = await reports.tenants(connection, behind, TENANTS + 1)
        chart = None
        if filters.tenant is not None:
            days = await self._recent.days(services, filters.tenant)
            chart = admin_chart.draw(days, language)
        more = len(names) > TENANTS
        page = AdminCoverage(
            here="coverage",
            tenants=tuple(
                [await self._covered(services, language, base, name) for name in names[:TENANTS]]
            ),
            chart=chart,
            next_url=_coverage_url(base, behind=names[TENANTS - 1]) if more else None,
            first_url=_coverage_url(base) if behind or filters.tenant else None,
        )
        return await self._page(request, page)

    async def _covered(
        self, services: Services, language: Language, base: str, tenant: str
    ) -> TenantCoverage:
        lines = [
            CoverageLine(
                role=language.gettext(ROLES.get(one.activity, one.activity)),
                named=one.named,
                linked=one.linked,
                waiting=one.waiting,
                refused=one.refused,
                share=language.percent(one.linked / one.named) if one.named else "",
            )
            for one in sorted(await self._recent.coverage(services, tenant), key=by_role)
        ]
        return TenantCoverage(tenant, _coverage_url(base, tenant=tenant), tuple(lines))

    async def _count(self, services: Services, filters: Filters) -> int | None:
        """Return how many match, where the overview knows it already."""
        if filters != Filters(state=filters.state, tenant=filters.tenant):
            return None
        found = await self._recent.status(services)
        states = STATES if filters.state is None else (filters.state,)
        lines = [one for one in found.lines if filters.tenant in (None, one.tenant)]
        return sum(line.of(state) for line in lines for state in states)

    async def _page(self, request: Request, page: AdminPage) -> Response:
        return html(await self._doors.pages(request), page)


def _asked(
    services: Services, request: Request, language: Language
) -> tuple[Filters, Position | None]:
    """Return filters and position of an address; raises HTTP 400 where one makes no sense."""
    if len(request.url.query) > LARGEST_QUERY:
        raise HTTPException(400, marked("These filters are longer than they can be."))
    try:
        filters = read_filters(request.query_params, services.clock())
        return filters, read_position(request.query_params.get("after", ""))
    except InputError as error:
        sentence = language.gettext("The filter cannot be used: %(reason)s.")
        raise HTTPException(400, sentence % {"reason": language.gettext(str(error))}) from None


async def _csv(services: Services, filters: Filters) -> AsyncIterator[str]:
    yield exporting.header_line()
    async for part in exporting.walk(services, filters):
        if part.rows:
            yield without_addresses(exporting.csv_lines(part.rows))


def _base(services: Services) -> str:
    """Return where the administration is, by path: also under another name of this host."""
    return f"{urlsplit(services.settings.public_url).path}/admin"


def _coverage_url(base: str, **given: str) -> str:
    return with_query(f"{base}/coverage", given)


def _state_counts(base: str, found: Status, line: Line | None) -> tuple[StateCount, ...]:
    tenant = None if line is None else line.tenant
    return tuple(
        StateCount(
            state=state,
            count=found.total(state) if line is None else line.of(state),
            url=list_url(base, Filters(state=state, tenant=tenant)),
            meaning=MEANINGS[state],
        )
        for state in STATES
    )


def _line(base: str, line: Line, found: Status, times: Times) -> TenantLine:
    stopped = {(one.realm, one.tenant) for one in found.stopped if one.paused_at is not None}
    return TenantLine(
        tenant=line.tenant,
        credential=line.realm.credential,
        environment=line.realm.environment,
        counts=_state_counts(base, found, line),
        oldest_due=times.ago_if_known(line.oldest_due),
        to_plan=0 if line.backlog is None else line.backlog.count,
        planning_fails=0 if line.backlog is None else line.backlog.failed,
        url=list_url(base, Filters(tenant=line.tenant)),
        coverage_url=_coverage_url(base, tenant=line.tenant),
        paused=(line.realm, line.tenant) in stopped,
        pausable=bool(line.counts),
    )


def _stopped(one: Stopped, times: Times) -> StoppedLine:
    return StoppedLine(
        credential=one.realm.credential,
        environment=one.realm.environment,
        tenant=one.tenant,
        sentence=without_addresses(one.sentence),
        since=times.ago_if_known(one.paused_at),
        until=times.ago_if_known(one.until),
    )


def _going(services: Services, found: Status) -> tuple[CredentialLine, ...]:
    paused = {
        one.realm for one in found.stopped if one.tenant is None and one.paused_at is not None
    }
    return tuple(
        CredentialLine(one.name, one.environment)
        for one in services.settings.credentials
        if (one.name, one.environment)
        not in {(realm.credential, realm.environment) for realm in paused}
    )


def _delivery_page(
    services: Services, found: Preview, attempts: list[Attempt], times: Times, token: str, said: str
) -> AdminDelivery:
    row, base = found.row, _base(services)
    return AdminDelivery(
        here="delivery",
        form_token=token,
        said=said,
        id=row.id,
        shown=shown(services, base, row, times),
        credential=row.realm.credential,
        environment=row.realm.environment,
        put_code=row.put_code,
        known=_known(row, times),
        due=times.ago_if_known(row.due_at),
        made=times.ago(row.made_at),
        author="" if row.wish is None else BY_AUTHOR[row.wish],
        author_since=times.ago_if_known(row.wished_at),
        deeds=deed_forms(base, row, managing.possible(row)),
        method=found.method,
        path=found.path,
        payload=_pretty(found.payload),
        standing=_pretty(found.standing),
        attempts=tuple(_attempt(one, times) for one in attempts[: ledger.PAGE_SIZE]),
    )


def _known(row: Delivery, times: Times) -> Ago | None:
    return None if row.put_code is None else times.ago_if_known(row.known_at)


def _attempt(one: Attempt, times: Times) -> AttemptLine:
    return AttemptLine(
        started=times.ago(one.started_at),
        method=one.method,
        put_code=one.put_code,
        status=one.status,
        outcome=without_addresses(one.outcome or ""),
    )


def _pretty(payload: dict[str, Any] | None) -> str | None:
    return None if payload is None else json.dumps(payload, indent=2, ensure_ascii=False)
