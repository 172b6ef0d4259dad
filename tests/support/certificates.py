"""The certificates that this machine trusts, read once for a run.

A pytest plugin. Every HTTP client reads them anew, a twelfth of a second each, and tests make
thousands of clients.
"""

import functools
import ssl

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Have all clients of this process that ask alike share what was read."""
    ssl.create_default_context = functools.cache(ssl.create_default_context)  # type: ignore[assignment]
