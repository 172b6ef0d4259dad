"""What the registry's Java calls blank, empty or trimmed; it is not what Python calls so."""

import unicodedata

CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))


def java_trim(value: str) -> str:
    """Cut off everything up to and including the space at both ends, as String.trim does."""
    return value.strip(CONTROLS_AND_SPACE)


def is_blank(value: str | None) -> bool:
    """Say whether nothing is left of a text after trimming."""
    # One character tells it of nearly every text.
    return not value or (value[0] <= " " and not value.strip(CONTROLS_AND_SPACE))


def units(value: str) -> int:
    """Count UTF-16 code units, which is what all length limits count."""
    if value.isascii():
        return len(value)
    return len(value) + sum(character > "\uffff" for character in value)


def without_controls(value: str) -> str:
    """Drop control, format, private and unassigned characters, as names of groups lose them."""
    if value.isascii() and value.isprintable():
        return value
    return "".join(one for one in value if not unicodedata.category(one).startswith("C"))
