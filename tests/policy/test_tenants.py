"""How a journal inherits from its publisher, and the publisher from the vendor."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orcid_connect.policy import DEFAULTS, TenantPolicy, WorkPolicy, inherited
from tests.policy.test_reviews import review


def policy(**fields: Any) -> TenantPolicy:
    """Return a policy as settings give it: plain words."""
    return TenantPolicy.model_validate(fields)


def test_what_is_not_set_comes_from_above() -> None:
    """A journal changes one thing and keeps everything else of its publisher."""
    publisher = policy(
        review_model="double-anonymous",
        works={"notices": "add", "elsewhere": "skip"},
        reviews={"open": {"release": "at-once", "review_url": False}},
    )
    journal = policy(review_model="open", works={"elsewhere": "add"})
    both = inherited(publisher, journal)
    assert both.review_model == "open"
    assert both.works == WorkPolicy(notices="add", elsewhere="add")
    effective = both.for_review(review())
    assert effective.release == "at-once"
    assert not effective.review_url
    assert effective.subject_title


def test_roles_inherit_too() -> None:
    """A publisher that ORCID does not know switches the identifiers of its roles off for all."""
    publisher = policy(roles={"organization_identifier": False})
    assert not inherited(publisher, policy(review_model="open")).roles.organization_identifier


def test_set_to_the_default_is_set() -> None:
    """A journal that sets what is the default anyway does not inherit another value."""
    publisher = policy(works={"notices": "add"})
    journal = policy(works={"notices": "skip"})
    assert inherited(publisher, journal).works.notices == "skip"


def test_the_review_decides_before_the_tenant() -> None:
    """The model of the review itself wins over that of the tenant."""
    tenant = policy(review_model="open")
    assert tenant.for_review(review()) == DEFAULTS["open"]
    assert tenant.for_review(review(model="double-anonymous")) == DEFAULTS["double-anonymous"]
    assert policy().for_review(review()) == DEFAULTS["unstated"]


def test_one_model_is_changed_and_no_other() -> None:
    """What is set for one review model leaves the defaults of the others alone."""
    tenant = policy(reviews={"single-anonymous": {"consent": "not-needed"}})
    assert tenant.for_review(review(model="single-anonymous")).release == "yearly"
    assert tenant.for_review(review(model="single-anonymous")).consent == "not-needed"
    assert tenant.for_review(review(model="double-anonymous")).consent == "for-anything"


def test_a_misspelt_setting() -> None:
    """A word that is no setting stops the start and is named."""
    with pytest.raises(ValidationError, match="notice"):
        policy(works={"notice": "add"})


choices = st.fixed_dictionaries(
    {},
    optional={
        "review_model": st.sampled_from(["open", "transparent"]),
        "works": st.fixed_dictionaries(
            {},
            optional={
                "notices": st.sampled_from(["skip", "add"]),
                "versions": st.sampled_from(["one", "each"]),
            },
        ),
        "reviews": st.dictionaries(
            st.sampled_from(["open", "unstated"]),
            st.fixed_dictionaries(
                {},
                optional={
                    "role": st.booleans(),
                    "release": st.sampled_from(["at-once", "yearly"]),
                },
            ),
        ),
    },
)


@given(choices, choices, choices)
def test_three_generations(vendor: Any, publisher: Any, journal: Any) -> None:
    """It does not matter in which order three generations are put together."""
    a, b, c = policy(**vendor), policy(**publisher), policy(**journal)
    left, right = inherited(inherited(a, b), c), inherited(a, inherited(b, c))
    assert left == right
    assert left.model_dump(exclude_unset=True) == right.model_dump(exclude_unset=True)
