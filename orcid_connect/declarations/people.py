"""People as hosts know them: on a byline, in a role, or signed in; and where they belong."""

from pydantic import Field

from orcid_connect.declarations.base import Declared, Key


class Affiliation(Declared):
    """An organisation somebody belongs to, as printed."""

    name: str
    department: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2 code")
    ror: str | None = Field(default=None, description="full ROR URI")
    identifier: str | None = Field(
        default=None,
        description="its identifier in another list, spelt as there; only where there is no ROR",
    )
    identifier_source: str | None = Field(
        default=None, description="that list: GRID, RINGGOLD, FUNDREF or LEI"
    )


class Contributor(Declared):
    """One name of the byline, in its place.

    `person_key` is the host's own key of the person and decides whose record is meant. `orcid` is
    what the host holds; it counts only with `orcid_authenticated`, never as a typed iD.
    """

    person_key: Key | None = None
    given_names: str | None = None
    family_name: str | None = None
    suffix: str | None = Field(default=None, description="Jr, III … after the family name")
    display_name: str | None = Field(
        default=None, description="the printed name, if not given + family"
    )
    orcid: str | None = None
    orcid_authenticated: bool = False
    role: str = Field(default="author", description="author, editor, translator … as printed")
    credit_roles: tuple[str, ...] = Field(default=(), description="CRediT role URIs or names")
    affiliations: tuple[Affiliation, ...] = ()
    corresponding: bool = False
    is_group: bool = False

    @property
    def name(self) -> str:
        """The name as printed."""
        if self.display_name:
            return self.display_name
        parts = (self.given_names, self.family_name, self.suffix)
        return " ".join(part for part in parts if part)


class Person(Declared):
    """Somebody signed in at the host: the tenant they act in and the host's key of them."""

    tenant: Key = "default"
    key: Key
    name: str | None = None
