"""How a step of the tour fails: with what was expected and what was found."""


class StepFailed(Exception):
    """Something did not hold."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}; found {found}")
        self.expected = expected
        self.found = found


def require(holds: bool, expected: str, found: object) -> None:
    """Raise `StepFailed` unless it holds."""
    if not holds:
        raise StepFailed(expected, str(found))
