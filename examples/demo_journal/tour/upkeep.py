"""Scenes in which something stands still and goes on: a merged record, a paused journal, a term."""

from typing import Final

from .changes import INK
from .failing import require
from .looking import arrived, names, retitled, same_item
from .records import Item
from .scenes import LAMP
from .story import Story

SILENCE: Final = "10.5555/jir.2026.0104"
SILENCE_TITLE: Final = "The length of a silence, measured in soup spoons"
LAMP_TITLE: Final = "A harbour lamp that remembers no tide at all"
FIRST_DAY: Final = "2024-03-01"
LAST_DAY: Final = "2026-10-31"


async def merge_records(story: Story) -> None:
    """ORCID merges somebody’s record into another: nothing is written before she reconnects."""
    await story.connected("mirembe")
    await arrived(story, "mirembe", SILENCE)
    await arrived(story, "mirembe", INK)
    story.tell.did("Mirembe connected her iD, and her two articles arrived")
    await story.show()
    former, primary = story.orcids["mirembe"], await _merged(story, "mirembe")
    story.tell.did(f"ORCID merged her record {former} into {primary}")
    editor = await story.as_("solveig")
    await editor.open("/office/silence")
    await editor.press("Correct", title=SILENCE_TITLE)
    story.tell.did(f"Solveig corrected the title to “{SILENCE_TITLE}”")

    async def told() -> str | None:
        state, sentence = (await story.deliveries("silence"))["mirembe"]
        return sentence if state == "waiting" and "merged" in sentence else None

    story.tell.checked(f"the editor reads: {await story.until('the editor is told', told)}")
    asked = await story.requests(orcid=primary)
    require(not asked, "no request about the other record", asked)
    browser = await story.at_orcid("mirembe", "/account")
    await browser.open("/orcid/my")
    require("merged into another" in browser.words, "a page that says so", browser.heading)
    story.tell.checked("nothing was written to the other record; her own page says what to do")
    await story.connected("mirembe", "Your primary ORCID iD is connected")
    story.tell.did("Mirembe, signed in at ORCID with her primary iD, pressed Connect")
    await retitled(story, "mirembe", SILENCE, SILENCE_TITLE)
    await arrived(story, "mirembe", INK)
    story.tell.checked("both works arrived on her primary record")

    async def copy_names_her() -> bool:
        work = await story.work("noor", INK)
        return work is not None and names(story, work, "mirembe")

    await story.until("Noor’s copy names Mirembe’s primary iD", copy_names_her)
    story.tell.checked("Noor’s copy of their article names her primary iD")
    await story.until_states("ink", {"noor": "delivered", "mirembe": "delivered"})
    await story.until_states("silence", {"mirembe": "delivered"})


async def pause(story: Story) -> None:
    """The journal is paused: nothing leaves; resumed, it arrives."""
    before = await story.work("ines", LAMP)
    editor = await story.as_("solveig")
    await editor.open("/orcid/admin/")
    await editor.press("Pause imagined-results")
    story.tell.did("Solveig pressed Pause among the ORCID deliveries")
    asked = await story.requests(below="/api/")
    await editor.open("/office/lamp")
    await editor.press("Correct", title=LAMP_TITLE)
    story.tell.did(f"and corrected a title to “{LAMP_TITLE}”")

    async def told() -> str | None:
        state, sentence = (await story.deliveries("lamp"))["ines"]
        return sentence if state == "due" and "Paused" in sentence else None

    story.tell.checked(f"the editor reads: {await story.until('the editor is told', told)}")
    await story.quietly("nothing leaves", ("ines",))
    more = (await story.requests(below="/api/"))[len(asked) :]
    require(not more, "no request to ORCID while it stands still", more)
    story.tell.checked("nothing left: not one request to ORCID")
    await editor.open("/orcid/admin/")
    await editor.press("Resume imagined-results")
    story.tell.did("Solveig pressed Resume")
    same_item(before, await retitled(story, "ines", LAMP, LAMP_TITLE))
    story.tell.checked("the correction arrived, on the same work")


async def serve(story: Story) -> None:
    """The editor’s own term: a service on her record, with its first and its last day."""
    editor = await story.as_("solveig")
    await story.connected("solveig")
    await editor.open("/office")
    await editor.press("Begin the term", inside="chief", day=FIRST_DAY)
    story.tell.did(f"Solveig connected her iD, and noted her term as editor since {FIRST_DAY}")

    async def is_there() -> Item | None:
        return next(iter(await story.services("solveig")), None)

    before = await story.until("the service is on her record", is_there)
    require(f"since {FIRST_DAY}" in before.facts, "its first day", before.facts)
    story.tell.checked(f"her record holds “{before.title}”, since {FIRST_DAY}")
    await story.show()
    await editor.open("/office")
    await editor.press("End the term", inside="chief", day=LAST_DAY)
    story.tell.did(f"The term ended on {LAST_DAY}")

    async def is_over() -> Item | None:
        found = await is_there()
        return found if found is not None and f"until {LAST_DAY}" in found.facts else None

    same_item(before, await story.until("the service has its last day", is_over))
    require(len(await story.services("solveig")) == 1, "one service", "several")
    story.tell.checked("the same service has its last day, and stays")


async def _merged(story: Story, who: str) -> str:
    """Have ORCID merge somebody's record into another of theirs; return that one's iD."""
    former = story.orcids[who]
    made = await story.records.control("POST", "people", given=who.capitalize())
    primary = str(made["orcid"])
    await story.records.control("POST", f"people/{former}", state="deprecated", primary=primary)
    story.orcids[who] = primary
    return primary
