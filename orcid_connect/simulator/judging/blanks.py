"""What the registry's Java calls blank, empty or trimmed; it is not what Python calls so."""

CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))


def java_trim(value: str) -> str:
    """Cut off everything up to and including the space at both ends, as String.trim does."""
    return value.strip(CONTROLS_AND_SPACE)


def is_blank(value: str | None) -> bool:
    """Say whether nothing is left of a text after trimming."""
    return value is None or not value.strip(CONTROLS_AND_SPACE)


def units(value: str) -> int:
    """Count UTF-16 code units, which is what all length limits count."""
    if value.isascii():
        return len(value)
    return len(value) + sum(character > "\uffff" for character in value)
