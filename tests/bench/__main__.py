"""`python -m tests.bench [NAME ...]`: measures, side by side in one run, and prints tables.

Nothing here is asserted in a test: numbers of a busy machine judge nobody by themselves.
"""

import argparse
import asyncio
import sys

from tests.bench import (
    connecting,
    crowd,
    draining,
    intake,
    locks,
    pace,
    planning,
    registry,
    simulator,
    sizes,
)
from tests.bench.effort import Effort
from tests.bench.load import LoadFailed

BENCHMARKS = {
    "simulator": simulator.measure,
    "planning": planning.measure,
    "draining": draining.measure,
    "pace": pace.measure,
    "locks": locks.measure,
    "registry": registry.measure,
    "intake": intake.measure,
    "connecting": connecting.measure,
    "sizes": sizes.measure,
    "crowd": crowd.measure,
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks asked for, or all; 2 where something to measure with is missing."""
    names = ", ".join(BENCHMARKS)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {names}; all if none")
    standard = Effort()
    for name, meaning in Effort.MEANINGS.items():
        value = getattr(standard, name)
        described = f"{meaning} ({value})"
        parser.add_argument(f"--{name}", type=type(value), default=value, help=described)
    options = vars(parser.parse_args(arguments))
    wanted = options.pop("names") or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {names}")
    return max(run(name, Effort(**options)) for name in wanted)


def run(name: str, effort: Effort) -> int:
    """Run one benchmark; say what kept it from measuring, and return the exit code."""
    try:
        asyncio.run(BENCHMARKS[name](effort))
    except LoadFailed as failed:
        print(failed, file=sys.stderr)
        return failed.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
