"""Content negotiation as the registry does it: XML unless JSON is asked for (REGISTRY 3.1)."""

from dataclasses import dataclass
from functools import lru_cache

JSON_TYPES = ("application/vnd.orcid+json", "application/orcid+json", "application/json")
XML_TYPES = ("application/vnd.orcid+xml", "application/orcid+xml", "application/xml")
# The server's own order of preference.
SERVED = (
    "application/vnd.orcid+xml",
    "application/orcid+xml",
    "application/xml",
    "application/vnd.orcid+json",
    "application/orcid+json",
    "application/json",
)
DEFAULT = "application/vnd.orcid+xml"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller gets: one of the served types, or None where nothing fits."""

    media: str | None

    @property
    def is_json(self) -> bool:
        """Whether the answer is JSON."""
        return self.media in JSON_TYPES

    @property
    def is_compact(self) -> bool:
        """Whether the JSON comes without indentation."""
        return self.media == "application/json"


@lru_cache(maxsize=1024)
def negotiate(accept: str | None, content_type: str | None) -> Wanted:
    """Choose the type of the answer."""
    if accept is None or not accept.strip() or accept.strip() == "*/*":
        # An Accept that says nothing takes over the request's own type, if that is a plain one.
        return Wanted(content_type if content_type in SERVED else DEFAULT)
    best: tuple[float, int] | None = None
    for place, served in enumerate(SERVED):
        quality = _quality(accept, served)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, place)
    return Wanted(SERVED[best[1]] if best else None)


def _quality(accept: str, served: str) -> float:
    """Give the quality of the most specific range that takes `served`; 0 when none does."""
    found: tuple[int, float] = (-1, 0.0)
    for part in accept.split(","):
        pieces = [piece.strip() for piece in part.split(";")]
        specificity = _specificity(pieces[0].lower(), served)
        if specificity > found[0]:
            found = (specificity, _read_quality(pieces[1:]))
    return found[1]


def _specificity(wanted: str, served: str) -> int:
    if wanted == served:
        return 2
    if wanted == "application/*":
        return 1
    return 0 if wanted == "*/*" else -1


def _read_quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def kind_of_body(content_type: str | None) -> str | None:
    """Tell whether a body is `json` or `xml`; None for anything the registry does not read."""
    if content_type is None:
        return None
    plain = content_type.split(";")[0].strip().lower()
    if plain in JSON_TYPES:
        return "json"
    return "xml" if plain in XML_TYPES else None
