"""Odd requests to a world: broken bodies, odd paths and forms, and people who look around."""

import json

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.simulator.lives import oddities
from tests.simulator.lives.world_driver import WorldDriver
from tests.simulator.lives.world_model import KINDS, segment_of

SOME = st.integers(0, 10_000)
KIND = st.sampled_from(KINDS)
PAGES = ("/", "/account", "/_control/journal/page", "/_control/journal", "/oauth/jwks")


class OddRequests(WorldDriver):
    """Whatever they are answered, the model does not change by them."""

    @rule(data=st.data(), number=SOME, kind=KIND)
    def something_broken_is_sent(self, data: st.DataObject, number: int, kind: str) -> None:
        """A body broken in one place is judged, not stumbled over."""
        used = self.some_pass(number)
        body = json.dumps(data.draw(oddities.broken_bodies(kind)))
        headers = {"authorization": f"Bearer {used.value}", "content-type": "application/json"}
        headers["accept"] = "application/json"
        path = f"/api/v3.0/{used.orcid}/{segment_of(kind)}"
        self.request("POST", path, headers=headers, content=body)
        self.clear_away(used.orcid)

    @rule(data=st.data(), number=SOME, method=oddities.METHODS)
    def something_odd_is_sent(self, data: st.DataObject, number: int, method: str) -> None:
        """Odd paths, headers and bodies get an answer like any other."""
        used = self.some_pass(number)
        rest = "/".join(data.draw(st.lists(oddities.SEGMENTS, max_size=3)))
        api = data.draw(st.sampled_from(["/api/v3.0", "/pub/v3.0", "/api", ""]))
        path = data.draw(st.just(f"{api}/{used.orcid}/{rest}") | oddities.TOP_PATHS)
        headers = {"authorization": f"Bearer {used.value}"}
        headers["accept"] = data.draw(oddities.ACCEPTS)
        headers["content-type"] = data.draw(oddities.CONTENT_TYPES)
        content = data.draw(oddities.odd_bytes())
        try:
            self.request(method, path, headers=headers, content=content)
        except httpx.InvalidURL:
            return
        self.clear_away(used.orcid)

    @rule(data=st.data(), method=st.sampled_from(["GET", "POST"]), path=oddities.TOP_PATHS)
    def an_odd_form_is_sent(self, data: st.DataObject, method: str, path: str) -> None:
        """OAuth end points and pages answer any form."""
        fields = data.draw(oddities.FIELDS)
        member = self.members[0]
        if data.draw(st.booleans()):
            fields |= {"client_id": member.client_id, "client_secret": member.client_secret}
        if method == "GET":
            self.request(method, path, params=fields)
        else:
            self.request(method, path, data=fields)

    def clear_away(self, orcid: str) -> None:
        """Take off the record what an odd request happened to put there."""
        for code in self.codes_on(orcid) - set(self.model.items):
            self.sim.remove_item(orcid, code)

    @rule(number=SOME)
    def somebody_looks(self, number: int) -> None:
        """The pages of people in any state can be looked at."""
        for path in (*PAGES, f"/{self.orcid(number)}", f"/pub/v3.0/{self.orcid(number)}/record"):
            self.request("GET", path, headers={"accept": "text/html, application/json;q=0.5"})
