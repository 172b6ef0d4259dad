"""A journal in Flask whose people connect their ORCID iD. Run it: python flask_journal.py"""

from flask import Flask, redirect, request, session
from flask.typing import ResponseReturnValue

from orcid_connect import Credential, OrcidConnect, Settings
from orcid_connect.display import as_html

TENANT = "our-journal"

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
    )
)
HEAD = f'<link rel="stylesheet" href="/orcid/static/orcid-connect.css">{orcid.script}'
app = Flask(__name__)
app.secret_key = "the journal's own"
app.wsgi_app = orcid.wsgi.beside(app.wsgi_app)  # type: ignore[assignment]


@app.get("/login/<user>")
def login(user: str) -> ResponseReturnValue:
    """Stand for the journal's own sign-in."""
    session["user"] = user
    return redirect("/")


@app.get("/connect-orcid")
def connect_orcid() -> ResponseReturnValue:
    """Hand over who is signed in, when the button is pressed."""
    if "user" not in session:
        return redirect("/")
    display = request.args.get("display")  # the button asks for a popup
    return redirect(orcid.connect_url(session["user"], TENANT, return_to="/", display=display))


@app.get("/")
def home() -> str:
    """Show the button, or the connected iD."""
    if "user" not in session:
        return '<a href="/login/ada">Sign in as Ada</a>'
    identity = orcid.sync.identity(session["user"], TENANT)
    button = orcid.element(session["user"], TENANT, href="/connect-orcid")
    return f"{HEAD}<h1>Our Journal</h1>{as_html(identity) if identity else button}"


if __name__ == "__main__":
    app.run(port=8000)
