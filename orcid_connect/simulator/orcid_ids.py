"""ORCID iDs: shape, check character, and the fake range new people get (REGISTRY 12)."""

import re

ORCID_SITE = "https://orcid.org"
FAKE_PREFIX = 8888  # outside both ranges the real registry allocates from

_SHAPE = re.compile(r"(?:\d{4}-){3}\d{3}[\dX]")


def has_orcid_shape(text: str) -> bool:
    """Tell whether `text` looks like a bare iD, whatever its check character."""
    return _SHAPE.fullmatch(text) is not None


def check_character(digits: str) -> str:
    """Compute the ISO 7064 MOD 11-2 check character of fifteen digits."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def is_orcid(text: str) -> bool:
    """Tell whether `text` is a bare iD with the right check character."""
    if not has_orcid_shape(text):
        return False
    digits = text.replace("-", "")
    return check_character(digits[:15]) == digits[15]


def nth_fake_orcid(number: int) -> str:
    """Make the `number`-th iD of the fake range."""
    digits = f"{FAKE_PREFIX}{number:011d}"
    whole = digits + check_character(digits)
    return "-".join(whole[start : start + 4] for start in range(0, 16, 4))
