"""Scenes of an article's later life: preprint, late DOI, retraction, a work its author removed."""

from typing import Final

from .failing import require
from .looking import arrived, retitled, same_item
from .records import Item
from .scenes import LAMP
from .story import Story

PREPRINT: Final = "10.5555/lanterns.61"
PROMISE: Final = "10.5555/jir.2026.0105"
INK: Final = "10.5555/jir.2026.0103"
PREPRINT_TITLE: Final = "How much does a promise weigh?"
PROMISE_TITLE: Final = "On weighing a promise"
RETRACTED_TITLE: Final = "RETRACTED: Ink made of rain"
LAMP_TITLE: Final = "A harbour lamp that remembers every tide"


async def preprint(story: Story) -> None:
    """An author changes her mind and connects; her preprint is posted."""
    await story.connected("noor")
    story.tell.did("Noor pressed Connect once more, and this time allowed it")
    await arrived(story, "noor", INK)
    story.tell.checked("what was published long before is on her record")
    editor = await story.as_("solveig")
    await editor.open("/office/scales")
    await editor.press("Publish")
    story.tell.did(f"Solveig posted her preprint “{PREPRINT_TITLE}”")
    work = await arrived(story, "noor", PREPRINT)
    require(work.content["type"] == "preprint", "a work of type preprint", work.content["type"])
    story.tell.checked("it is there, as a preprint")


async def late_doi(story: Story) -> None:
    """Its article is published before the DOI is registered; then the DOI comes."""
    editor = await story.as_("solveig")
    await editor.open("/office/promise")
    await editor.press("Accept")
    await editor.press("Publish")
    story.tell.did(f"Solveig published the article, “{PROMISE_TITLE}”, ahead of its DOI")

    async def without_doi() -> Item | None:
        works = [one for one in await story.of_journal("noor") if one.title == PROMISE_TITLE]
        return works[0] if len(works) == 1 else None

    before = await story.until(f"“{PROMISE_TITLE}” is on Noor’s record", without_doi)
    require(not _is(before, PROMISE), "no DOI, which nobody registered yet", before.facts)
    require(_has_version(before, PREPRINT), "the preprint named as a version", before.facts)
    story.tell.checked("the work is there without a DOI, and names the preprint")
    await story.show()
    asked = await story.requests(orcid=story.orcids["noor"])
    await editor.press("The DOI is registered")
    story.tell.did("Solveig noted that the DOI is registered")
    same_item(before, await arrived(story, "noor", PROMISE))
    story.tell.checked("the same work has the DOI now, under the put-code it had")

    async def names_article() -> bool:
        work = await story.work("noor", PREPRINT)
        return work is not None and _has_version(work, PROMISE)

    await story.until("the preprint names the article", names_article)
    story.tell.checked("preprint and article name each other")
    works = [one for one in await story.of_journal("noor") if one.title == PROMISE_TITLE]
    require(len(works) == 1, "the article once", len(works))
    await story.quietly("nothing is written a second time", ("noor",))
    if story.faultless:  # else a write that nobody knows the end of may be made once more
        more = (await story.requests(orcid=story.orcids["noor"]))[len(asked) :]
        writes = [one for one in more if one.endswith(f"/work/{before.put_code}")]
        require([one[:4] for one in writes] == ["PUT "], "one PUT of this work", writes)
    story.tell.checked("it changed once, and is there once")


async def retract(story: Story) -> None:
    """An article is retracted: the work stays, marked; the notice is nobody’s work."""
    before = await story.work("noor", INK)
    editor = await story.as_("solveig")
    await editor.open("/office/ink")
    await editor.press("Retract", reason="It did not rain.")
    story.tell.did("Solveig retracted the article on ink, with a reason")
    same_item(before, await retitled(story, "noor", INK, RETRACTED_TITLE))
    story.tell.checked("the work on Noor’s record is marked, under the put-code it had")

    async def notice_rests() -> str | None:
        await editor.open("/office/ink")
        seen = {editor.row_state(f"ink-retraction-{who}") for who in ("noor", "mirembe")}
        return "seen" if seen == {"unsent"} else None

    await story.until("the notice waits for nobody", notice_rests)
    require("a retraction of another article" in editor.words, "why it is not sent", editor.heading)
    await story.quietly("the notice is put on no record", ("noor", "mirembe"))
    notices = [
        one.title for one in await story.of_journal("noor") if one.title.startswith("Retraction")
    ]
    require(not notices, "no notice among her works", notices)
    story.tell.checked("the notice, under its own DOI, is on nobody’s record")
    await editor.open("/articles/ink")
    require("Retracted." in editor.words, "a page that says so", editor.heading)


async def remove_at_orcid(story: Story) -> None:
    """A researcher removes a work at ORCID; it stays removed, whatever is corrected."""
    before = await story.work("tomasz", LAMP)
    require(before is not None, f"{LAMP} on Tomasz’s record", before)
    browser = await story.at_orcid("tomasz", f"/{story.orcids['tomasz']}")
    await browser.press(f"Remove {before.title if before else ''}")
    story.tell.did("Tomasz pressed Remove at ORCID, on the work about the lamp")
    require(await story.work("tomasz", LAMP) is None, "the work gone from it", "it is there")
    await story.show()
    editor = await story.as_("solveig")
    await editor.open("/office/lamp")
    await editor.press("Correct", title=LAMP_TITLE)
    story.tell.did(f"Solveig corrected the title to “{LAMP_TITLE}”")
    await retitled(story, "ines", LAMP, LAMP_TITLE)
    await story.until_states("lamp", {"ines": "delivered", "tomasz": "declined"})
    await editor.open("/office/lamp")
    await editor.press("Declare again")
    await story.quietly("it is not put back", ("tomasz",))
    require(await story.work("tomasz", LAMP) is None, "no work about the lamp", "it is there again")
    story.tell.checked("Ines’s work changed; Tomasz’s stays removed, and the editor sees why")


def _is(work: Item, doi: str) -> bool:
    return f"doi:{doi}" in work.self_ids


def _has_version(work: Item, doi: str) -> bool:
    return f"a version of doi {doi}" in work.facts
