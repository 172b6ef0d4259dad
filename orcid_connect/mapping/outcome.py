"""What mapping gives back: the activity, and everything found on the way.

The contract: `activity` is what would be sent, and is None when anything was refused or skipped.
"""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from orcid_connect.errors import Problem
from orcid_connect.mapping.refusals import refusals
from orcid_connect.records import Item

A = TypeVar("A", bound=Item)


@dataclass(frozen=True, slots=True)
class Mapped(Generic[A]):
    """An activity ready to send, or None if ORCID would refuse it; `problems` say why.

    It is None too where the tenant's policy sends nothing of the kind: `skipped` says which.
    """

    activity: A | None
    problems: tuple[Problem, ...] = ()
    skipped: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether a person must look before this is sent."""
        return any(problem.holds for problem in self.problems)


@dataclass(slots=True)
class Findings:
    """The problems collected while one declaration is mapped."""

    problems: list[Problem] = field(default_factory=list)

    def caution(self, path: str, code: str, message: str, *, identity: bool = False) -> None:
        """Note what ORCID would swallow but a careful publisher would not send."""
        self.problems.append(Problem(path, code, "caution", message, identity=identity))

    def outcome(self, activity: A) -> Mapped[A]:
        """Return the activity with the cautions, or without it and first what is refused."""
        refused = tuple(refusals(activity))
        return Mapped(None if refused else activity, (*refused, *self.problems))

    def nothing(self, path: str, code: str, sentence: str) -> Mapped[Any]:
        """Return that nothing is sent by policy, and the sentence that says why."""
        self.caution(path, code, sentence)
        return Mapped(None, tuple(self.problems), skipped=sentence)
