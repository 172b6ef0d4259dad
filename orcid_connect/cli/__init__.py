"""The command line `orcid-connect`: one module for each family of commands."""

from orcid_connect.cli.main import main

__all__ = ["main"]
