"""What subjects have and name is known within their tree, as the tree is now."""

from pathlib import Path

import pytest

from orcid_connect.places import place_of
from orcid_connect.store import mentions
from orcid_connect.store.database import Database
from orcid_connect.store.declared import Subject
from orcid_connect.store.mentions import Mentioning
from orcid_connect.store.migrating import migrate

pytestmark = pytest.mark.anyio

NAMED = frozenset({("is", "doi:10.5555/1")})


async def test_who_moved_to_another_tree_is_not_found_in_the_old_one(tmp_path: Path) -> None:
    """What was kept in the old tree counts for nothing in the new one, so it is kept anew there."""
    place = place_of(str(tmp_path / "orcid_connect.sqlite"))
    migrate(place)
    database = Database(place)
    moved, other = Subject("a", "article", "1"), Subject("b", "article", "2")
    async with database.writing() as connection:
        await mentions.replace(connection, Mentioning("old", moved), NAMED)
        assert await mentions.within_tree(connection, Mentioning("old", moved)) == NAMED
        assert await mentions.within_tree(connection, Mentioning("new", moved)) == frozenset()
        await mentions.replace(connection, Mentioning("new", moved), NAMED)
        ids = ["doi:10.5555/1"]
        assert await mentions.who_say(connection, Mentioning("old", other), "is", ids) == []
        assert await mentions.who_say(connection, Mentioning("new", other), "is", ids) == [moved]
    await database.close()


async def test_its_own_identifiers_are_kept_before_any_others(tmp_path: Path) -> None:
    """Of a subject that names more than is kept, what it is and was itself stays known."""
    place = place_of(str(tmp_path / "orcid_connect.sqlite"))
    migrate(place)
    database = Database(place)
    who = Mentioning("root", Subject("a", "article", "1"))
    versions = frozenset(("version", f"doi:10.5555/{number}") for number in range(mentions.MOST))
    own = frozenset({"doi:10.5555/1", "doi:10.5555/was"})
    named = mentions.with_own(NAMED | versions, own)
    async with database.writing() as connection:
        await mentions.replace(connection, who, named)
        kept = await mentions.of_subject(connection, who)
    assert (len(kept), mentions.own_in(kept)) == (mentions.MOST, own)
    assert ("was", "doi:10.5555/was") in kept
    await database.close()
