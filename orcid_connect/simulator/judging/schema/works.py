"""The schema of a work (work-3.0.xsd, REGISTRY.md 4.2)."""

from orcid_connect.simulator.judging import vocabularies
from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.nodes import Field, Leaf, Record

_CITATION = Record(
    (
        Field("citation-type", common.enumeration(vocabularies.CITATION_TYPES), required=True),
        Field("citation-value", Leaf(), required=True),
    )
)
_ATTRIBUTES = Record(
    (
        Field("contributor-sequence", common.enumeration(vocabularies.SEQUENCES)),
        Field("contributor-role", common.PLAIN),
    )
)
_TYPE = common.enumeration(vocabularies.WORK_TYPES, vocabularies.WORK_TYPE_ALIASES)

WORK = Record(
    (
        *common.WRITTEN,
        common.PUT_CODE,
        common.PATH,
        Field("title", common.titled("title", "subtitle", "translated-title"), required=True),
        Field("journal-title", common.TITLE),
        Field("short-description", common.DESCRIPTION),
        Field("citation", _CITATION),
        Field("type", _TYPE, required=True),
        Field("publication-date", common.FUZZY_DATE),
        Field("external-ids", common.EXTERNAL_IDS),
        Field("url", common.URL),
        Field("contributors", common.contributors(_ATTRIBUTES)),
        Field("language-code", common.LANGUAGE),
        Field("country", common.COUNTRY_ELEMENT),
        common.VISIBLE,
    )
)
