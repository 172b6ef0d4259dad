"""A small invented journal that mounts orcid_connect as any vendor would.

Read `app.py` first: the two lines that matter are there. `declaring.py` turns what the journal
keeps into declarations, `plugin.py` tells orcid_connect who is signed in.
"""

from .app import build_journal
from .settings import JournalSettings

__all__ = ["JournalSettings", "build_journal"]
