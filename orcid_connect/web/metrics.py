"""`GET /metrics` for Prometheus: numbers of the ledger, and of what this process did.

No label names a person, a tenant or anything else without bound. Requests, plugin failures and
connections are counted in each process by itself; the rest is asked of the database.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.engines.locks import somebody_delivers
from orcid_connect.errors import SettingsError
from orcid_connect.extras import load
from orcid_connect.journeys.status import Status
from orcid_connect.services import Services
from orcid_connect.store.listings import STATES
from orcid_connect.web.admin_guard import refuse_strangers
from orcid_connect.web.doors import Doors
from orcid_connect.web.recent import Recent

EXTRA: Final = "metrics"
METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE"})
PLUGIN_FAILURES: Final = ("raised", "timed out", "nonsense", "abandoned")
_BEARER: Final = "bearer"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is told at one moment."""

    status: Status
    delivering: bool
    requests: Mapping[str, int]
    plugin_failures: Mapping[str, int]
    connections: Mapping[str, int]


class Metrics:
    """The door of the metrics."""

    def __init__(self, doors: Doors, recent: Recent) -> None:
        self._doors = doors
        self._recent = recent

    async def show(self, request: Request) -> Response:
        """Answer in Prometheus' text format."""
        services = await self._doors.get_services()
        await self._refuse_strangers(services, request)
        try:
            library = load("prometheus_client", EXTRA, "/metrics")
            core = load("prometheus_client.core", EXTRA, "/metrics")
        except SettingsError as error:
            raise HTTPException(404, f"{error}.") from None
        numbers = Numbers(
            status=await self._recent.status(services),
            delivering=await somebody_delivers(services.database),
            requests=services.counters.beginning("request"),
            plugin_failures=services.plugins.counters.all(),
            connections=services.counters.beginning("connection"),
        )
        registry = library.CollectorRegistry()
        registry.register(_Collector(core, numbers))
        return Response(library.generate_latest(registry), media_type=library.CONTENT_TYPE_LATEST)

    async def _refuse_strangers(self, services: Services, request: Request) -> None:
        """Raise HTTP 401 without the token of the settings; if there is none, 403 to strangers."""
        token = services.settings.metrics_token
        if token is None:
            await refuse_strangers(self._doors.get_services, request)
            return
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.encode(), token.get_secret_value().encode())
        if kind.lower() != _BEARER or not right:
            headers = {"WWW-Authenticate": "Bearer"}
            raise HTTPException(401, "Send the metrics_token as a bearer token.", headers=headers)


class _Collector:
    """Hands the numbers to the library, which does not own them."""

    def __init__(self, core: Any, numbers: Numbers) -> None:
        self._core = core
        self._numbers = numbers

    def collect(self) -> Iterator[Any]:
        """Return everything that is told."""
        yield from self._of_the_ledger()
        yield from self._of_this_process()

    def _of_the_ledger(self) -> Iterator[Any]:
        status = self._numbers.status
        states = self._core.GaugeMetricFamily(
            "orcid_connect_deliveries", "Deliveries by the state they are in.", labels=["state"]
        )
        for state in STATES:
            states.add_metric([state], status.total(state))
        yield states
        oldest = min((one.oldest_due for one in status.backlogs), default=None)
        yield self._gauge(
            "due_age_seconds",
            "How long what is due has waited, at most.",
            _age(status, status.oldest_due),
        )
        yield self._gauge(
            "planning_backlog", "Declarations that wait to be planned.", status.unplanned
        )
        yield self._gauge(
            "planning_age_seconds", "How long they have waited, at most.", _age(status, oldest)
        )
        paused = [one for one in status.stopped if one.paused_at is not None]
        yield self._gauge(
            "paused_credentials",
            "Credentials that stand still until a person resumes them.",
            sum(one.tenant is None for one in paused),
        )
        yield self._gauge(
            "paused_tenants",
            "Tenants' queues that stand still until a person resumes them.",
            sum(one.tenant is not None for one in paused),
        )
        yield self._gauge(
            "delivering",
            "1 if a process delivers from this database.",
            int(self._numbers.delivering),
        )

    def _of_this_process(self) -> Iterator[Any]:
        requests = self._core.CounterMetricFamily(
            "orcid_connect_requests",
            "Requests of this process to ORCID, by method and class of status.",
            labels=["method", "status"],
        )
        for name, count in self._numbers.requests.items():
            method, _, status = name.partition(" ")
            if method in METHODS:
                requests.add_metric([method, status], count)
        yield requests
        yield self._counter(
            "plugin_failures",
            "Calls of plugins in this process that gave no answer to use.",
            "kind",
            {name: self._numbers.plugin_failures.get(name, 0) for name in PLUGIN_FAILURES},
        )
        yield self._counter(
            "connections",
            "People who came back from ORCID to this process, by outcome.",
            "outcome",
            self._numbers.connections,
        )

    def _gauge(self, name: str, words: str, value: float) -> Any:
        return self._core.GaugeMetricFamily(f"orcid_connect_{name}", words, value=value)

    def _counter(self, name: str, words: str, label: str, counts: Mapping[str, int]) -> Any:
        family = self._core.CounterMetricFamily(f"orcid_connect_{name}", words, labels=[label])
        for value, count in counts.items():
            family.add_metric([value], count)
        return family


def _age(status: Status, since: float | None) -> float:
    return 0.0 if since is None else max(status.at - since, 0.0)
