"""No rule of the specification is without a test."""

import pytest

from tests.conformance.rows import faults
from tests.conformance.tables import SPECIFICATION


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="needs ../shared/orcid/REGISTRY.md")
def test_every_rule_of_the_specification_has_a_test() -> None:
    """Each rule is named by a test, or by the short list of those that cannot have one."""
    assert list(faults()) == []
