"""The signed state: forged, foreign, late, used, and several at a time."""

from dataclasses import asdict, replace
from urllib.parse import quote

import pytest

from orcid_connect.journeys.link_states import SALTS, StaleState, read_state, sign_state
from orcid_connect.journeys.signing import seal
from tests.web.host import REDIRECT_URI, Browser, Journal, query
from tests.web.test_outcomes import heading

pytestmark = pytest.mark.anyio

STALE = "That link has gone stale"


async def test_two_tabs(journal: Journal, browser: Browser, ada: str) -> None:
    """Two tabs of one browser may be on their way at once, and either may come back first."""
    first, second = await browser.leave("/one"), await browser.leave("/two")
    later = await browser.get(journal.answer(second, ada))
    assert heading(later.text) == "Your ORCID iD is connected"
    assert 'href="/two"' in later.text
    earlier = await browser.get(journal.answer(first, ada))
    assert heading(earlier.text) == "This ORCID iD was connected already"
    assert 'href="/one"' in earlier.text


async def test_used_once(journal: Journal, browser: Browser, ada: str) -> None:
    """A state works once: opened again it says so, and no second code is exchanged."""
    url = await browser.leave()
    back = journal.answer(url, ada)
    await browser.get(back)
    again = await browser.get(back)
    assert again.status_code == 400
    assert heading(again.text) == "This page was opened before"
    fresh_code = await browser.get(journal.answer(url, ada))
    assert heading(fresh_code.text) == "This page was opened before"
    assert len(journal.requests_of("/oauth/token")) == 1
    assert (await browser.me())["connected"] is True


async def test_used_by_a_refusal(journal: Journal, browser: Browser, ada: str) -> None:
    """A refusal uses the state up too."""
    url = await browser.leave()
    await browser.get("callback", params={"error": "access_denied", "state": query(url)["state"]})
    again = await browser.get(journal.answer(url, ada))
    assert heading(again.text) == "This page was opened before"


async def test_used_up_before_the_code_is_exchanged(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """A state is used up even where the exchange fails, so that nobody can race for it."""
    url = await browser.leave()
    journal.sim.add_fault("status", path="/oauth/token", status=503, count=1)
    back = journal.answer(url, ada)
    assert (await browser.get(back)).status_code == 503
    assert heading((await browser.get(back)).text) == "This page was opened before"


async def test_expired(journal: Journal, browser: Browser, ada: str) -> None:
    """After its lifetime a state is stale, and starting again still leads back to the place."""
    url = await browser.leave("/submissions/12")
    journal.sim.clock.move(journal.settings.state_lifetime + 1)
    answer = await browser.get(journal.answer(url, ada))
    assert heading(answer.text) == STALE
    assert "took too long" in answer.text
    assert "return_to=%2Fsubmissions%2F12" in answer.text
    assert not journal.requests_of("/oauth/token")


async def test_at_the_end_of_its_lifetime(journal: Journal, browser: Browser, ada: str) -> None:
    """A state is good to its last second."""
    url = await browser.leave()
    journal.sim.clock.move(journal.settings.state_lifetime)
    answer = await browser.get(journal.answer(url, ada))
    assert heading(answer.text) == "Your ORCID iD is connected"


async def test_other_browser(journal: Journal, browser: Browser, ada: str) -> None:
    """A state of another browser is refused: nobody can plant their iD on somebody else."""
    back = journal.answer(await browser.leave(), ada)
    victim = Browser(journal, "anne")
    assert "another browser" in (await victim.get(back)).text
    await victim.leave()  # now it has a cookie of its own
    assert "another browser" in (await victim.get(back)).text
    assert not journal.requests_of("/oauth/token")
    assert heading((await browser.get(back)).text) == "Your ORCID iD is connected"


async def test_person_changed_meanwhile(journal: Journal, browser: Browser, ada: str) -> None:
    """If somebody else is signed in at the host by now, nothing is connected to anybody."""
    url = await browser.leave()
    browser.sign_in("bert")
    answer = await browser.get(journal.answer(url, ada))
    assert heading(answer.text) == "You are signed in as somebody else now"
    assert not journal.requests_of("/oauth/token")
    assert (await browser.me())["connected"] is False


async def test_same_key_of_another_tenant(journal: Journal, browser: Browser, ada: str) -> None:
    """The same key in another tenant is another person."""
    url = await browser.leave()
    browser.sign_in("lakes.anne")
    answer = await browser.get(journal.answer(url, ada))
    assert heading(answer.text) == "You are signed in as somebody else now"


async def test_host_does_not_say_who(journal: Journal, browser: Browser, ada: str) -> None:
    """If nobody is signed in by now nothing is connected, and after signing in it still can be."""
    url = await browser.leave()
    browser.sign_out()
    answer = await browser.get(journal.answer(url, ada))
    assert heading(answer.text) == "Please sign in first"
    assert not journal.requests_of("/oauth/token")
    browser.sign_in("anne")
    assert (await browser.me())["connected"] is False
    answer = await browser.get(journal.answer(url, ada))
    assert heading(answer.text) == "Your ORCID iD is connected"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: "",
        lambda state: "x",
        lambda state: state[:-1],
        lambda state: state[1:],
        lambda state: state.replace(".", "", 1),
        lambda state: ("A" if state[0] != "A" else "B") + state[1:],
        lambda state: state[:-9] + ("A" if state[-9] != "A" else "B") + state[-8:],
        lambda state: "\x00\udfff"[:1] + state,
        lambda state: "." + state,
        lambda state: "A" * 5000,
    ],
    ids=["none", "short", "cut", "beheaded", "no dot", "payload", "mac", "nul", "zlib", "long"],
)
async def test_tampered(journal: Journal, browser: Browser, ada: str, spoil: object) -> None:
    """A state that is not to the letter what we signed is refused."""
    assert callable(spoil)
    url = await browser.leave()
    code = journal.code(url, ada)
    state = quote(spoil(query(url)["state"]))
    answer = await browser.get(f"{REDIRECT_URI}?code={code}&state={state}")
    assert answer.status_code == 400
    assert heading(answer.text) == STALE
    assert not journal.requests_of("/oauth/token")


