"""The words of the ledger as people read them: states, kinds of activities, what is declared."""

from typing import Final

from orcid_connect.languages import Language, marked

STATES: Final = {
    "waiting": marked("waiting"),
    "due": marked("due"),
    "delivered": marked("delivered"),
    "parked": marked("parked"),
    "declined": marked("declined"),
    "withdrawn": marked("withdrawn"),
}
KINDS: Final = {
    "work": marked("work"),
    "peer-review": marked("peer review"),
    "funding": marked("funding"),
    "distinction": marked("distinction"),
    "education": marked("education"),
    "employment": marked("employment"),
    "invited-position": marked("invited position"),
    "membership": marked("membership"),
    "qualification": marked("qualification"),
    "service": marked("service"),
    "research-resource": marked("research resource"),
    "external-identifier": marked("other identifier"),
    "keyword": marked("keyword"),
    "other-name": marked("other name"),
    "researcher-url": marked("website"),
    "address": marked("country"),
}
"""What is written to a record, by the word of its address there (REGISTRY.md 3.2)."""
_TERMS: Final = STATES | KINDS


def term(language: Language, name: str) -> str:
    """Return a word of the ledger in a language; one that is none stays as it is."""
    return language.gettext(_TERMS[name]) if name in _TERMS else name
