"""The schemas of the person items: keywords, names, URLs, addresses, identifiers (4.5)."""

from orcid_connect.simulator.judging import facets
from orcid_connect.simulator.judging.schema import common
from orcid_connect.simulator.judging.schema.nodes import Field, Leaf, Record

_CONTENT = Leaf(check=facets.at_most(255))


def _person_item(*fields: Field) -> Record:
    return Record(
        (
            *common.WRITTEN,
            *fields,
            common.VISIBLE,
            common.PATH,
            common.PUT_CODE,
            Field("display-index", common.LONG),
        )
    )


KEYWORD = _person_item(Field("content", _CONTENT, required=True))
OTHER_NAME = _person_item(Field("content", _CONTENT, required=True))
RESEARCHER_URL = _person_item(
    Field("url-name", Leaf(check=facets.filled_at_most(350))),
    Field("url", common.URL, required=True),
)
ADDRESS = _person_item(Field("country", common.COUNTRY_ELEMENT, required=True))
EXTERNAL_IDENTIFIER = _person_item(
    Field("external-id-type", common.FILLED, required=True),
    Field("external-id-value", common.FILLED, required=True),
    Field("external-id-url", common.URL),
    Field("external-id-relationship", common.RELATIONSHIP),
)
