"""The schema of a funding (funding-3.0.xsd, REGISTRY.md 4.4)."""

from orcid_connect.simulator.judging import facets, vocabularies
from orcid_connect.simulator.judging.currencies import CURRENCIES
from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.nodes import Field, Record, wrapped

# An amount without value passes the schema (as empty text); without currency it does not.
_AMOUNT = Record(
    (
        Field("value", common.PLAIN),
        Field("currency-code", common.enumeration(CURRENCIES), required=True),
    )
)
_ATTRIBUTES = Record((Field("contributor-role", common.PLAIN),))

FUNDING = Record(
    (
        *common.WRITTEN,
        common.PUT_CODE,
        common.PATH,
        Field("type", common.enumeration(vocabularies.FUNDING_TYPES), required=True),
        Field("organization-defined-type", wrapped(facets.at_most(255))),
        Field("title", common.titled("title", "translated-title")),
        Field("short-description", common.DESCRIPTION),
        Field("amount", _AMOUNT),
        Field("url", common.URL),
        Field("start-date", common.FUZZY_DATE),
        Field("end-date", common.FUZZY_DATE),
        Field("external-ids", common.EXTERNAL_IDS),
        Field("contributors", common.contributors(_ATTRIBUTES)),
        Field("organization", common.ORGANIZATION, required=True),
        common.VISIBLE,
    )
)
