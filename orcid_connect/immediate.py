"""The calls of `OrcidConnect` that need no event loop: addresses, and a host's own transactions."""

from collections.abc import Mapping

from markupsafe import Markup
from sqlalchemy import Connection

from orcid_connect.declarations import AnyDeclaration, Person
from orcid_connect.journeys.entering import Intake
from orcid_connect.journeys.expecting import expect, expect_connection
from orcid_connect.journeys.host_transactions import Parameters, ParamStyle, text_of
from orcid_connect.journeys.intake import Receipt, take_in_now
from orcid_connect.journeys.tickets import issue_ticket, issue_watch, person_named
from orcid_connect.languages import ENGLISH
from orcid_connect.observe import Clock
from orcid_connect.purposes import Purpose
from orcid_connect.settings import Settings
from orcid_connect.web.display import Shape, display_url
from orcid_connect.web.element import element, script_tag


class Immediate:
    """What answers at once, from the settings alone or on a connection of the host's own."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock

    def connect_url(
        self,
        person: Person | str,
        tenant: str | None = None,
        purpose: Purpose | None = None,
        return_to: str | None = None,
        *,
        name: str = "",
        language: str | None = None,
        display: str | None = None,
    ) -> str:
        """Return an address that connects this person, who is signed in at the host now.

        A ticket for ten minutes and one browser: make it when the button is pressed. `display` is
        what `<orcid-connect>` asked your address for: `popup` closes by itself at the end. Raises
        `LinkingError` for an address to return to that is not allowed, `InputError`, and
        `SettingsError` if no credential serves the tenant.
        """
        ticket = self._ticket(person_named(person, tenant, name), purpose, return_to, language)
        popup = "&display=popup" if display == "popup" else ""  # anything else is a whole page
        return f"{self.settings.public_url}/connect?ticket={ticket}{popup}"

    def my_url(
        self,
        person: Person | str,
        tenant: str | None = None,
        *,
        return_to: str | None = None,
        name: str = "",
        language: str | None = None,
    ) -> str:
        """Return an address that shows this person their own page, like `connect_url`."""
        ticket = self._ticket(person_named(person, tenant, name), None, return_to, language)
        return f"{self.settings.public_url}/my?ticket={ticket}"

    def watch(self, person: Person | str, tenant: str | None = None) -> str:
        """Return what lets `<orcid-connect>` read for an hour how this person is connected."""
        return issue_watch(self.settings, self.clock, person_named(person, tenant))

    def element(
        self,
        person: Person | str,
        tenant: str | None = None,
        *,
        href: str = "",
        return_to: str | None = None,
        purpose: Purpose | None = None,
        language: str = ENGLISH,
        attributes: Mapping[str, str] | None = None,
    ) -> Markup:
        """Return `<orcid-connect>` for this person, to be put into a page of whatever site.

        `href` is an address of yours that leads on to `connect_url` when it is pressed; without
        it a ticket goes into the page, which lives for ten minutes. `attributes` are more of the
        element's, such as its size. Raises as `connect_url`.
        """
        who = person_named(person, tenant)
        url = href or self.connect_url(who, purpose=purpose, return_to=return_to, language=language)
        given = {"href": url, "watch": self.watch(who), "lang": language, **(attributes or {})}
        return element(given, language)

    @property
    def script(self) -> Markup:
        """The tag that loads `<orcid-connect>`, with its fingerprint."""
        return script_tag(self.settings.public_url)

    def display_url(self, tenant: str, orcid: str, shape: Shape = "full", name: str = "") -> str:
        """Return the signed address of `GET /display`, which may show this iD as authenticated.

        Raises `InputError` for what is no iD.
        """
        return display_url(self.settings, tenant, orcid, shape, name)

    def declare_in(self, connection: Connection, declaration: AnyDeclaration) -> Receipt:
        """Declare in your own transaction on a synchronous SQLAlchemy connection.

        The receipt says nothing of the people. Raises `StoreError`.
        """
        expect(declaration, AnyDeclaration, "declare_in")
        expect_connection(connection, Connection)
        return take_in_now(self.settings, self.clock(), connection, declaration)

    def statement(
        self, declaration: AnyDeclaration, paramstyle: ParamStyle
    ) -> tuple[str, Parameters]:
        """Return the one INSERT that declares this, for your own transaction by any driver.

        `paramstyle` is your driver's, by PEP 249. Needs no connection; the engine finds it within
        a second of your commit.
        """
        expect(declaration, AnyDeclaration, "statement")
        intake = Intake(self.settings, self.clock())
        return text_of(self.settings.database_place, intake.insertion(declaration), paramstyle)

    def _ticket(
        self, person: Person, purpose: str | None, return_to: str | None, language: str | None
    ) -> str:
        return issue_ticket(self.settings, self.clock, person, purpose, return_to, language)
