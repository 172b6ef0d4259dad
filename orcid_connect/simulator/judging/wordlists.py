"""Tables of words, written as text so that a reader can scan them."""


def words(text: str) -> tuple[str, ...]:
    """Split a table into its words."""
    return tuple(text.split())
