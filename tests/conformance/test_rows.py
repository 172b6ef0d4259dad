"""No rule of the specification is without a test."""

import subprocess
import sys

import pytest

from tests.conformance.tables import SPECIFICATION


@pytest.mark.skipif(
    not SPECIFICATION.exists(), reason="the specification (../shared/orcid/REGISTRY.md) is not here"
)
def test_every_rule_of_the_specification_has_a_test() -> None:
    """Each rule is named by a test, or by the short list of those that cannot have one."""
    command = [sys.executable, "-m", "tests.conformance.rows"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout.count("\n")) == (0, 1), ended.stdout
