"""The first scenes: publishing, connecting, refusing, an outage, withdrawing, disconnecting."""

from time import monotonic
from typing import Final

from ..settings import ISSN, JOURNAL
from ..stage import CLIENT_ID
from .failing import require
from .looking import finder, names, retitled, same_item
from .records import Item
from .story import Story

BEES: Final = "10.5555/jir.2026.0101"
LAMP: Final = "10.5555/jir.2026.0102"
BEES_TITLE: Final = "How bees do not get lost at dusk"
NEW_TITLE: Final = "How bees do not get lost at night"
LATER_TITLE: Final = "A harbour lamp that remembers two tides"
STRANGER: Final = "8888-0000-0000-7004"
AT_ONCE: Final = 3.0
"""Seconds within which the editor has an answer, whatever ORCID does."""


async def publish_early(story: Story) -> None:
    """The editor publishes an article before anybody has connected."""
    editor = await story.as_("solveig")
    await editor.open("/office/bees")
    await editor.press("Publish")
    story.tell.did(f"Solveig, the editor, pressed Publish for “{BEES_TITLE}”")
    await story.until_states("bees", {"ines": "waiting", "tomasz": "waiting"})
    story.tell.checked("both deliveries wait, and say for what")
    states = await story.deliveries("bees")
    require("connect" in states["ines"][1], "a sentence about connecting", states["ines"][1])
    await story.quietly("no record changes", ("ines", "tomasz"))


async def connect_first(story: Story) -> None:
    """The first author connects her iD, and the work appears on her record."""
    await story.connected("ines")
    story.tell.did("Ines pressed Connect, signed in at ORCID and allowed it")
    work = await story.until(f"{BEES} is on Ines’s record", lambda: story.work("ines", BEES))
    require(work.title == BEES_TITLE, f"the title “{BEES_TITLE}”", work.title)
    require(names(story, work, "ines"), "her iD among the authors", work.named_orcids)
    require(
        not names(story, work, "tomasz"), "no iD of Tomasz, who never connected", work.named_orcids
    )
    story.tell.checked("the work is there, with her iD and without one for Tomasz")
    await story.until_states("bees", {"ines": "delivered", "tomasz": "waiting"})
    story.tell.checked("the editor sees: on the record for Ines, waiting for Tomasz")


async def connect_second(story: Story) -> None:
    """The second author connects; the first author’s copy now names him."""
    before = await story.work("ines", BEES)
    await story.connected("tomasz")
    story.tell.did("Tomasz did the same")
    await story.until(f"{BEES} is on Tomasz’s record", lambda: story.work("tomasz", BEES))

    async def both_named() -> Item | None:
        work = await story.work("ines", BEES)
        return work if work is not None and names(story, work, "tomasz") else None

    after = await story.until("Ines’s copy names Tomasz’s iD", both_named)
    same_item(before, after)
    story.tell.checked("the work is on his record; hers was changed in place and names his iD")
    await story.until_states("bees", {"ines": "delivered", "tomasz": "delivered"})


async def declare_again(story: Story) -> None:
    """The same article is declared once more, and nothing changes."""
    editor = await story.as_("solveig")
    await editor.open("/office/bees")
    await editor.press("Declare again")
    story.tell.did("Solveig declared the article again, unchanged")
    await story.quietly("nothing is written", ("ines", "tomasz"))
    story.tell.checked("neither record was written to")


async def correct(story: Story) -> None:
    """The title is corrected, on both records and in place."""
    before = {who: await story.work(who, BEES) for who in ("ines", "tomasz")}
    editor = await story.as_("solveig")
    await editor.open("/office/bees")
    await editor.press("Correct", title=NEW_TITLE)
    story.tell.did(f"Solveig corrected the title to “{NEW_TITLE}”")
    for who, item in before.items():
        same_item(item, await retitled(story, who, BEES, NEW_TITLE))
    story.tell.checked("both works have the new title, under the put-codes they had")


async def credit_review(story: Story) -> None:
    """A review is completed, and credited when the reviewer connects."""
    editor = await story.as_("solveig")
    await editor.open("/office")
    await editor.press("The report is in", inside="lamp-1")
    story.tell.did("Solveig noted that Haruki’s report is in")

    async def waits() -> bool:
        await editor.open("/office")
        return editor.row_state("lamp-1") == "waiting"

    await story.until("the review waits for Haruki", waits)
    await story.connected("haruki")
    story.tell.did("Haruki connected his iD")

    async def credited() -> Item | None:
        return next(iter(await story.of_journal("haruki")), None)

    review = await story.until("the review is on Haruki’s record", credited)
    group = review.content["review-group-id"]
    require(group == f"issn:{ISSN}", f"the group issn:{ISSN}", group)
    about = review.content.get("subject-name") or review.content.get("subject-external-identifier")
    require(about is None, "not a word about the manuscript", about)
    story.tell.checked("the review is there, for the journal, without a word on the manuscript")


