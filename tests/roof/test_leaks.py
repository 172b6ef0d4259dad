"""The watch over secrets sees what it must see."""

import logging

from tests.support.leaks import find_leaks, watch

TOKEN = "11111111-1111-4111-8111-111111111111"


def words(text: str) -> dict[str, str]:
    """Return the words of a text as the watch keeps them."""
    watched = type(watch)()
    watched.say("here", text)
    return watched.words


def test_a_token_anywhere_is_found() -> None:
    """A long secret is found inside other text, too."""
    assert list(find_leaks([TOKEN], words(f"Bearer={TOKEN}, and more"))) == [("111…", "here")]
    assert list(find_leaks([TOKEN], words(f"x.{TOKEN}.y"))) == [("111…", "here")]


def test_a_code_is_found_as_a_word() -> None:
    """A short secret counts as a whole word only, in an address for example."""
    assert list(find_leaks(["aB3dE9"], words("/callback?code=aB3dE9&state=x")))
    assert not list(find_leaks(["aB3dE9"], words("xaB3dE9x")))


def test_an_address_is_found() -> None:
    """An e-mail address is found in a sentence."""
    assert list(find_leaks(["ada@example.org"], words("Write to <ada@example.org>.")))


def test_the_watch_hears_our_log() -> None:
    """What our logger says at any level reaches the watch."""
    logging.getLogger("orcid_connect").debug("a word nobody else says: %s", "xylolith")
    assert "xylolith" in watch.words
