"""What scenes look for on records again and again."""

from collections.abc import Awaitable, Callable

from .failing import require
from .records import Item
from .story import Story


async def retitled(story: Story, who: str, doi: str, title: str) -> Item:
    """Wait until somebody's work has a title."""

    async def look() -> Item | None:
        work = await story.work(who, doi)
        return work if work is not None and work.title == title else None

    return await story.until(f"{who}’s record says “{title}”", look)


async def arrived(story: Story, who: str, doi: str) -> Item:
    """Wait until a work is on somebody's record."""
    return await story.until(f"{doi} is on {who}’s record", finder(story, who, doi))


def finder(story: Story, who: str, doi: str) -> Callable[[], Awaitable[Item | None]]:
    """Return how to look for a work on somebody's record."""
    return lambda: story.work(who, doi)


def names(story: Story, work: Item, who: str) -> bool:
    """Tell whether a work names somebody's iD."""
    return story.orcids[who] in work.named_orcids


def same_item(before: Item | None, after: Item) -> None:
    """Require that an item was changed in place."""
    was = None if before is None else before.put_code
    require(was == after.put_code, f"the item changed in place (put-code {was})", after.put_code)