async def refuse(story: Story) -> None:
    """Somebody says no at ORCID, and meets a friendly page."""
    browser = await story.connect("noor", decision="Deny access")
    story.tell.did("Noor pressed Connect, and at ORCID “Deny access”")
    require(browser.status == 200, "a page, not an error", browser.status)
    heading = browser.heading
    require(heading == "Your ORCID iD was not connected", "the page for refusals", heading)
    await browser.follow("Continue without ORCID")
    require(browser.heading == "My desk", "the way back to her desk", browser.heading)
    own = await story.of_journal("noor")
    require(own == [], "nothing of the journal’s on her record", own)
    story.tell.checked("the page says what happened and leads back; her record is as it was")


async def outage(story: Story) -> None:
    """ORCID is down: publishing returns at once, and the work arrives when ORCID is back."""
    editor = await story.as_("solveig")
    await editor.open("/office/lamp")
    await editor.press("Accept")
    fault = await story.records.control(
        "POST", "faults", kind="outage", seconds=3600, status=0, path="/api/*", client_id=CLIENT_ID
    )
    began = monotonic()
    await editor.press("Publish")
    took = monotonic() - began
    require(took < AT_ONCE, f"an answer within {AT_ONCE:.0f} seconds", f"{took:.1f} seconds")
    story.tell.did(f"ORCID went away; Solveig published a second article in {took:.2f} seconds")

    async def told() -> str | None:
        state, sentence = (await story.deliveries("lamp"))["ines"]
        return sentence if state == "due" and "ORCID" in sentence else None

    sentence = await story.until("the editor is told that ORCID does not answer", told)
    story.tell.checked(f"the editor reads: {sentence}")
    await story.records.control("DELETE", f"faults?id={fault['id']}")
    story.tell.did("ORCID came back")
    for who in ("ines", "tomasz"):
        await story.until(f"{LAMP} is on {who}’s record", finder(story, who, LAMP))
    story.tell.checked("the work arrived on both records, once")
    await story.until_states("lamp", {"ines": "delivered", "tomasz": "delivered", "": "stranger"})
    writes = await story.requests(orcid=STRANGER)
    require(writes == [], "no request for the third author, who only has a typed iD", writes)
    story.tell.checked("the third author’s typed iD was never written to, nor asked about")


async def withdraw(story: Story) -> None:
    """The first article is withdrawn: the work goes from both records."""
    editor = await story.as_("solveig")
    await editor.open("/office/bees")
    await editor.press("Withdraw", reason="The hedge was not where we imagined it.")
    story.tell.did("Solveig withdrew the article on bees, with a reason")
    for who in ("ines", "tomasz"):

        async def gone(who: str = who) -> bool:
            return await story.work(who, BEES) is None

        await story.until(f"{BEES} is gone from {who}’s record", gone)
        left = await story.work(who, LAMP)
        require(left is not None, f"{LAMP} still on {who}’s record", left)
    await editor.open("/articles/bees")
    require("Withdrawn." in editor.words, "a page that says so", editor.heading)
    story.tell.checked("it is gone from both records, the other work stays, the page says why")


async def disconnect(story: Story) -> None:
    """An author disconnects: the permission ends at ORCID too, and nothing more is sent."""
    browser = await story.as_("tomasz")
    await browser.open(f"{story.stage.registry_url}/account")
    require(JOURNAL in browser.words, "the journal among his trusted parties", browser.heading)
    await browser.open("/orcid/my")
    await browser.press("Disconnect")
    story.tell.did("Tomasz pressed Disconnect")

    async def forgotten() -> bool:
        await browser.open(f"{story.stage.registry_url}/account")
        return JOURNAL not in browser.words

    await story.until("ORCID does not list the journal among his trusted parties", forgotten)
    story.tell.checked("at ORCID the journal is no trusted party of his any more")
    before = await story.work("tomasz", LAMP)
    editor = await story.as_("solveig")
    await editor.open("/office/lamp")
    await editor.press("Correct", title=LATER_TITLE)
    await retitled(story, "ines", LAMP, LATER_TITLE)
    await story.until_states("lamp", {"ines": "delivered", "tomasz": "waiting"})
    after = await story.work("tomasz", LAMP)
    require(after == before, "his work untouched", after)
    story.tell.checked("a correction reached Ines alone; what stands on his record is his")


async def connect_again(story: Story) -> None:
    """He connects again, and his record catches up."""
    before = await story.work("tomasz", LAMP)
    await story.connected("tomasz")
    story.tell.did("Tomasz connected once more")
    same_item(before, await retitled(story, "tomasz", LAMP, LATER_TITLE))
    story.tell.checked("the same work on his record has the corrected title")
    await story.until_states("lamp", {"ines": "delivered", "tomasz": "delivered"})
