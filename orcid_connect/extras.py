"""Optional parts: loaded by name, and when one is missing the error names the extra to install."""

from importlib import import_module
from types import ModuleType

from orcid_connect.errors import SettingsError


def load(module: str, extra: str, purpose: str) -> ModuleType:
    """Return an optional module; raises `SettingsError` that says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise SettingsError(
            f"{purpose} needs the extra `{extra}`: pip install 'orcid-connect[{extra}]'"
        ) from error
