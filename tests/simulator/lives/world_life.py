"""The random life of a whole world, compared with a model: people, tokens, writes, faults.

Every request must be answered as the model says, and no 5xx may come that was not asked for.
"""

import json
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from orcid_connect.simulator import SimClock, Simulator
from tests.simulator.callers import CALLBACK
from tests.simulator.lives.odd_requests import KIND, SOME, OddRequests
from tests.simulator.lives.world_driver import MEMBERS
from tests.simulator.lives.world_model import (
    OTHERWISE_REVOKED,
    READING,
    USER_REVOKED,
    WRITING,
    Held,
    Owner,
    Pass,
    body_of,
    plural_of,
    segment_of,
)

CLIENTS = st.integers(0, len(MEMBERS) - 1)
IDENTITIES = st.sampled_from(["a", "b", "c"])
SCOPES = st.sampled_from([WRITING, WRITING, READING])
STATES = st.sampled_from(["active", "active", "locked", "deactivated", "unclaimed"])
SECONDS = st.integers(1, 40 * 24 * 3600)
TWENTY_YEARS = 20 * 366 * 24 * 3600.0
# What keeps a request from being done, and what only spoils its answer.
NOT_DONE: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "3"}},
    {"kind": "cut-before"},
    {"kind": "html"},
    {"kind": "outage", "seconds": 60},
    {"kind": "outage", "seconds": 60, "status": 0},
)
DONE: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 500, "applied": True},
    {"kind": "html", "applied": True},
    {"kind": "cut-after"},
    {"kind": "half-body"},
    {"kind": "content-type", "value": "text/html"},
    {"kind": "clock-skew", "seconds": 4000},
    {"kind": "slow", "seconds": 5},
    {"kind": "revoke-token"},
)
FAULTS = st.lists(st.sampled_from([*NOT_DONE, *DONE]), min_size=1, max_size=2)


