"""The person of a record (REGISTRY.md 3.7, 4): what can be written, and what can only be read."""

from typing import Annotated

from pydantic import Field

from orcid_connect.records.base import (
    Answer,
    Item,
    Many,
    Moment,
    Relationship,
    Wrapped,
    Wrapping,
    at,
)


class PersonItem(Item):
    """Base of the person's items (REGISTRY.md 4.5)."""

    display_index: int | None = None


class ExternalIdentifier(PersonItem):
    """An identifier of the person in another system; any type, always `self`, with a URL."""

    type: Annotated[str, at("external-id-type")]
    value: Annotated[str, at("external-id-value")]
    url: Annotated[Wrapping, at("external-id-url")] = None
    relationship: Annotated[Relationship | None, at("external-id-relationship")] = "self"


class Keyword(PersonItem):
    """A keyword (REGISTRY.md 4.5), at most 255 characters."""

    content: str


class OtherName(PersonItem):
    """A name the person is known by as well (REGISTRY.md 4.5), at most 255 characters."""

    content: str


class ResearcherUrl(PersonItem):
    """A link to a page about the person (REGISTRY.md 4.5)."""

    url: Wrapped
    name: Annotated[str | None, at("url-name")] = None


class Address(PersonItem):
    """A country the person works in (REGISTRY.md 4.5), ISO 3166-1 alpha-2 or XK."""

    country: Wrapped


class PersonList(Answer):
    """Base of the lists of person items (REGISTRY.md 3.7)."""

    last_modified: Annotated[Moment, at("last-modified-date")] = None
    path: str | None = None


class ExternalIdentifiers(PersonList):
    """All identifiers of the person (REGISTRY.md 3.7)."""

    items: Annotated[Many[ExternalIdentifier], at("external-identifier")] = ()


class Keywords(PersonList):
    """All keywords (REGISTRY.md 3.7)."""

    items: Annotated[Many[Keyword], at("keyword")] = ()


class OtherNames(PersonList):
    """All other names (REGISTRY.md 3.7)."""

    items: Annotated[Many[OtherName], at("other-name")] = ()


class ResearcherUrls(PersonList):
    """All links (REGISTRY.md 3.7)."""

    items: Annotated[Many[ResearcherUrl], at("researcher-url")] = ()


class Addresses(PersonList):
    """All countries (REGISTRY.md 3.7)."""

    items: Annotated[Many[Address], at("address")] = ()


class Email(Item):
    """An e-mail address of the person (REGISTRY.md 3.7); it is only read, and never printed."""

    email: str | None = Field(default=None, repr=False)
    verified: bool | None = None
    primary: bool | None = None


class Emails(PersonList):
    """The e-mail addresses we may see (REGISTRY.md 3.7)."""

    items: Annotated[Many[Email], at("email")] = ()


class Name(Item):
    """The person's name (REGISTRY.md 3.7); `credit_name` is the published one. Only read."""

    given_names: Wrapping = None
    family_name: Wrapping = None
    credit_name: Wrapping = None


class Biography(Item):
    """The person's biography (REGISTRY.md 3.7). Only read."""

    content: str | None = None


class PersonalDetails(Answer):
    """Name, other names and biography (REGISTRY.md 3.7)."""

    last_modified: Annotated[Moment, at("last-modified-date")] = None
    name: Name | None = None
    other_names: OtherNames | None = None
    biography: Biography | None = None
    path: str | None = None


class Person(PersonalDetails):
    """Everything about the person (REGISTRY.md 3.5, 3.7)."""

    researcher_urls: ResearcherUrls | None = None
    emails: Emails | None = None
    addresses: Addresses | None = None
    keywords: Keywords | None = None
    external_identifiers: ExternalIdentifiers | None = None
