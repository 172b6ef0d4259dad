"""A host in a process of its own: mounts orcid_connect and publishes when asked over HTTP."""

import json
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from orcid_connect import Article, OrcidConnect, Settings


def main() -> None:
    """Serve on a free port and print it."""
    orcid = OrcidConnect(Settings(**json.loads(sys.argv[1])))

    async def publish(request: Request) -> JSONResponse:
        receipt = await orcid.article_published(Article(**await request.json()))
        return JSONResponse({"event_id": receipt.event_id})

    async def delivers(_: Request) -> JSONResponse:
        await orcid.services()
        return JSONResponse({"delivers": orcid.delivers})

    app = Starlette(
        routes=[
            Route("/publish", publish, methods=["POST"]),
            Route("/delivers", delivers),
            Mount("/orcid", orcid),
        ]
    )
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), access_log=False, log_level="error")


if __name__ == "__main__":
    main()
