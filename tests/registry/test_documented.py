"""What a vendor reads in the docstrings: what it is, and which rule of the registry's it is."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest

from orcid_connect import codec, records, registry

SOURCE = re.compile(r"REGISTRY\.md|RFC \d")


def modules() -> Iterator[ModuleType]:
    """Yield the modules of the rooms that speak ORCID's language."""
    for room in (codec, records, registry):
        yield room
        for found in iter_modules(room.__path__, f"{room.__name__}."):
            yield import_module(found.name)


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield what a module defines for others: classes, their methods, functions."""
    for name, found in vars(module).items():
        if name.startswith("_") or getattr(found, "__module__", "") != module.__name__:
            continue
        if inspect.isclass(found):
            yield name, found
            for inner, method in vars(found).items():
                if not inner.startswith("_") and inspect.isfunction(method):
                    yield f"{name}.{inner}", method
        elif inspect.isfunction(found):
            yield name, found


@pytest.mark.parametrize("module", list(modules()), ids=lambda one: one.__name__)
def test_everything_public_is_described(module: ModuleType) -> None:
    """All that is public has a docstring of its own."""
    assert [name for name, one in public(module) if not (one.__doc__ or "").strip()] == []


@pytest.mark.parametrize("room", ["codec", "records", "registry"])
def test_every_rule_names_its_source(room: str) -> None:
    """A module, or each thing in it, names the section of the registry's reference it follows."""
    nameless = [
        f"{module.__name__}.{name}"
        for module in modules()
        if module.__name__.startswith(f"orcid_connect.{room}") and not _named(module)
        for name, one in public(module)
        if "." not in name and not _named(one) and not all(map(_named, _methods(one)))
    ]
    assert nameless == NO_RULE_OF_THE_REGISTRY[room]


def _named(one: Any) -> bool:
    return SOURCE.search(one.__doc__ or "") is not None


def _methods(one: Any) -> list[Any]:
    own = [found for name, found in vars(one).items() if not name.startswith("_")]
    return [found for found in own if inspect.isfunction(found)] or [one]


NO_RULE_OF_THE_REGISTRY = {
    "codec": ["orcid_connect.codec.decode.plain_form", "orcid_connect.codec.members.Member"],
    "records": [],
    "registry": [],
}
"""What follows no rule of the registry's, but only our own shape of things."""
