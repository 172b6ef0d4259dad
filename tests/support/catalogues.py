"""The catalogues of the languages; `python -m tests.support.catalogues` brings them up to date.

What the sources say is added, what they say no more is dropped, what was translated stays, and
nothing is guessed. The files change with the sentences alone: no dates, no line numbers.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

import orcid_connect
from orcid_connect.languages import CATALOGUES, NAMES
from orcid_connect.web.folders import locate

PACKAGE: Final = Path(orcid_connect.__file__).parent
KEYWORDS: Final = {"gettext": None, "_": None, "marked": None, "ngettext": (1, 2)}
JINJA: Final = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
PLURALS: Final = {
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "pt": "nplurals=2; plural=(n != 1);",
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
    ),
}
"""How many forms a sentence with a number has, as GNU gettext writes it."""
_SPEAKING: Final = ("say", "speak")
"""What our pages call a language's gettext; the reader of sources knows it by no other name."""
_LOGGING: Final = ("debug", "info", "warning", "error", "exception")
_SENTENCE: Final = re.compile(r"[A-Z][^\n]* [^\n]*[.?!]")
Identity = str | tuple[str, ...]


def templates() -> dict[str, Path]:
    """Return what is rendered for people, by its name."""
    top = locate("templates")
    found = sorted(path for kind in ("html", "txt") for path in top.rglob(f"*.{kind}"))
    return {path.relative_to(top).as_posix(): path for path in found}


def sources() -> Iterator[tuple[str, Path, str]]:
    """Return each file that holds sentences: its name in a checkout, itself, and who reads it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if inside.parts[0] not in ("simulator", "templates", "demo_journal"):
            yield f"orcid_connect/{inside.as_posix()}", path, "python"
    for name, path in templates().items():
        yield f"templates/{name}", path, "jinja2.ext:babel_extract"


def extracted() -> dict[Identity, set[str]]:
    """Return every sentence of the sources, with the files that say it."""
    found: dict[Identity, set[str]] = {}
    for name, path, reader in sources():
        options = {} if reader == "python" else JINJA
        for _, said, _, _ in extract_from_file(reader, path, KEYWORDS, options=options):
            if said:
                found.setdefault(said, set()).add(name)
    return found


def catalogue(code: str) -> Catalog:
    """Return a catalogue as it is stored; an empty one of a new language."""
    path = CATALOGUES / f"{code}.po"
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def renewed(code: str, said: dict[Identity, set[str]]) -> Catalog:
    """Return the catalogue with the sentences of now; a translation stays with its sentence."""
    old, new = catalogue(code), Catalog(locale=code)
    for identity, files in said.items():
        known = old.get(identity)
        kept = known is not None and known.id == identity and not known.fuzzy
        text = known.string if known is not None and kept else ""
        new.add(identity, text, locations=[(name, 0) for name in sorted(files)])
    return new


def written(code: str, new: Catalog) -> bytes:
    """Return a catalogue as its file."""
    body = BytesIO()
    write_po(body, new, width=0, omit_header=True, sort_output=True, include_lineno=False)
    header = (
        f"# {NAMES[code]}\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {code}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS[code]}\\n"\n\n'
    )
    return header.encode() + body.getvalue().rstrip(b"\n") + b"\n"


class _Sentences(ast.NodeVisitor):
    """Collects what a module says in whole sentences, but for its docstrings and its log."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in _SPEAKING and isinstance(node.args[0], ast.Constant):
            self.found.append(str(node.args[0].value))
        if name not in (*KEYWORDS, *_LOGGING):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._hear(str(node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = (part.value if isinstance(part, ast.Constant) else "0" for part in node.values)
        self._hear("".join(map(str, parts)))

    def _hear(self, text: str) -> None:
        if _SENTENCE.fullmatch(text):
            self.found.append(text)


def unmarked(path: Path) -> list[str]:
    """Return the sentences of a module that no catalogue will ever have."""
    sentences = _Sentences()
    sentences.visit(ast.parse(path.read_text(encoding="utf-8")))
    return sentences.found


def untranslated(one: Catalog) -> list[Message]:
    """Return the sentences for which a catalogue lacks a translation, or a form of one."""
    return [message for message in one if message.id and not all(forms(message))]


def forms(message: Message) -> tuple[str, ...]:
    """Return the translation: one text, or one for each form that goes with a number."""
    given = message.string
    return (given,) if isinstance(given, str) else tuple(given or ("",))


def main(codes: Sequence[str]) -> None:
    """Bring catalogues up to date, all if none is named, and say what is left to translate."""
    said = extracted()
    CATALOGUES.mkdir(exist_ok=True)
    for code in codes or PLURALS:
        new = renewed(code, said)
        (CATALOGUES / f"{code}.po").write_bytes(written(code, new))
        print(f"{code}: {len(untranslated(new))} of {len(said)} sentences to translate")


if __name__ == "__main__":
    main(sys.argv[1:])
