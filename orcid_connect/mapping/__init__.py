"""From what hosts declare to what records hold: articles to works, reviews to peer reviews …"""

from orcid_connect.mapping.items import REVIEW_AS_ITEM, item_from_declaration
from orcid_connect.mapping.mentions import Mention, identifier_of, mentions, own_identifiers
from orcid_connect.mapping.outcome import Mapped
from orcid_connect.mapping.own_ids import own_id
from orcid_connect.mapping.reviews import own_review_id, peer_review_from_review
from orcid_connect.mapping.roles import affiliation_from_role, own_role_id
from orcid_connect.mapping.works import work_from_article

__all__ = [
    "REVIEW_AS_ITEM",
    "Mapped",
    "Mention",
    "affiliation_from_role",
    "identifier_of",
    "item_from_declaration",
    "mentions",
    "own_id",
    "own_identifiers",
    "own_review_id",
    "own_role_id",
    "peer_review_from_review",
    "work_from_article",
]
