"""The README's blocks and tables; `python -m tests.support.readme` writes the tables anew."""

import inspect
import re
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from orcid_connect import hookspecs
from orcid_connect.policy import DEFAULTS, ReviewPolicy, RolePolicy, WorkPolicy
from orcid_connect.settings import Settings

README = Path(__file__).resolve().parents[2] / "README.md"
EXAMPLES = README.parent / "examples"


def python_blocks(text: str) -> list[tuple[int, str]]:
    """Return each Python block with the number of its last line."""
    found = re.finditer(r"```python\n(.*?)```", text, re.DOTALL)
    return [(text[: match.end()].count("\n") + 1, match[1]) for match in found]


def settings_table() -> str:
    """Return the table of settings: name, default, meaning."""
    lines = ["| setting | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "needed" if field.default is PydanticUndefined else f"`{_shown(field.default)!r}`"
        lines.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(lines)


def _shown(default: object) -> object:
    return default.get_secret_value() if isinstance(default, SecretStr) else default


def hooks_list() -> str:
    """Return the list of hooks: exact signature and clause."""
    lines = []
    for name, hook in vars(hookspecs).items():
        if name.startswith("orcid_") and inspect.isfunction(hook):
            signature = re.sub(r"[\w.]+\.(\w+)", r"\1", str(inspect.signature(hook)))
            lines.append(f"- `{name}{signature}`: {inspect.getdoc(hook)}")
    return "\n".join(lines)


def policies_table() -> str:
    """Return the table of what a tenant may decide about works and roles."""
    lines = ["| policy | default | meaning |", "| --- | --- | --- |"]
    for group, policy in (("works", WorkPolicy), ("roles", RolePolicy)):
        for name, field in policy.model_fields.items():
            default = str(field.default).lower()
            lines.append(f"| `{group}.{name}` | `{default}` | {field.description} |")
    return "\n".join(lines)


def reviews_table() -> str:
    """Return the table of what of a review leaves, by review model."""
    lines = [
        f"| `reviews.<model>.…` | {' | '.join(DEFAULTS)} | meaning |",
        f"| --- |{' --- |' * len(DEFAULTS)} --- |",
    ]
    for name, field in ReviewPolicy.model_fields.items():
        values = (str(getattr(policy, name)).lower() for policy in DEFAULTS.values())
        shown = " | ".join("" if value == "none" else value for value in values)
        lines.append(f"| `{name}` | {shown} | {field.description} |")
    return "\n".join(lines)


def example(name: str) -> str:
    """Return an example as it stands in its file."""
    code = (EXAMPLES / f"{name}_journal.py").read_text(encoding="utf-8")
    return f"```python\n{code}```"


def rewritten(text: str) -> str:
    """Return the README with its generated parts made anew."""
    parts = {
        "settings": settings_table(),
        "policies": policies_table(),
        "reviews": reviews_table(),
        "hooks": hooks_list(),
        "fastapi": example("fastapi"),
        "flask": example("flask"),
        "django": example("django"),
    }
    for name, content in parts.items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{content}\n<!-- /{name} -->{after}"
    return text


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
