"""An empty SQLite database with tables: made once in a process of a run, copied for each test."""

import functools
import tempfile
from pathlib import Path

from orcid_connect.places import place_of
from orcid_connect.store.migrating import migrate


def fresh(path: Path) -> str:
    """Put a database there, unless there is one; return its setting `database`."""
    if not path.exists():
        path.write_bytes(_template())
    return str(path)


@functools.cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.sqlite")
        migrate(place_of(str(path)))
        return path.read_bytes()
