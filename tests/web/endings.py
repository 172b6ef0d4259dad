"""Every way in which going to ORCID and back can end, played against the simulator.

Each is played by an account of its own, in a browser of the caller's: what that browser does is
handed in, so that the same ways are gone in process and in a real browser.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from orcid_connect.journeys.intake import take_in
from orcid_connect.journeys.planning import plan_due
from tests.support.journal import article, author
from tests.web.host import Browser, Journal, query

Leave = Callable[..., Awaitable[str]]
"""Presses the button with these wishes, and returns the address at ORCID."""


@dataclass
class Stage:
    """Where an ending is played: by whom, and in which browser."""

    journal: Journal
    account: str
    leave: Leave
    sign_in: Callable[[str | None], Awaitable[None]]
    visit: Callable[[str], Awaitable[object]]

    def person(self, **options: object) -> str:
        """Make somebody at ORCID."""
        return self.journal.sim.add_person("Ada", "Lovelace", **options).orcid

    def back(self, **parameters: str) -> str:
        """Return an address to which ORCID sends people back."""
        return f"{self.journal.settings.redirect_uri}?{urlencode(parameters)}"

    def agreed(self, url: str, orcid: str, scope: str | None = None, **changes: str) -> str:
        """Return the address to which ORCID sends back somebody who agreed."""
        code = self.journal.code(url, orcid, scope, **changes)
        return self.back(code=code, state=query(url)["state"])

    async def connected(
        self, orcid: str, account: str | None = None, scope: str | None = None
    ) -> None:
        """Have an account connected, in another browser."""
        browser = Browser(self.journal, account or self.account)
        url = await browser.leave()
        answer = await browser.get(f"callback?{urlsplit(self.agreed(url, orcid, scope)).query}")
        assert answer.status_code == 200, answer.text


async def connected(stage: Stage) -> str:
    """Agree."""
    return stage.agreed(await stage.leave(), stage.person())


async def private_name(stage: Stage) -> str:
    """Agree, with a name that nobody sees."""
    orcid = stage.person(name_visibility="private")
    return stage.agreed(await stage.leave(), orcid)


async def already_connected(stage: Stage) -> str:
    """Agree once more."""
    orcid = stage.person()
    await stage.connected(orcid)
    return stage.agreed(await stage.leave(), orcid)


async def upgraded(stage: Stage) -> str:
    """Allow more than before."""
    orcid = stage.person()
    await stage.connected(orcid, scope="openid")
    return stage.agreed(await stage.leave(), orcid)


async def narrower(stage: Stage) -> str:
    """Allow less than before."""
    orcid = stage.person()
    await stage.connected(orcid)
    return stage.agreed(await stage.leave(), orcid, "openid")


async def read_only(stage: Stage) -> str:
    """Allow less than was asked for."""
    return stage.agreed(await stage.leave(), stage.person(), "openid /read-limited")


async def moved(stage: Stage) -> str:
    """Sign in with the record into which the connected one was merged."""
    former, primary = stage.person(), stage.person()
    await stage.connected(former)
    stage.journal.sim.set_state(former, "deprecated", primary)
    return stage.agreed(await stage.leave(), primary)


async def refused(stage: Stage) -> str:
    """Say no."""
    return stage.back(error="access_denied", state=query(await stage.leave())["state"])


async def refused_more(stage: Stage) -> str:
    """Say no to more than is allowed already."""
    await stage.connected(stage.person())
    url = await stage.leave(purpose="write-person")
    return stage.back(error="access_denied", state=query(url)["state"])


async def down(stage: Stage) -> str:
    """Come back while ORCID answers nothing."""
    back = await connected(stage)
    stage.journal.sim.add_fault("status", path="/oauth/token", status=503, count=1)
    return back


async def closed(stage: Stage) -> str:
    """Agree, and have the record locked before the code is exchanged."""
    orcid = stage.person()
    back = stage.agreed(await stage.leave(), orcid)
    stage.journal.sim.set_state(orcid, "locked")
    return back


async def locked(stage: Stage) -> str:
    """The same with a record that was connected before."""
    return await _closed_after_connecting(stage, "locked")


async def deactivated(stage: Stage) -> str:
    """The same, closed by its owner."""
    return await _closed_after_connecting(stage, "deactivated")


async def _closed_after_connecting(stage: Stage, state: str) -> str:
    orcid = stage.person()
    await stage.connected(orcid)
    back = stage.agreed(await stage.leave(), orcid)
    stage.journal.sim.set_state(orcid, state)
    return back


async def merged(stage: Stage) -> str:
    """The same, merged into another."""
    former, primary = stage.person(), stage.person()
    await stage.connected(former)
    back = stage.agreed(await stage.leave(), former)
    stage.journal.sim.set_state(former, "deprecated", primary)
    return back


async def no_id(stage: Stage) -> str:
    """Come back to a permission of which ORCID does not say whose it is."""
    back = await connected(stage)
    sim = stage.journal.sim
    token = sim.issue_token(stage.journal.credential.client_id, stage.person(), "openid")
    body = json.dumps({"access_token": token, "token_type": "bearer", "scope": "openid"})
    sim.add_fault("status", path="/oauth/token", status=200, body=body, count=1)
    return back


async def failed(stage: Stage) -> str:
    """Come back with a code that ORCID does not know."""
    return stage.back(code="ZZ9plu", state=query(await stage.leave())["state"])


async def unproven(stage: Stage) -> str:
    """Come back with a code of another sign-in."""
    return stage.agreed(await stage.leave(), stage.person(), nonce="of another sign-in")


async def stale_used(stage: Stage) -> str:
    """Come back a second time."""
    url = await stage.leave()
    await stage.visit(stage.back(error="server_error", state=query(url)["state"]))
    return stage.agreed(url, stage.person())


async def stale_expired(stage: Stage) -> str:
    """Stay at ORCID for too long."""
    back = await connected(stage)
    stage.journal.sim.clock.move(stage.journal.settings.state_lifetime + 1)
    return back


async def stale_person(stage: Stage) -> str:
    """Come back while somebody else is signed in."""
    back = await connected(stage)
    await stage.sign_in(f"{stage.account}-other")
    return back


async def stale_issuer(stage: Stage) -> str:
    """Come back with an answer of another server."""
    return f"{await connected(stage)}&iss=https%3A%2F%2Fevil.example"


async def stale_forged(stage: Stage) -> str:
    """Come back with a state that we did not sign."""
    return stage.back(code="ZZ9plu", state=query(await stage.leave())["state"][:-3])


async def stale_missing(stage: Stage) -> str:
    """Come back without a state."""
    await stage.leave()
    return stage.back(code="ZZ9plu")


async def other_browser(stage: Stage) -> str:
    """Come back with the state of another browser."""
    await stage.leave()
    elsewhere = await Browser(stage.journal, stage.account).leave()
    return stage.agreed(elsewhere, stage.person())


async def other_account(stage: Stage) -> str:
    """Agree with an iD that another account has connected."""
    orcid = stage.person()
    await stage.connected(orcid, f"{stage.account}-other")
    return stage.agreed(await stage.leave(), orcid)


async def same_article(stage: Stage) -> str:
    """Agree with an iD that a co-author has connected."""
    authors = (author(stage.account), author(f"{stage.account}-other"))
    services = stage.journal.services
    await take_in(services, article(*authors, key=stage.account, tenant="rivers"))
    await plan_due(services)
    return await other_account(stage)


async def other_orcid(stage: Stage) -> str:
    """Agree with another iD than the connected one."""
    await stage.connected(stage.person())
    return stage.agreed(await stage.leave(), stage.person())


async def nobody(stage: Stage) -> str:
    """Come back after the session at the host has ended."""
    back = await connected(stage)
    await stage.sign_in(None)
    return back


async def unanswered(stage: Stage) -> str:
    """Come back with an error that only the browser sees."""
    await stage.leave()
    return f"{stage.journal.settings.redirect_uri}#error=login_required"


@dataclass(frozen=True)
class Ending:
    """A way to end: how it is played, and what is then seen and told."""

    play: Callable[[Stage], Awaitable[str]]
    outcome: str
    heading: str
    status: int = 200
    reason: str = ""
    closes: bool = False
    tells: bool = True

    @property
    def name(self) -> str:
        """What a test of it and its pictures are called."""
        return self.play.__name__.replace("_", "-")


STALE = "That link has gone stale"
ENDINGS = (
    Ending(connected, "connected", "Your ORCID iD is connected", closes=True),
    Ending(
        private_name,
        "connected",
        "Your ORCID iD is connected",
        reason="private-name",
        closes=True,
    ),
    Ending(
        already_connected, "already-connected", "This ORCID iD was connected already", closes=True
    ),
    Ending(upgraded, "upgraded", "Your permission was extended", closes=True),
    Ending(narrower, "narrower", "Your earlier permission still holds"),
    Ending(read_only, "read-only", "Connected, but nothing can be added"),
    Ending(moved, "moved", "Your primary ORCID iD is connected"),
    Ending(refused, "refused", "Your ORCID iD was not connected", closes=True),
    Ending(
        refused_more,
        "refused",
        "Your connection stays as it was",
        reason="connected",
        closes=True,
    ),
    Ending(down, "down", "ORCID does not answer just now", 503),
    Ending(closed, "closed", "ORCID does not open this record", 409),
    Ending(merged, "closed", "This ORCID record was merged into another", 409, reason="moved"),
    Ending(locked, "locked", "This ORCID record is locked", 409),
    Ending(deactivated, "deactivated", "This ORCID record was closed by its owner", 409),
    Ending(no_id, "no-id", "ORCID did not say whose iD it is", 502),
    Ending(failed, "failed", "The connection did not come about", 502, reason="answer"),
    Ending(unproven, "failed", "The connection did not come about", 502, reason="unproven"),
    Ending(stale_used, "stale", "This page was opened before", 400, reason="used"),
    Ending(stale_expired, "stale", STALE, 400, reason="expired"),
    Ending(stale_person, "stale", "You are signed in as somebody else now", 400, reason="person"),
    Ending(stale_issuer, "stale", "This answer did not come from ORCID", 400, reason="issuer"),
    Ending(stale_forged, "stale", STALE, 400, reason="forged", tells=False),
    Ending(stale_missing, "stale", STALE, 400, reason="missing", tells=False),
    Ending(other_browser, "other-browser", "You started in another browser", 400, tells=False),
    Ending(other_account, "other-account", "This ORCID iD belongs to another account here", 409),
    Ending(
        same_article,
        "other-account",
        "A co-author has connected this ORCID iD",
        409,
        reason="same-article",
    ),
    Ending(other_orcid, "other-orcid", "Another ORCID iD is connected to your account", 409),
    Ending(nobody, "nobody", "Please sign in first", 403, reason="return"),
    Ending(unanswered, "unanswered", "ORCID sent no answer that we can see", 400, tells=False),
)
"""All of them. A page that cannot know who started tells nobody anything."""
