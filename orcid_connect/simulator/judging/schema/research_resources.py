"""The schema of a research resource (research-resource-3.0.xsd, REGISTRY.md 4.5).

In JSON the items are a list at the top level; the XSD's wrapper does not exist there.
"""

from orcid_connect.simulator.judging import vocabularies
from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.nodes import Field, Leaf, Listing, Record

_HOSTS = Record((Field("organization", Listing(common.ORGANIZATION, 1, 10), required=True),))
_PROPOSAL = Record(
    (
        Field("title", common.titled("title", "translated-title"), required=True),
        Field("hosts", _HOSTS, required=True),
        Field("external-ids", common.EXTERNAL_IDS, required=True),
        Field("start-date", common.FUZZY_DATE),
        Field("end-date", common.FUZZY_DATE),
        Field("url", common.URL),
    )
)
_ITEM = Record(
    (
        Field("resource-name", Leaf(check=common.FILLED_1000), required=True),
        Field("resource-type", common.enumeration(vocabularies.RESOURCE_TYPES), required=True),
        Field("hosts", _HOSTS, required=True),
        Field("external-ids", common.EXTERNAL_IDS, required=True),
        Field("url", common.URL),
    )
)

RESEARCH_RESOURCE = Record(
    (
        *common.WRITTEN,
        Field("proposal", _PROPOSAL, required=True),
        Field("resource-item", Listing(_ITEM, 1), required=True),
        Field("display-index", common.PLAIN),
        common.VISIBLE,
        common.PUT_CODE,
        common.PATH,
    )
)
