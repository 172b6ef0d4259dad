"""The tour with one request in ten going wrong, seed after seed: only with make soak."""

import os
import subprocess
import sys

import pytest

COMMAND = (sys.executable, "-c", "from orcid_connect.cli import main; main()", "demo", "--tour")
FAULTS = "0.1"
FIRST_SEED = int(os.environ.get("SOAK_SEED", "1"))
SEEDS = 10
SECONDS = 400
"""For one tour, which takes about thirty on a quiet machine."""


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + SEEDS))
def test_the_tour_holds_whatever_goes_wrong(seed: int) -> None:
    """With these faults every step of the tour holds: nothing is lost, nothing is doubled."""
    tour = subprocess.run(
        [*COMMAND, "--faults", FAULTS, "--seed", str(seed)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert "Every step held" in tour.stdout
    print(tour.stdout)
