"""What every life of a world needs: a simulator, its model, and requests to it."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import httpx
from hypothesis.stateful import RuleBasedStateMachine, invariant

from orcid_connect.simulator import SimClock, Simulator
from tests.simulator.callers import CALLBACK, NOW
from tests.simulator.lives.world_model import Held, Pass, WorldModel, body_of, segment_of

MEMBERS = ("member", "premium", "member")
# The registry's own 500: for an absent object where it expects one (REGISTRY 4.1, 5.2), and for
# codes and redirect URIs that do not fit (2.3).
OF_ITS_OWN = ("refused: 9008,", "refused: server_error")


class WorldDriver(RuleBasedStateMachine):
    """A world to send requests to, and its model; the rules are in the lives."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.database: Path | None = None
        self.model = WorldModel()
        self.seen = 0

    def open(self, on_disk: bool) -> None:
        """Open a world, in memory or in a file, with three members."""
        self.database = Path(self.folder.name, "world.sqlite") if on_disk else None
        self.sim = Simulator(clock=SimClock(NOW, frozen=True), database=self.database)
        self.members = [self.sim.add_client(kind, kind, [CALLBACK]) for kind in MEMBERS]

    def teardown(self) -> None:
        """Close what was opened."""
        if hasattr(self, "sim"):
            self.sim.close()
        self.runner.close()
        self.folder.cleanup()

    @property
    def now(self) -> float:
        """The simulated time."""
        return self.sim.clock.now()

    def orcid(self, number: int) -> str:
        """One of the people."""
        orcids = list(self.model.owners)
        return orcids[number % len(orcids)]

    def some_pass(self, number: int) -> Pass:
        """One of the tokens there ever were."""
        return self.model.passes[number % len(self.model.passes)]

    def some_item(self, number: int) -> int:
        """One of the items."""
        codes = sorted(self.model.items)
        return codes[number % len(codes)]

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request to the site."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.sim.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sim.test") as http:
                return await http.request(method, path, **options)

        return self.runner.run(send())

    def send(self, used: Pass, method: str, path: str, body: Any = None) -> httpx.Response:
        """Send a request of a pass to the Member API."""
        headers = {"accept": "application/json", "authorization": f"Bearer {used.value}"}
        options: dict[str, Any] = {} if body is None else {"json": body}
        return self.request(method, f"/api/v3.0{path}", headers=headers, **options)

    def ask_token(self, client: int, **form: str) -> httpx.Response:
        """Send a form to the token endpoint."""
        member = self.members[client]
        secret = {"client_id": member.client_id, "client_secret": member.client_secret}
        redirect = {"redirect_uri": CALLBACK}
        return self.request("POST", "/oauth/token", data=secret | redirect | form)

    def keep(self, answer: httpx.Response, client: int, orcid: str, scope: str) -> None:
        """Note the token of an answer that must hold one."""
        assert answer.status_code == 200, answer.text
        given = answer.json()
        assert given["orcid"] == orcid
        expires = self.now + given["expires_in"]
        self.model.passes.append(
            Pass(given["access_token"], client, orcid, scope, expires, given["refresh_token"])
        )

    def post(self, used: Pass, orcid: str, kind: str, identity: str) -> httpx.Response:
        """Send one item."""
        return self.send(used, "POST", f"/{orcid}/{segment_of(kind)}", body_of(kind, identity))

    def note_created(self, used: Pass, orcid: str, kind: str, identity: str, location: str) -> None:
        """Note a new item, whose put-code nobody had."""
        code = int(location.rsplit("/", 1)[1])
        assert code not in self.model.items
        self.model.items[code] = Held(orcid, kind, used.client, identity)

    def codes_on(self, orcid: str) -> set[int]:
        """Every put-code on a record."""
        return {int(item["put-code"]) for item in self.sim.items(orcid)}

    @invariant()
    def nothing_failed_that_was_not_asked_to(self) -> None:
        """Every 5xx in the journal has a fault beside it, or is the registry's own."""
        if not hasattr(self, "sim"):
            return
        for entry in self.sim.journal(self.seen):
            asked = entry["fault"] or entry["decision"].startswith(OF_ITS_OWN)
            assert entry["status"] < 500 or asked, entry
            self.seen = entry["number"]
