"""Where folders are that live beside the package in a checkout and inside it in a wheel."""

from pathlib import Path

from orcid_connect.errors import SettingsError


def locate(name: str) -> Path:
    """Return such a folder: the installed wheel's, else the checkout's; raise `SettingsError`."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise SettingsError(
        f"the folder {name!r} of orcid_connect is missing: the installation is incomplete"
    )
