"""What the journal starts with: its users, manuscripts, reviews and offices, all invented."""

from dataclasses import dataclass
from typing import Final, Literal

Part = Literal["author", "reviewer", "editor"]
State = Literal["in review", "accepted", "published", "withdrawn", "retracted"]
PUBLIC: Final = ("published", "withdrawn", "retracted")
"""The states of a manuscript that has a public page, whatever that says by now."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account; `orcid` is there only if they connected it here."""

    key: str
    given: str
    family: str
    part: Part
    orcid: str | None = None

    @property
    def name(self) -> str:
        """The name as printed; some people have only one."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A manuscript at the start; `authors` gives byline positions (from 0) their accounts.

    With `late_doi` it is published before its DOI is registered.
    """

    key: str
    file: str
    state: State
    authors: dict[int, str]
    late_doi: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody who was asked to review a manuscript."""

    key: str
    manuscript: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Office:
    """What somebody does for the journal as a whole, for a term."""

    key: str
    user: str
    title: str


USERS: Final = (
    User("ines", "Ines", "Almeida-Brook", "author"),
    User("tomasz", "Tomasz", "Wierzba", "author"),
    User("noor", "Noor", "van den Akker", "author"),
    User("mirembe", "Mirembe", "", "author"),
    User("haruki", "Haruki", "Odenwald", "reviewer"),
    User("solveig", "Solveig", "Ó Catháin", "editor"),
)
# The iDs with which these people sign in at the simulated ORCID, to print what to try. The journal
# itself makes no use of them: it learns an iD only from orcid_connect, after a sign-in.
AT_ORCID: Final = {
    "ines": "8888-0000-0000-1008",
    "tomasz": "8888-0000-0000-2000",
    "noor": "8888-0000-0000-3003",
    "mirembe": "8888-0000-0000-5009",
    "haruki": "8888-0000-0000-4006",
    "solveig": "8888-0000-0000-6001",
}
PASSWORD_AT_ORCID: Final = "orcid-demo"
MANUSCRIPTS: Final = (
    Manuscript("bees", "bees.xml", "accepted", {0: "ines", 1: "tomasz"}),
    # The third author has no account: an iD is printed for him, but he never showed it is his.
    Manuscript("lamp", "lamp.xml", "in review", {0: "tomasz", 1: "ines"}),
    Manuscript("ink", "ink.xml", "published", {0: "noor", 1: "mirembe"}),
    Manuscript("silence", "silence.xml", "published", {0: "mirembe"}),
    Manuscript("promise", "promise.xml", "in review", {0: "noor"}, late_doi=True),
    Manuscript("scales", "scales.xml", "accepted", {0: "noor"}),
)
ASSIGNMENTS: Final = (
    Assignment("lamp-1", "lamp", "haruki"),
    Assignment("promise-1", "promise", "haruki"),
)
OFFICES: Final = (
    Office("chief", "solveig", "Editor-in-Chief"),
    Office("board-1", "haruki", "Member of the editorial board"),
)
