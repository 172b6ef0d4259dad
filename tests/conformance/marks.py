"""The mark that says which rules of REGISTRY.md a test holds the registry to."""

import pytest


def row(section: str, *names: str) -> pytest.MarkDecorator:
    """Covers those rules of a section; a name is the rule's text, or the start of it."""
    return pytest.mark.row(section, *names)
