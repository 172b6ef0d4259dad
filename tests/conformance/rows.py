"""Which rules of REGISTRY.md have a test, and which have none.

`python -m tests.conformance.rows` prints the rules without a test and those marks that name
no rule, and fails if there is one. UNTESTED says why a few rules cannot have a test here.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tests.conformance.tables import Rule, rules

SUITE = Path(__file__).parent

XML_ONLY = "shows in XML only, which is not built yet"
OLD_VERSIONS = "shows in v2.x only, which is not served"
NO_REQUEST = "no request brings it about: the specification names none, or says that none does"
NO_SHAPE = "the specification gives no content for these two types, and they are not served"
NO_READER = "nothing outside the pages makes a person read a message"

_NEVER = ("9000", "9002", "9003", "9005", "9015", "9031", "9032", "9033", "9057", "9059")

UNTESTED: dict[tuple[str, str], str] = {
    ("2.3", "insufficient authentication"): NO_REQUEST,
    ("3.1", "Extra Public API types"): NO_SHAPE,
    ("5.1", "text of 9051"): XML_ONLY,
    ("5.1", "9051"): XML_ONLY,
    ("5.1", "9052"): OLD_VERSIONS,
    ("5.1", "9009"): NO_READER,
    **{("5.1", code): NO_REQUEST for code in _NEVER},
}


class _Marks:
    """Collects the marks of every test of the suite, as pytest sees them."""

    def __init__(self) -> None:
        self.names: set[tuple[str, str]] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("row"):
                section, *names = mark.args
                self.names.update((section, name) for name in names)


def marked() -> set[tuple[str, str]]:
    """Section and name of each rule that a test claims to cover. Raises RuntimeError."""
    marks, said = _Marks(), StringIO()
    with redirect_stdout(said):
        status = pytest.main(["--collect-only", "-q", str(SUITE)], plugins=[marks])
    if status != pytest.ExitCode.OK:
        raise RuntimeError(f"The suite could not be collected:\n{said.getvalue()}")
    return marks.names


def named(section: str, name: str, among: Iterable[Rule]) -> list[Rule]:
    """The rules a name stands for: the one of just that text, or those that begin with it."""
    here = [rule for rule in among if rule.section == section]
    exact = [rule for rule in here if rule.text == name]
    return exact or [rule for rule in here if rule.text.startswith(name)]


def faults() -> Iterator[str]:
    """A sentence for each rule without a test and each name that is not that of one rule."""
    known = rules()
    covered: set[Rule] = set()
    for section, name in sorted(marked() | set(UNTESTED)):
        found = named(section, name, known)
        if len(found) != 1:
            yield f"names {len(found)} rules: {section}  {name}"
        covered.update(found)
    yield from (f"without a test: {rule}" for rule in known if rule not in covered)


def main() -> int:
    """Print what is wrong; 0 when nothing is."""
    found = list(faults())
    print("\n".join(found) or f"Each of {len(rules())} rules has a test or a reason.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
