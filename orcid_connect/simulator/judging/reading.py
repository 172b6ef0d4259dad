"""Reading a body: first as JSON into the canonical shape, then against its XSD.

Each kind's schema is compiled once, here. Bulk reading has no second step.
"""

from collections.abc import Mapping

from orcid_connect.simulator.judging.answers import JSON, Refusal, Unreadable, Violation
from orcid_connect.simulator.judging.refusals import invalid_json
from orcid_connect.simulator.judging.schema.affiliations import AFFILIATION
from orcid_connect.simulator.judging.schema.fundings import FUNDING
from orcid_connect.simulator.judging.schema.groups import GROUP_ID_RECORD
from orcid_connect.simulator.judging.schema.nodes import Checker, Read, Record
from orcid_connect.simulator.judging.schema.peer_reviews import PEER_REVIEW
from orcid_connect.simulator.judging.schema.people import (
    ADDRESS,
    EXTERNAL_IDENTIFIER,
    KEYWORD,
    OTHER_NAME,
    RESEARCHER_URL,
)
from orcid_connect.simulator.judging.schema.research_resources import RESEARCH_RESOURCE
from orcid_connect.simulator.judging.schema.works import WORK

AFFILIATIONS: frozenset[str] = frozenset(
    {
        "employment",
        "education",
        "qualification",
        "distinction",
        "invited-position",
        "membership",
        "service",
    }
)
SCHEMAS: Mapping[str, Record] = {
    "work": WORK,
    "peer-review": PEER_REVIEW,
    "funding": FUNDING,
    "employment": AFFILIATION,
    "education": AFFILIATION,
    "qualification": AFFILIATION,
    "distinction": AFFILIATION,
    "invited-position": AFFILIATION,
    "membership": AFFILIATION,
    "service": AFFILIATION,
    "research-resource": RESEARCH_RESOURCE,
    "group-id-record": GROUP_ID_RECORD,
    "external-identifier": EXTERNAL_IDENTIFIER,
    "keyword": KEYWORD,
    "other-name": OTHER_NAME,
    "researcher-url": RESEARCHER_URL,
    "address": ADDRESS,
}
KINDS: tuple[str, ...] = tuple(SCHEMAS)
READERS: Mapping[str, Read] = {kind: schema.reader() for kind, schema in SCHEMAS.items()}
_CHECKERS: Mapping[str, Checker | None] = {
    kind: schema.checker() for kind, schema in SCHEMAS.items()
}


def read(kind: str, payload: object) -> JSON | Refusal:
    """Read a body into the canonical wire shape, or say why it is refused (9047)."""
    if payload is None:
        return invalid_json("Couldn't read object, data seems to be empty or invalid")
    try:
        item: JSON = READERS[kind](payload)
        check = _CHECKERS[kind]
        if check is not None:
            check(item)
    except (Unreadable, Violation) as reason:
        return invalid_json(str(reason))
    return item
