"""The random life of one record, compared step by step with a model, without an unasked 5xx."""

import asyncio
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from orcid_connect.simulator import SimClock, Simulator
from tests.simulator import bodies
from tests.simulator.callers import EVERYTHING, NOW, Caller

DOIS = st.sampled_from(["10.5555/a", "10.5555/B", "https://doi.org/10.5555/b", "10.5555/c"])
CLIENTS = st.sampled_from([0, 1])
TITLES = st.text(min_size=1, max_size=12)
REFUSED_TITLES = {9022, 9047}  # odd characters only, or none that XML can carry
MINUTES = st.integers(min_value=1, max_value=2000)


def same(doi: str) -> str:
    """Write a DOI the way the registry compares it."""
    return doi.lower().removeprefix("https://doi.org/")


class RecordLife(RuleBasedStateMachine):
    """One record, two members who write works on it, and its owner."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.sim = Simulator(clock=SimClock(NOW, frozen=True))
        self.orcid = self.sim.add_person("Ada").orcid
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.sim.app), base_url=self.sim.base_url
        )
        self.members = [self.sim.add_client("member", f"M{n}").client_id for n in range(2)]
        self.callers = [self.fresh_caller(number) for number in range(2)]
        self.works: dict[int, tuple[int, str]] = {}  # put-code: client, compared DOI

    def fresh_caller(self, number: int) -> Caller:
        """A new token for a member."""
        token = self.sim.issue_token(self.members[number], self.orcid, EVERYTHING)
        return Caller(self.http, token, self.orcid)

    def teardown(self) -> None:
        """Close what was opened."""
        self.runner.run(self.http.aclose())
        self.runner.close()

    def holder(self, client: int, doi: str) -> int | None:
        """The work of this client with this identifier."""
        found = (code for code, held in self.works.items() if held == (client, same(doi)))
        return next(found, None)

    def send(self, client: int, method: str, path: str, body: Any = None) -> httpx.Response:
        """Send a request as one of the members."""
        options = {} if body is None else {"json": body}
        return self.runner.run(self.callers[client].send(method, path, **options))

    @rule(client=CLIENTS, doi=DOIS, title=TITLES)
    def create(self, client: int, doi: str, title: str) -> None:
        """A new work is stored, unless this client has its identifier there."""
        held = self.holder(client, doi)
        answer = self.send(client, "POST", "/work", bodies.work(doi, title))
        if answer.status_code == 400:
            assert answer.json()["error-code"] in REFUSED_TITLES
        elif held is not None:
            assert f"put-code {held}." in answer.json()["developer-message"]
        else:
            assert answer.status_code == 201
            code = int(answer.headers["location"].rsplit("/", 1)[1])
            assert code not in self.works
            self.works[code] = (client, same(doi))

    @rule(client=CLIENTS, dois=st.lists(DOIS, max_size=4))
    def create_many(self, client: int, dois: list[str]) -> None:
        """A bulk stores each work whose identifier is still free."""
        body = {"bulk": [{"work": bodies.work(doi)} for doi in dois]}
        answer = self.send(client, "POST", "/works", body)
        assert answer.status_code == 200
        for doi, element in zip(dois, answer.json()["bulk"], strict=True):
            if self.holder(client, doi) is None:
                self.works[element["work"]["put-code"]] = (client, same(doi))
            else:
                assert element["error"]["error-code"] == 9021

    @precondition(lambda self: self.works)
    @rule(client=CLIENTS, doi=DOIS, title=TITLES, data=st.data())
    def update(self, client: int, doi: str, title: str, data: st.DataObject) -> None:
        """Only the source changes a work, and not to an identifier it holds elsewhere."""
        code = data.draw(st.sampled_from(sorted(self.works)))
        body = bodies.work(doi, title) | {"put-code": code}
        answer = self.send(client, "PUT", f"/work/{code}", body)
        clash = self.holder(client, doi)
        if answer.status_code == 400:
            assert answer.json()["error-code"] in REFUSED_TITLES
        elif clash is not None and clash != code:
            assert answer.status_code == 409
        elif self.works[code][0] != client:
            assert answer.status_code == 403
        else:
            assert answer.status_code == 200
            self.works[code] = (client, same(doi))

    @precondition(lambda self: self.works)
    @rule(client=CLIENTS, data=st.data())
    def delete(self, client: int, data: st.DataObject) -> None:
        """Only the source deletes a work."""
        code = data.draw(st.sampled_from(sorted(self.works)))
        answer = self.send(client, "DELETE", f"/work/{code}")
        if self.works[code][0] == client:
            assert answer.status_code == 204
            del self.works[code]
        else:
            assert answer.status_code == 403

    @precondition(lambda self: self.works)
    @rule(client=CLIENTS, data=st.data())
    def withdraw_permission(self, client: int, data: st.DataObject) -> None:
        """A withdrawn token still deletes its client's works; then the person agrees again."""
        code = data.draw(st.sampled_from(sorted(self.works)))
        self.sim.revoke_by_user(self.orcid, self.members[client])
        assert self.send(client, "GET", f"/work/{code}").status_code == 401
        answer = self.send(client, "DELETE", f"/work/{code}")
        if self.works[code][0] == client:
            assert answer.status_code == 204
            del self.works[code]
        self.callers[client] = self.fresh_caller(client)

    @rule(client=CLIENTS, doi=DOIS, kind=st.sampled_from(["cut-after", "cut-before", "status"]))
    def lose_an_answer(self, client: int, doi: str, kind: str) -> None:
        """After a lost answer the record tells whether the work arrived."""
        held = self.holder(client, doi)
        number = self.sim.add_fault(kind, method="POST", count=1)
        try:
            self.send(client, "POST", "/work", bodies.work(doi))
        except httpx.RemoteProtocolError:
            assert kind != "status"
        self.sim.faults.remove(number)
        if held is None and kind == "cut-after":
            answer = self.send(client, "POST", "/work", bodies.work(doi))
            code = int(answer.json()["developer-message"].split("put-code ")[1].split(".")[0])
            self.works[code] = (client, same(doi))

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        """Twenty-year tokens do not mind."""
        self.sim.clock.move(minutes * 60)

    @rule()
    def save_and_restore(self) -> None:
        """A snapshot put back changes nothing."""
        self.sim.restore(self.sim.snapshot())

    @invariant()
    def the_record_is_as_the_model_says(self) -> None:
        """Lists and single reads show exactly the works of the model."""
        listed = self.send(0, "GET", "/works").json()["group"]
        codes = [each["put-code"] for group in listed for each in group["work-summary"]]
        assert sorted(codes) == sorted(self.works)
        for group in listed:
            dois = {self.works[each["put-code"]][1] for each in group["work-summary"]}
            assert len(dois) == 1
        for entry in self.sim.journal():
            assert entry["status"] < 500 or entry["fault"]
