"""Random lives of a record and of a world: short ones always, half an hour of them by make soak.

`SOAK_MINUTES` says for how long; the seeds are printed, and `SOAK_SEED` begins with that one and
makes a life that fails as short as possible, which takes its time.
"""

import os
from itertools import count
from random import SystemRandom
from time import monotonic

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.simulator.lives.record_life import RecordLife
from tests.simulator.lives.world_life import WorldLife

GIVEN_SEED = os.environ.get("SOAK_SEED")
MINUTES = int(os.environ.get("SOAK_MINUTES", "30"))
SECONDS = 60.0
"""Between two lines that say how far it is: a minute is a test of its own."""
LIVES_PER_SEED = 5
SEEDS_PER_MINUTE = 1000
LIVES: tuple[type[RuleBasedStateMachine], ...] = (WorldLife, RecordLife)
BRIEF = settings(max_examples=15, stateful_step_count=25, deadline=None)
LONG = settings(
    max_examples=LIVES_PER_SEED,
    stateful_step_count=100,
    deadline=None,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if GIVEN_SEED else [])],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("life", LIVES)
def test_brief_lives(life: type[RuleBasedStateMachine]) -> None:
    """Some lives of twenty-five steps go as the model says."""
    run_state_machine_as_test(life, settings=BRIEF)


@pytest.fixture(scope="module")
def first_seed() -> int:
    """The seed of the first life of this run."""
    return int(GIVEN_SEED or SystemRandom().randrange(10**6))


@pytest.mark.soak
@pytest.mark.parametrize("minute", range(MINUTES))
def test_long_lives(minute: int, first_seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """For a minute, lives of a hundred steps each go as the model says, without an unasked 5xx."""
    began = monotonic()
    for number in count(first_seed + minute * SEEDS_PER_MINUTE):
        life = LIVES[number % len(LIVES)]
        with capsys.disabled():
            print(f"\n{life.__name__}, SOAK_SEED={number}", end="", flush=True)
        seeded = seed(number)(type(life.__name__, (life,), {}))
        run_state_machine_as_test(seeded, settings=LONG)
        if monotonic() - began > SECONDS:
            break