class WorldLife(OddRequests):
    """People, members with many tokens, items of many kinds, faults, and odd requests."""

    @initialize(on_disk=st.booleans())
    def begin(self, on_disk: bool) -> None:
        """Open a world, in memory or in a file, with three members and two people."""
        self.open(on_disk)
        for _ in range(2):
            self.somebody_registers()
        for client in range(len(MEMBERS)):
            self.a_token_is_given(client, client, WRITING, None)

    # --- people and permissions --------------------------------------------------------------

    @rule()
    def somebody_registers(self) -> None:
        """A new record is empty and active."""
        person = self.sim.add_person("Ada", "Lovelace")
        self.model.owners[person.orcid] = Owner(created=int(self.now * 1000))

    @rule(client=CLIENTS, number=SOME, scope=SCOPES, seconds=st.none() | SECONDS)
    def a_token_is_given(self, client: int, number: int, scope: str, seconds: int | None) -> None:
        """A token holds for its client, its record, its scopes and its time."""
        orcid = self.orcid(number)
        value = self.sim.issue_token(
            self.members[client].client_id, orcid, scope, expires_in=seconds
        )
        expires = self.now + (TWENTY_YEARS if seconds is None else seconds)
        self.model.passes.append(Pass(value, client, orcid, scope, expires))

    @rule(client=CLIENTS, number=SOME, scope=SCOPES, again=st.booleans())
    def a_code_is_exchanged(self, client: int, number: int, scope: str, again: bool) -> None:
        """A code gives a token once; used a second time, it takes it away."""
        orcid, member = self.orcid(number), self.members[client]
        code = self.sim.grant(member.client_id, orcid, scope, CALLBACK)
        answer = self.ask_token(client, grant_type="authorization_code", code=code)
        if self.model.owners[orcid].state != "active":
            assert answer.status_code < 500
            if answer.status_code != 200:
                return
        self.keep(answer, client, orcid, scope)
        if again:
            refused = self.ask_token(client, grant_type="authorization_code", code=code)
            assert refused.status_code == 400
            self.model.passes[-1].revoked = OTHERWISE_REVOKED

    @rule(number=SOME, keep_old=st.booleans())
    def a_token_is_refreshed(self, number: int, keep_old: bool) -> None:
        """A refresh gives a new token, and ends the old one unless told otherwise."""
        found = [each for each in self.model.passes if each.refresh is not None]
        if not found:
            return
        old = found[number % len(found)]
        form = {"grant_type": "refresh_token", "refresh_token": str(old.refresh)}
        answer = self.ask_token(old.client, **form, revoke_old=str(not keep_old).lower())
        is_open = self.model.owners[old.orcid].state == "active"
        if old.revoked or old.expires <= self.now:
            assert answer.status_code == 400
        elif is_open:
            self.keep(answer, old.client, old.orcid, old.scope)
        if answer.status_code == 200 and not keep_old:
            old.revoked = OTHERWISE_REVOKED

    @rule(client=CLIENTS, number=SOME)
    def the_person_withdraws(self, client: int, number: int) -> None:
        """All tokens of that client end, for everything but DELETE."""
        orcid = self.orcid(number)
        self.sim.revoke_by_user(orcid, self.members[client].client_id)
        self.model.withdraw(orcid, client, USER_REVOKED)

    @rule(number=SOME)
    def the_client_revokes(self, number: int) -> None:
        """A token its client revokes is over, for DELETE too."""
        used = self.some_pass(number)
        member = self.members[used.client]
        form = {"client_id": member.client_id, "client_secret": member.client_secret}
        answer = self.request("POST", "/oauth/revoke", data=form | {"token": used.value})
        assert answer.status_code == 200
        used.revoked = used.revoked or OTHERWISE_REVOKED

    @rule(number=SOME, state=STATES)
    def the_record_changes_state(self, number: int, state: str) -> None:
        """A deactivated record is emptied and its tokens end; other states only close it."""
        orcid = self.orcid(number)
        self.sim.set_state(orcid, state)
        self.model.owners[orcid].state = state
        if state == "deactivated":
            self.model.empty(orcid)
            self.model.withdraw(orcid, None, OTHERWISE_REVOKED)

    @rule(number=SOME, other=SOME)
    def two_records_are_merged(self, number: int, other: int) -> None:
        """The deprecated record is emptied; its tokens meet 301 and 409."""
        orcid, primary = self.orcid(number), self.orcid(other)
        if orcid != primary:
            self.sim.set_state(orcid, "deprecated", primary)
            self.model.owners[orcid].state = "deprecated"
            self.model.empty(orcid)

    # --- records -----------------------------------------------------------------------------

    @rule(number=SOME, kind=KIND, identity=IDENTITIES, elsewhere=st.none() | SOME)
    def create(self, number: int, kind: str, identity: str, elsewhere: int | None) -> None:
        """An item is created where the pass allows it and nothing like it is there."""
        used = self.some_pass(number)
        orcid = used.orcid if elsewhere is None else self.orcid(elsewhere)
        answer = self.post(used, orcid, kind, identity)
        wanted = self.model.creating(used, orcid, kind, identity, self.now)
        assert answer.status_code == wanted, (wanted, answer.text)
        if wanted == 201:
            self.note_created(used, orcid, kind, identity, answer.headers["location"])

    @precondition(lambda self: self.model.items)
    @rule(number=SOME, item=SOME, identity=IDENTITIES)
    def update(self, number: int, item: int, identity: str) -> None:
        """Only its source changes an item, and not to what it holds elsewhere."""
        used, code = self.some_pass(number), self.some_item(item)
        held = self.model.items[code]
        body = body_of(held.kind, identity) | {"put-code": code}
        path = f"/{held.orcid}/{segment_of(held.kind)}/{code}"
        answer = self.send(used, "PUT", path, body)
        assert answer.status_code in self.model.updating(used, code, identity, self.now), (
            answer.text
        )
        if answer.status_code == 200:
            self.model.items[code] = Held(held.orcid, held.kind, held.client, identity)

    @precondition(lambda self: self.model.items)
    @rule(number=SOME, item=SOME)
    def delete(self, number: int, item: int) -> None:
        """Only its source deletes an item, with a withdrawn token too."""
        used, code = self.some_pass(number), self.some_item(item)
        held = self.model.items[code]
        wanted = self.model.deleting(used, code, self.now)
        answer = self.send(used, "DELETE", f"/{held.orcid}/{segment_of(held.kind)}/{code}")
        assert answer.status_code == wanted, (wanted, answer.text)
        if wanted == 204:
            del self.model.items[code]

    @rule(number=SOME, kind=KIND)
    def read(self, number: int, kind: str) -> None:
        """Lists hold what the model holds; each item is read singly too."""
        used = self.some_pass(number)
        wanted = self.model.refusal(used, used.orcid, self.now, method="GET") or 200
        listed = self.send(used, "GET", f"/{used.orcid}/{plural_of(kind)}")
        assert listed.status_code == wanted, listed.text
        codes = self.model.on_record(used.orcid, kind)
        if wanted == 200:
            assert sorted(put_codes(listed.json())) == codes
        for code in codes[:3]:
            answer = self.send(used, "GET", f"/{used.orcid}/{segment_of(kind)}/{code}")
            assert answer.status_code == wanted
        for path in ("/record", "/activities", "/person", ""):
            assert self.send(used, "GET", f"/{used.orcid}{path}").status_code == wanted

    # --- what goes wrong ---------------------------------------------------------------------

    @rule(number=SOME, kind=KIND, identity=IDENTITIES, faults=FAULTS)
    def create_while_things_fail(
        self, number: int, kind: str, identity: str, faults: list[dict[str, Any]]
    ) -> None:
        """What a fault lets through is done, whatever the caller is told; the rest is not."""
        used = self.some_pass(number)
        asked = [self.sim.add_fault(count=1, **fault) for fault in faults]
        wanted = self.model.creating(used, used.orcid, kind, identity, self.now)
        before = self.codes_on(used.orcid)
        try:
            self.post(used, used.orcid, kind, identity)
        except httpx.RemoteProtocolError:
            assert {fault["kind"] for fault in faults} & {
                "cut-before",
                "cut-after",
                "half-body",
                "outage",
            }
        for fault_number in asked:
            self.sim.faults.remove(fault_number)
        new = self.codes_on(used.orcid) - before
        is_done = all(fault in DONE for fault in faults)
        assert len(new) == (1 if wanted == 201 and is_done else 0)
        for code in new:
            self.note_created(used, used.orcid, kind, identity, f"/{code}")
        if any(fault["kind"] == "revoke-token" for fault in faults):
            used.revoked = used.revoked or USER_REVOKED

    # --- the world as a whole ----------------------------------------------------------------

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        """Tokens end by the simulator's clock."""
        self.sim.clock.move(seconds)

    @rule()
    def webhooks_are_delivered(self) -> None:
        """A callback that fails is tried again later, and harms nothing."""
        orcid, premium = self.orcid(0), self.members[1]
        token = self.sim.issue_token(premium.client_id, None, "/webhook")
        headers = {"authorization": f"Bearer {token}"}
        path = f"/api/{orcid}/webhook/http%3A%2F%2Fcallback.test%2F"
        assert self.request("PUT", path, headers=headers).status_code in {201, 204}
        failing = httpx.MockTransport(lambda _request: httpx.Response(500))
        self.runner.run(self.sim.deliver_webhooks(failing))

    @rule()
    def everything_is_saved_and_put_back(self) -> None:
        """A snapshot put back changes nothing."""
        self.sim.restore(json.loads(json.dumps(self.sim.snapshot())))

    @precondition(lambda self: self.database is not None)
    @rule()
    def the_simulator_is_restarted(self) -> None:
        """Everything is still there, but the journal."""
        self.sim.close()
        self.sim = Simulator(clock=SimClock(self.now, frozen=True), database=self.database)
        self.seen = 0

    @invariant()
    def records_are_as_the_model_says(self) -> None:
        """Every record holds what the model holds, and nothing else."""
        for orcid in self.model.owners:
            wanted = {code for code, held in self.model.items.items() if held.orcid == orcid}
            assert self.codes_on(orcid) == wanted


def put_codes(document: Any) -> list[int]:
    """Every put-code of the items in a list document, whatever its groups."""
    if isinstance(document, list):
        return [code for each in document for code in put_codes(each)]
    if not isinstance(document, dict):
        return []
    own = document.get("put-code")
    if own is not None and "path" in document and "source" in document:
        return [int(own)]
    return [code for each in document.values() for code in put_codes(each)]
