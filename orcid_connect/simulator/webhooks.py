"""Firing webhooks by the simulated clock: empty POSTs, linear back-off (REGISTRY 9.2)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx

from orcid_connect.simulator.entities import Webhook
from orcid_connect.simulator.world import World

TIMEOUT_SECONDS = 20.0
BACK_OFF_MILLISECONDS = 10 * 60 * 1000  # times the number of failures
MOST_FAILURES = 25  # then the registration is dead
MOST_PER_RUN = 3 * 5000
LOOK_SECONDS = 0.5  # of real time, between two looks at the simulated clock
TOO_MANY_REQUESTS = 429


def due_webhooks(world: World) -> list[Webhook]:
    """Give the registrations to be called now, the oldest change first."""
    found = [webhook for webhook in world.webhooks if _is_due(world, webhook)]
    found.sort(key=lambda webhook: world.people[webhook.orcid].modified)
    return found[:MOST_PER_RUN]


def _is_due(world: World, webhook: Webhook) -> bool:
    client = world.clients.get(webhook.client_id)
    person = world.people.get(webhook.orcid)
    if client is None or person is None or client.state == "deactivated":
        return False
    if not client.webhooks_enabled or webhook.failures >= MOST_FAILURES:
        return False
    if person.modified < (webhook.last_sent or webhook.created):
        return False
    waited_until = (webhook.last_failed or 0) + webhook.failures * BACK_OFF_MILLISECONDS
    return not webhook.failures or world.clock.milliseconds() >= waited_until


async def deliver_webhooks(world: World, transport: httpx.AsyncBaseTransport | None = None) -> int:
    """Call every callback that is due; count the ones that took it."""
    delivered = 0
    skipped: set[str] = set()
    async with httpx.AsyncClient(
        timeout=TIMEOUT_SECONDS, trust_env=False, transport=transport
    ) as http:
        for webhook in due_webhooks(world):
            if webhook.client_id in skipped:
                continue
            status = await _call(http, webhook)
            if status == TOO_MANY_REQUESTS:
                skipped.add(webhook.client_id)
            delivered += _note(world, webhook, status)
    return delivered


async def _call(http: httpx.AsyncClient, webhook: Webhook) -> int:
    """Send the empty POST; an address that cannot be reached counts as status 0."""
    address = webhook.url if "://" in webhook.url else f"http://{webhook.url}"
    try:
        answer = await http.post(address, content=b"")
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0
    return answer.status_code


def _note(world: World, webhook: Webhook, status: int) -> int:
    # It may have been removed while the callback was being called.
    if (webhook.orcid, webhook.url) not in world.webhooks:
        return 0
    now = world.clock.milliseconds()
    is_delivered = 200 <= status < 300
    if is_delivered:
        webhook.last_sent, webhook.failures = now, 0
    else:
        webhook.last_failed, webhook.failures = now, webhook.failures + 1
    world.webhooks.put(webhook)
    world.storage.commit()
    return int(is_delivered)


class WebhookRunner:
    """Delivers every few minutes of simulated time while a server runs."""

    def __init__(self, world: World) -> None:
        """Begin one interval from now."""
        self._world = world
        self._last_run = world.clock.now()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver in the background while the block runs."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = self._world.clock.now()
            if now - self._last_run >= self._world.settings.webhook_seconds:
                self._last_run = now
                await deliver_webhooks(self._world)
