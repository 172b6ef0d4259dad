"""`GET /embed.js`: the element `<orcid-connect>` for pages of hosts, wherever they are served.

The script is the same for everybody, so that a page can name its fingerprint (SRI): it holds its
sentences in all our languages, and picks the one that the page speaks.
"""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha384
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from orcid_connect.languages import NAMES, language, marked
from orcid_connect.web.folders import locate

EMBED_SECONDS: Final = 3600
_SENTENCES: Final = (
    marked("Connect your ORCID iD"),
    marked("Go on in the window that opened."),
    marked("Connected by signing in at ORCID."),
    marked("Not connected. You can still do so at any time."),
    marked("That did not work. Nothing was changed; please try again."),
    marked("It is not a real ORCID record."),
    marked("ORCID iD"),
    marked("You sign in at ORCID and decide there."),
)
"""In the order in which the script names them."""


@cache
def embed_script() -> str:
    """Return the script as it is sent: without comments and indentation."""
    words = {code: [language(code).gettext(one) for one in _SENTENCES] for code in NAMES}
    source = (locate("templates") / "embed.js").read_text("utf-8")
    lines = (line.strip() for line in source.splitlines())
    script = "\n".join(line for line in lines if line and not line.startswith("//"))
    compact = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return script.replace("__WORDS__", compact) + "\n"


@cache
def embed_integrity() -> str:
    """Return the script's fingerprint for the attribute `integrity` (Subresource Integrity)."""
    return f"sha384-{b64encode(sha384(embed_script().encode()).digest()).decode()}"


async def embed(request: Request) -> Response:
    """Give the script to the pages of any site; others may keep it."""
    tag = f'"{embed_integrity()}"'
    headers = {
        "Cache-Control": f"public, max-age={EMBED_SECONDS}",
        "ETag": tag,
        # Both are asked for where a page names the fingerprint, with crossorigin="anonymous".
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(embed_script(), headers=headers, media_type="text/javascript; charset=utf-8")
