"""A journal in FastAPI whose people connect their ORCID iD. Run it: python fastapi_journal.py"""

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

from orcid_connect import Credential, OrcidConnect, Person, Settings, hookimpl


class OurJournal:
    """Tells orcid_connect what only the journal knows."""

    @hookimpl
    def orcid_current_person(self, request: Request) -> Person | None:
        """Return who is signed in."""
        user = request.session.get("user")
        return Person(tenant="our-journal", key=user) if user else None


orcid = OrcidConnect(
    Settings(
        public_url="http://127.0.0.1:8000/orcid",  # register .../orcid/callback at ORCID
        secret_keys=["32 random characters or more, kept secret"],
        credentials=[
            Credential(
                client_id="APP-DEMOJOURNAL00001",
                client_secret="demo-journal-secret-not-for-production",
                environment="simulator",
            )
        ],
    ),
    plugins=[OurJournal()],
)
app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="the journal's own")
app.mount("/orcid", orcid)


@app.get("/login/{user}")
async def login(request: Request, user: str) -> RedirectResponse:
    """Stand for the journal's own sign-in."""
    request.session["user"] = user
    return RedirectResponse("/")


@app.get("/")
async def home(request: Request) -> HTMLResponse:
    """Show the button, or the connected iD."""
    return HTMLResponse(f"<h1>Our Journal</h1>{await orcid.button(request, return_to='/')}")


if __name__ == "__main__":
    uvicorn.run(app, port=8000)
