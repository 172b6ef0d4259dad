"""An item declared in ORCID's own words: the same, without what is not the host's to say."""

from collections.abc import Collection
from typing import Any, Final

from orcid_connect.codec.encode import encode
from orcid_connect.codec.validate import validate
from orcid_connect.declarations import RecordItem
from orcid_connect.errors import Problem
from orcid_connect.identifiers import parse_orcid
from orcid_connect.mapping.outcome import Findings, Mapped
from orcid_connect.records import Funding, Item, Work

REVIEW_AS_ITEM: Final = (
    "What of a peer review may leave, when, and on whose word is for its tenant's review policy, "
    "which an item in ORCID's own words would pass by: declare it as a Review, by "
    "review_completed."
)


def item_from_declaration(declared: RecordItem, connected: Collection[str] = ()) -> Mapped[Item]:
    """Return the item as it would be sent, with everything that ORCID would say to it.

    The visibility, which is the person's own, is taken out; of contributors the e-mail addresses,
    and iDs that are not among those `connected` here. What ORCID sets is never sent anyway.
    Of a peer review there is nothing to send (`REVIEW_AS_ITEM`).
    """
    if declared.activity == "peer-review":
        told = Problem("activity", "review-as-item", "caution", REVIEW_AS_ITEM, identity=True)
        return Mapped(None, (told,))
    findings = Findings()
    item = _without_visibility(declared.item, findings)
    if isinstance(item, Work | Funding):
        item = _with_proven_contributors(item, _proven(declared, connected), findings)
    found = validate(declared.activity, encode(item))
    refused = any(problem.severity == "refused" for problem in found)
    return Mapped(None if refused else item, (*found, *findings.problems))


def _without_visibility(item: Item, findings: Findings) -> Item:
    if item.visibility is None:
        return item
    findings.caution(
        "visibility",
        "visibility-is-the-persons",
        "Who may see an item is for its person to say, on the record; what is declared is left "
        "out.",
    )
    return item.model_copy(update={"visibility": None})


def _proven(declared: RecordItem, connected: Collection[str]) -> frozenset[str]:
    person = declared.person
    own = parse_orcid(person.orcid) if person.orcid and person.orcid_authenticated else None
    return frozenset(connected) | ({own} if own else frozenset())


def _with_proven_contributors(item: Any, proven: frozenset[str], findings: Findings) -> Any:
    kept = []
    for index, one in enumerate(item.contributors):
        if one.orcid is not None and one.orcid not in proven:
            findings.caution(
                f"contributors[{index}].orcid",
                "orcid-not-connected",
                "This contributor's iD was not connected here, so the name is sent without it.",
            )
            one = one.model_copy(update={"orcid": None})
        kept.append(one.model_copy(update={"email": None}))
    return item.model_copy(update={"contributors": tuple(kept)})
