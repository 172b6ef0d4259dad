"""From what hosts declare to what records hold: articles to works, reviews to peer reviews."""

from orcid_connect.mapping.outcome import Mapped
from orcid_connect.mapping.reviews import own_review_id, peer_review_from_review
from orcid_connect.mapping.works import work_from_article

__all__ = ["Mapped", "own_review_id", "peer_review_from_review", "work_from_article"]
