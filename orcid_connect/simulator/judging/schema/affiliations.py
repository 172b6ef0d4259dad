"""The schema of the seven kinds of affiliation (common-3.0.xsd affiliation, REGISTRY.md 4.5)."""

from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.nodes import Field, Record

AFFILIATION = Record(
    (
        *common.WRITTEN,
        common.PUT_CODE,
        common.PATH,
        Field("department-name", common.LONG_TEXT),
        Field("role-title", common.LONG_TEXT),
        Field("start-date", common.FUZZY_DATE),
        Field("end-date", common.FUZZY_DATE),
        Field("organization", common.ORGANIZATION),
        Field("url", common.URL),
        Field("external-ids", common.EXTERNAL_IDS),
        Field("display-index", common.PLAIN),
        common.VISIBLE,
    )
)
