"""Fail on any skipped test whose reason is not on this list."""

import sys
import xml.etree.ElementTree as ElementTree

ALLOWED: tuple[str, ...] = (
    "only in the run of make wheel-test",
    "bash, curl and openssl are not installed",
)
"""Beginnings of reasons for which a test may be skipped on the machine that decides."""


def main(path: str) -> int:
    """Print the skips that are not allowed and return how many there are."""
    report = ElementTree.parse(path)
    count = 0
    for case in report.iter("testcase"):
        skipped = case.find("skipped")
        reason = "" if skipped is None else skipped.get("message", "")
        if skipped is not None and not reason.startswith(ALLOWED or ("\0",)):
            print(f"skipped: {case.get('classname')}.{case.get('name')}: {reason}")
            count += 1
    return count


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1]) else 0)
