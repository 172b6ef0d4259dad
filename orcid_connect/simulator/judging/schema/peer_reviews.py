"""The schema of a peer review (peer-review-3.0.xsd, REGISTRY.md 4.3)."""

from orcid_connect.simulator.judging import vocabularies
from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.groups import GROUP_ID
from orcid_connect.simulator.judging.schema.nodes import Field, Record

_ROLE = common.enumeration(vocabularies.REVIEWER_ROLES)
_TYPE = common.enumeration(vocabularies.REVIEW_TYPES)
_SUBJECT = common.enumeration(vocabularies.SUBJECT_TYPES, vocabularies.WORK_TYPE_ALIASES)

PEER_REVIEW = Record(
    (
        *common.WRITTEN,
        Field("reviewer-role", _ROLE, required=True),
        Field("review-identifiers", common.EXTERNAL_IDS, required=True),
        Field("review-url", common.URL),
        Field("review-type", _TYPE, required=True),
        Field("review-completion-date", common.FUZZY_DATE, required=True),
        Field("review-group-id", GROUP_ID, required=True),
        Field("subject-external-identifier", common.EXTERNAL_ID),
        Field("subject-container-name", common.TITLE),
        Field("subject-type", _SUBJECT),
        Field("subject-name", common.titled("title", "subtitle", "translated-title")),
        Field("subject-url", common.URL),
        Field("convening-organization", common.ORGANIZATION, required=True),
        common.VISIBLE,
        common.PUT_CODE,
        common.PATH,
    )
)
