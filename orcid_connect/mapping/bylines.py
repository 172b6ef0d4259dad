"""The contributors of a work, in byline order; an iD stands only where it is authenticated.

CRediT roles stay with the article: ORCID keeps one role an entry, and to repeat a name for each of
its roles would change the byline.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from orcid_connect.declarations import Article, Contributor
from orcid_connect.identifiers import parse_orcid
from orcid_connect.mapping.outcome import Findings
from orcid_connect.mapping.text import fit, tidy
from orcid_connect.mapping.words import EDITED_TYPES, is_editor, is_reviewer, orcid_role
from orcid_connect.records import WorkContributor

NAME_LENGTH: Final = 150
"""UTF-16 units of a credit name (REGISTRY.md 4.1)."""

MOST_CONTRIBUTORS: Final = 1000
"""Contributors sent at most. ORCID sets no limit; its pages show 50, and every author's record
would hold the whole list."""

_Entry = tuple[int, WorkContributor]


def work_contributors(
    article: Article, known_orcids: Mapping[str, str], findings: Findings
) -> tuple[WorkContributor, ...]:
    """Return the contributors of the work as printed, first author first.

    `known_orcids` gives the iD linked here for a person key; it wins over what the host says.
    """
    entries = [
        (index, _contributor(person, index, known_orcids, findings))
        for index, person in enumerate(article.contributors)
        if _belongs(person, article.type)
    ]
    named = [entry for entry in entries if entry[1].credit_name or entry[1].orcid]
    _tell_twice(named, findings)
    kept = _limited(named, findings)
    return tuple(_in_sequence([contributor for _, contributor in kept]))


def _belongs(person: Contributor, work_type: str) -> bool:
    if is_reviewer(person.role):
        return False
    return not is_editor(person.role) or work_type in EDITED_TYPES


def _contributor(
    person: Contributor, index: int, known_orcids: Mapping[str, str], findings: Findings
) -> WorkContributor:
    path = f"contributors[{index}]"
    name = tidy(person.name, f"{path}.name", findings)
    if name is None:
        findings.caution(
            f"{path}.name", "name-missing", f"Contributor {index + 1} has no printed name."
        )
    return WorkContributor(
        credit_name=fit(name, NAME_LENGTH, f"{path}.name", "name", findings),
        orcid=_authenticated_orcid(person, path, known_orcids, findings),
        role=_role(person, path, findings),
    )


def _role(person: Contributor, path: str, findings: Findings) -> str | None:
    role = orcid_role(person.role)
    if role is None:
        findings.caution(
            f"{path}.role",
            "role-unknown",
            f"ORCID has no contributor role for “{person.role}”; the name is sent without one.",
        )
    return role


def _authenticated_orcid(
    person: Contributor, path: str, known_orcids: Mapping[str, str], findings: Findings
) -> str | None:
    linked = known_orcids.get(person.person_key) if person.person_key else None
    declared = _declared_orcid(person, path, findings)
    if linked is None:
        return declared
    if declared is not None and declared != linked:
        findings.caution(
            f"{path}.orcid",
            "orcid-differs",
            f"The article says {declared}, but this person connected {linked}; the connected iD "
            "is sent.",
        )
    return linked


def _declared_orcid(person: Contributor, path: str, findings: Findings) -> str | None:
    if person.orcid is None or not person.orcid.strip():
        return None
    bare = parse_orcid(person.orcid)
    if bare is None:
        findings.caution(
            f"{path}.orcid",
            "orcid-malformed",
            f"“{person.orcid.strip()}” is not an ORCID iD (its form or check digit is wrong); it "
            "is never sent. Correct it at its source.",
            identity=person.orcid_authenticated,
        )
    return bare if person.orcid_authenticated else None


def _tell_twice(entries: Sequence[_Entry], findings: Findings) -> None:
    first: dict[str, int] = {}
    for index, contributor in entries:
        if contributor.orcid is None:
            continue
        if contributor.orcid in first:
            findings.caution(
                f"contributors[{index}].orcid",
                "orcid-twice",
                f"Contributors {first[contributor.orcid] + 1} and {index + 1} have the same iD "
                f"{contributor.orcid}. Find out whose it is.",
                identity=True,
            )
        first.setdefault(contributor.orcid, index)


def _limited(entries: list[_Entry], findings: Findings) -> list[_Entry]:
    """Keep the first contributors, and of the others those with an iD, who must find themselves."""
    if len(entries) <= MOST_CONTRIBUTORS:
        return entries
    identified = [entry for entry in entries[MOST_CONTRIBUTORS:] if entry[1].orcid]
    identified = identified[: MOST_CONTRIBUTORS - 1]
    kept = entries[: MOST_CONTRIBUTORS - len(identified)] + identified
    findings.caution(
        "contributors",
        "contributors-cut",
        f"{len(entries)} contributors are printed; {len(kept)} are sent: the first, and of the "
        "others those with an authenticated iD.",
    )
    return kept


def _in_sequence(contributors: list[WorkContributor]) -> Iterator[WorkContributor]:
    for place, contributor in enumerate(contributors):
        sequence = "first" if place == 0 else "additional"
        yield contributor.model_copy(update={"sequence": sequence})
