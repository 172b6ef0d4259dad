"""A journal in Django whose people connect their ORCID iD. Run it: python django_journal.py"""

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from orcid_connect import Credential, OrcidConnect, Settings
from orcid_connect.display import as_html

TENANT = "our-journal"
settings.configure(  # settings.py
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="the journal's own",
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    WSGI_APPLICATION=f"{__name__}.application",
)
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


def login(request: HttpRequest, user: str) -> HttpResponse:  # stands for your own sign-in
    request.session["user"] = user
    return HttpResponseRedirect("/")


def connect_orcid(request: HttpRequest) -> HttpResponse:
    """Hand over who is signed in, when the button is pressed; with accounts: request.user.pk."""
    user, display = request.session.get("user"), request.GET.get("display")  # perhaps a popup
    url = orcid.connect_url(user, TENANT, return_to="/", display=display) if user else "/"
    return HttpResponseRedirect(url)


def home(request: HttpRequest) -> HttpResponse:
    """Show the button, or the connected iD."""
    user = request.session.get("user")
    if not user:
        return HttpResponse('<a href="/login/ada">Sign in as Ada</a>')
    identity = orcid.sync.identity(user, TENANT)
    button = orcid.element(user, TENANT, href="/connect-orcid")
    return HttpResponse(f"{HEAD}<h1>Our Journal</h1>{as_html(identity) if identity else button}")


urlpatterns = [path("", home), path("login/<user>", login), path("connect-orcid", connect_orcid)]
application = orcid.wsgi.beside(get_wsgi_application())  # wsgi.py

if __name__ == "__main__":
    execute_from_command_line([__file__, "runserver", "--noreload", "8000"])