async def test_another_spelling_of_a_used_state(
    journal: Journal, browser: Browser, ada: str
) -> None:
    """The last character of a signature has spare bits; respelling it does not make a new state."""
    url = await browser.leave()
    await browser.get(journal.answer(url, ada))
    state = query(url)["state"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelt = state[:-1] + alphabet[alphabet.index(state[-1]) ^ 1]
    answer = await browser.get(f"{REDIRECT_URI}?code={journal.code(url, ada)}&state={respelt}")
    assert heading(answer.text) == "This page was opened before"


async def test_forged_with_another_key(journal: Journal, browser: Browser, ada: str) -> None:
    """A state signed with any key but the host's is refused."""
    url = await browser.leave()
    clock = journal.sim.clock.now
    state = read_state(journal.settings, clock, query(url)["state"])
    foreign = journal.settings.model_copy(
        update={"secret_keys": (type(journal.settings.secret_keys[0])("k" * 32),)}
    )
    code = journal.code(url, ada)
    forged = sign_state(foreign, clock, state)
    answer = await browser.get(f"{REDIRECT_URI}?code={code}&state={forged}")
    assert heading(answer.text) == STALE


async def test_older_key_still_verifies(journal: Journal) -> None:
    """After a rotation the newest key signs, and states of the older one still come back."""
    clock = journal.sim.clock.now
    url = await Browser(journal, "anne").leave()
    state = read_state(journal.settings, clock, query(url)["state"])
    old = sign_state(journal.settings, clock, state)
    key = type(journal.settings.secret_keys[0])("a newer key, which is also 32 characters long")
    rotated = journal.settings.model_copy(
        update={"secret_keys": (key, *journal.settings.secret_keys)}
    )
    assert read_state(rotated, clock, old) == state
    only_new = journal.settings.model_copy(update={"secret_keys": (key,)})
    assert read_state(only_new, clock, sign_state(rotated, clock, state)) == state


@pytest.mark.parametrize("twice", ["state", "code"])
async def test_said_twice(journal: Journal, browser: Browser, ada: str, twice: str) -> None:
    """A parameter given twice is nobody's honest answer (RFC 6749, 3.1)."""
    back = journal.answer(await browser.leave(), ada)
    answer = await browser.get(f"{back}&{twice}={query(back)[twice]}")
    assert heading(answer.text) == STALE
    assert not journal.requests_of("/oauth/token")


async def test_mix_up(journal: Journal, browser: Browser, ada: str) -> None:
    """An answer that names another issuer is refused (RFC 9207); the right one is welcome."""
    back = journal.answer(await browser.leave(), ada)
    answer = await browser.get(f"{back}&iss=https://evil.example")
    assert heading(answer.text) == "This answer did not come from ORCID"
    assert "evil" not in answer.text
    back = journal.answer(await browser.leave(), ada)
    answer = await browser.get(f"{back}&iss={quote(journal.sim.base_url)}")
    assert heading(answer.text) == "Your ORCID iD is connected"


async def test_head_uses_nothing_up(journal: Journal, browser: Browser, ada: str) -> None:
    """A HEAD of the callback, as link checkers send it, leaves the state alone."""
    back = journal.answer(await browser.leave(), ada)
    assert (await browser.client.head(back)).status_code == 405
    assert heading((await browser.get(back)).text) == "Your ORCID iD is connected"


@pytest.mark.parametrize("errand", ["link", "sign-in"])
async def test_an_errand_is_sealed_under_its_own_salt(journal: Journal, errand: str) -> None:
    """What was sealed for one errand does not open as the other, whatever it says inside."""
    clock = journal.sim.clock.now
    url = await Browser(journal, "anne").leave()
    state = read_state(journal.settings, clock, query(url)["state"])
    changed = asdict(replace(state, errand="sign-in" if errand == "link" else "link"))
    sealed = seal(journal.settings, clock, SALTS[errand], list(changed.values()))
    with pytest.raises(StaleState, match="forged"):
        read_state(journal.settings, clock, sealed)
