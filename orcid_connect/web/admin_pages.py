"""The variables of the administration's pages: everything is ready to be shown, nothing else is."""

from dataclasses import dataclass
from typing import ClassVar

from orcid_connect.web.admin_chart import Chart
from orcid_connect.web.words import Ago


@dataclass(frozen=True, slots=True)
class Shown:
    """One delivery as it is listed."""

    url: str
    state: str
    sentence: str
    tenant: str
    kind: str
    key: str
    activity: str
    person: str
    orcid: str | None
    record_url: str | None
    changed: Ago


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many deliveries are in a state, and where they are listed."""

    state: str
    count: int
    url: str
    meaning: str


@dataclass(frozen=True, slots=True)
class TenantLine:
    """One tenant's deliveries with one credential."""

    tenant: str
    credential: str
    environment: str
    counts: tuple[StateCount, ...]
    oldest_due: Ago | None
    to_plan: int
    planning_fails: int
    url: str
    coverage_url: str
    paused: bool
    pausable: bool


@dataclass(frozen=True, slots=True)
class StoppedLine:
    """A credential or tenant that stands still or goes slowly, and why."""

    credential: str
    environment: str
    tenant: str | None
    sentence: str
    since: Ago | None
    until: Ago | None


@dataclass(frozen=True, slots=True)
class CredentialLine:
    """A credential of the settings that goes on as it should."""

    name: str
    environment: str


@dataclass(frozen=True, slots=True)
class AdminOverview:
    """How all of it stands."""

    template: ClassVar[str] = "admin/overview.html"

    here: str
    form_token: str
    said: str
    delivers: bool
    states: tuple[StateCount, ...]
    oldest_due: Ago | None
    to_plan: int
    stopped: tuple[StoppedLine, ...]
    credentials: tuple[CredentialLine, ...]
    lines: tuple[TenantLine, ...]
    more_lines: int
    chart: Chart


@dataclass(frozen=True, slots=True)
class AdminList:
    """A listing with its filters."""

    template: ClassVar[str] = "admin/deliveries.html"

    here: str
    given: dict[str, str]
    states: tuple[str, ...]
    activities: tuple[str, ...]
    rows: tuple[Shown, ...]
    first_url: str | None
    next_url: str | None
    csv_url: str
    count: int | None


@dataclass(frozen=True, slots=True)
class DeedForm:
    """One thing that can be done to a delivery."""

    deed: str
    action: str
    label: str
    meaning: str
    takes_reason: bool


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One exchange with ORCID."""

    started: Ago
    method: str
    put_code: int | None
    status: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class AdminDelivery:
    """One delivery: where it stands, what can be done, what would be sent, what was."""

    template: ClassVar[str] = "admin/delivery.html"

    here: str
    form_token: str
    said: str
    id: str
    shown: Shown
    credential: str
    environment: str
    put_code: int | None
    known: Ago | None
    due: Ago | None
    made: Ago
    author: str
    author_since: Ago | None
    deeds: tuple[DeedForm, ...]
    method: str | None
    path: str | None
    payload: str | None
    standing: str | None
    attempts: tuple[AttemptLine, ...]


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """The people named in one role, by whether they can be reached."""

    role: str
    named: int
    linked: int
    waiting: int
    refused: int
    share: str


@dataclass(frozen=True, slots=True)
class TenantCoverage:
    """Everybody named in one tenant."""

    tenant: str
    url: str
    lines: tuple[CoverageLine, ...]


@dataclass(frozen=True, slots=True)
class AdminCoverage:
    """How many of the people named have connected an iD, per journal and role."""

    template: ClassVar[str] = "admin/coverage.html"

    here: str
    tenants: tuple[TenantCoverage, ...]
    chart: Chart | None
    next_url: str | None
    first_url: str | None


AdminPage = AdminOverview | AdminList | AdminDelivery | AdminCoverage
