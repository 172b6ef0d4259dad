"""Paths with another version, or none, are sent on rather than refused (REGISTRY 1, 3.1)."""

from orcid_connect.simulator.api.media import Wanted
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.wire import JSON_TYPE, Answer, Call, compact, redirect
from orcid_connect.simulator.world import World

VERSION = "v3.0"
OLDER = frozenset({"v2.0", "v2.1"})
RDF_TYPES = frozenset({"application/rdf+xml", "text/turtle", "text/n3", "application/n-triples"})


def redirect_version(
    world: World, call: Call, wanted: Wanted, segments: list[str], *, public: bool
) -> Answer | None:
    """Give the redirect for a path that does not begin with v3.0; None when it does."""
    version = segments[0] if segments else ""
    if version == VERSION:
        return None
    if version in OLDER:
        detail = f"this simulator serves {VERSION} only, the registry still serves {version} too"
        raise Problem(9001, status=404, detail=detail)
    base = world.public_base if public else world.api_base
    _, _, rest = call.raw_path.lstrip("/").partition("/")
    if not _is_version(version):
        if not RDF_TYPES.isdisjoint(_accepted(call)):
            location = f"{world.public_base}/experimental_rdf_v1/{rest}"
            return redirect(location, "RDF asked for: sent to its own version")
        return redirect(f"{base}/{VERSION}/{rest}", "no version in the path: sent to v3.0")
    _, _, after = rest.partition("/")
    location = f"{base}/{_final(version)}/{after}"
    problem = Problem(9056, status=308, parameters={"location": location})
    # The registry's JSON says 301 here while the status line says 308.
    body = compact(problem.body(None, response_code=301 if wanted.is_json else 308))
    headers = [("location", location)]
    return Answer(308, body, JSON_TYPE, headers, f"version {version}: sent to {location}")


def _accepted(call: Call) -> set[str]:
    parts = call.headers.get("accept", "").lower().split(",")
    return {part.split(";")[0].strip() for part in parts}


def _is_version(segment: str) -> bool:
    return segment[:1] == "v" and segment[1:2].isdigit()


def _final(version: str) -> str:
    for older in sorted(OLDER):
        if version.startswith(older):
            return older
    return VERSION
