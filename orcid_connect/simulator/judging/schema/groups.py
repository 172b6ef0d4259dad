"""The schema of a group-id record and of group ids themselves (group-id-3.0.xsd, REGISTRY.md 6)."""

from orcid_connect.simulator.judging import facets, vocabularies
from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.nodes import Field, Leaf, Record

GROUP_ID = Leaf(
    check=facets.all_of(
        facets.filled_at_most(1000),
        facets.matching(
            r"(?:ringgold:|issn:|orcid-generated:|fundref:|publons:)"
            r"[0-9a-zA-Z^._~:/?#\[\]@!$&'()*+,;=-]{2,}"
        ),
    )
)
_NAME = Leaf(check=common.FILLED_1000)

# Source and dates are hidden members of the model: their Java names are skipped, not refused.
GROUP_ID_RECORD = Record(
    (
        Field("name", _NAME, required=True),
        Field("group-id", GROUP_ID, required=True),
        Field("description", _NAME, required=True),
        Field("type", Leaf(check=facets.among(*vocabularies.GROUP_TYPES)), required=True),
        common.PUT_CODE,
    ),
    ignored=frozenset({"source", "createdDate", "lastModifiedDate"}),
)
