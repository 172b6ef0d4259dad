"""Words that differ between publishing and ORCID: languages, countries and roles."""

from typing import Final

from orcid_connect.codec.vocabulary import COUNTRIES, LANGUAGES

_RENAMED: Final = {"he": "iw", "id": "in", "yi": "ji", "jw": "jv", "fil": "tl"}
_THREE_LETTERS: Final = {
    "ara": "ar", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de",
    "dut": "nl", "ell": "el", "eng": "en", "est": "et", "eus": "eu", "fas": "fa", "fin": "fi",
    "fra": "fr", "fre": "fr", "ger": "de", "glg": "gl", "gre": "el", "heb": "iw", "hin": "hi",
    "hrv": "hr", "hun": "hu", "ind": "in", "isl": "is", "ita": "it", "jpn": "ja", "kaz": "kk",
    "kor": "ko", "lat": "la", "lav": "lv", "lit": "lt", "msa": "ms", "nld": "nl", "nno": "nn",
    "nob": "nb", "nor": "no", "per": "fa", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro",
    "rus": "ru", "slk": "sk", "slv": "sl", "spa": "es", "srp": "sr", "swe": "sv", "tha": "th",
    "tur": "tr", "ukr": "uk", "vie": "vi",
}  # fmt: skip
_CHINESE: Final = {
    "cn": "zh_CN", "sg": "zh_CN", "hans": "zh_CN",
    "tw": "zh_TW", "hk": "zh_TW", "mo": "zh_TW", "hant": "zh_TW",
}  # fmt: skip
_CHINESE_NAMES: Final = frozenset({"zh", "zho", "chi"})


def orcid_language(printed: str) -> str | None:
    """Return ORCID's code for a language tag, or None where its list has none (REGISTRY.md 4.2).

    Plain `zh` has none: ORCID asks whether simplified or traditional.
    """
    main, *parts = printed.strip().lower().replace("_", "-").split("-")
    if main in _CHINESE_NAMES:
        return next((_CHINESE[part] for part in parts if part in _CHINESE), None)
    code = _THREE_LETTERS.get(main) or _RENAMED.get(main) or main
    return code if code in LANGUAGES else None


def orcid_country(printed: str) -> str | None:
    """Return the two-letter code ORCID takes, or None for anything else."""
    code = printed.strip().upper()
    return code if code in COUNTRIES else None


_ROLES: Final = {
    "author": "author",
    "person": "author",
    "editor": "editor",
    "assignee": "assignee",
    "inventor": "co-inventor",
    "translator": "chair-or-translator",
    "chair": "chair-or-translator",
    "chair-or-translator": "chair-or-translator",
    "co-investigator": "co-investigator",
    "co-inventor": "co-inventor",
    "graduate-student": "graduate-student",
    "other-inventor": "other-inventor",
    "principal-investigator": "principal-investigator",
    "postdoctoral-researcher": "postdoctoral-researcher",
    "support-staff": "support-staff",
}
EDITED_TYPES: Final = frozenset(
    {"book", "edited-book", "conference-proceedings", "journal-issue", "dictionary-entry"}
)
"""Work types whose editors are contributors of the work; an article's editor is not."""


def orcid_role(printed: str) -> str | None:
    """Return ORCID's role for a printed one, None if it has none (REGISTRY.md 4.8)."""
    word = plain(printed)
    return "editor" if is_editor(word) else _ROLES.get(word)


def is_editor(printed: str) -> bool:
    """Tell whether a role is some kind of editor: `senior_editor`, `Academic Editor` …"""
    return plain(printed).removesuffix("s").endswith("editor")


def is_reviewer(printed: str) -> bool:
    """Tell whether a role is some kind of reviewer of the work."""
    return plain(printed).removesuffix("s").endswith(("reviewer", "referee"))


def plain(word: str) -> str:
    """Return a role or relation word in lower case with hyphens."""
    return "-".join(word.lower().replace("_", " ").replace("-", " ").split())
