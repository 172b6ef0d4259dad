"""The judges stand alone: pure functions that import nothing of the product and touch no file."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orcid_connect.simulator import judging

FOLDER = Path(judging.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
OWN = "orcid_connect.simulator.judging"
WITH_EFFECTS = {
    "os",
    "io",
    "pathlib",
    "socket",
    "subprocess",
    "logging",
    "time",
    "random",
    "asyncio",
}


def imported(file: Path) -> Iterator[str]:
    """List the modules a file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_a_file_imports_only_its_room_and_pure_parts_of_python(file: Path) -> None:
    """Nothing but the judging room and effect-free standard modules is imported."""
    for name in imported(file):
        top = name.partition(".")[0]
        assert name.startswith(OWN) or top in sys.stdlib_module_names, name
        assert top not in WITH_EFFECTS, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_a_file_reads_no_vectors(file: Path) -> None:
    """The rules are rules: no code opens a file or names the observed cases."""
    text = file.read_text(encoding="utf-8")
    assert ".jsonl" not in text
    assert "open(" not in text
