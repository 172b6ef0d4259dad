"""All that a tenant decides, and how it inherits from vendor to publisher to journal."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from orcid_connect.declarations import Review, ReviewModel
from orcid_connect.policy.reviews import DEFAULTS, PolicyModel, ReviewPolicy
from orcid_connect.policy.works import Policy, RolePolicy, WorkPolicy

Inheriting = TypeVar("Inheriting", bound=BaseModel)


class TenantPolicy(Policy):
    """What a tenant decides; what it does not set comes from its parent (see `inherited`)."""

    review_model: ReviewModel | None = Field(
        default=None, description="how this tenant reviews, where a review does not say"
    )
    reviews: Mapping[PolicyModel, ReviewPolicy] = Field(
        default_factory=dict,
        description="by review model, only what differs from the default of that model",
    )
    works: WorkPolicy = WorkPolicy()
    roles: RolePolicy = RolePolicy()

    def model_of(self, review: Review) -> PolicyModel:
        """Return how this review was done, as far as it is said."""
        return review.model or self.review_model or "unstated"

    def for_review(self, review: Review) -> ReviewPolicy:
        """Return the whole policy for a review: the default of its model, with what was set."""
        model = self.model_of(review)
        return inherited(DEFAULTS[model], self.reviews.get(model, ReviewPolicy()))


def inherited(parent: Inheriting, own: Inheriting) -> Inheriting:
    """Return `own` with everything that it does not set taken from its parent, at any depth.

    What is set stays known as set, so that three generations are two calls, in either order.
    """
    return parent.model_copy(
        update={
            name: _merged(getattr(parent, name), getattr(own, name))
            for name in own.model_fields_set
        }
    )


def _merged(above: Any, own: Any) -> Any:
    if isinstance(above, Policy) and isinstance(own, Policy):
        return inherited(above, own)
    if isinstance(above, Mapping) and isinstance(own, Mapping):
        both = {key: _merged(above[key], own[key]) for key in above.keys() & own.keys()}
        return {**above, **own, **both}
    return own
