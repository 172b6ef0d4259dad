"""What the simulated registry knows: people, clients, tokens, codes, items, groups and more.

Plain mutable values; they turn into a JSON row and back by their field names. Times are epoch
milliseconds on records (as the registry shows them) and epoch seconds on everything that expires.
"""

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

PERSISTENT_SECONDS = 631138519  # about twenty years, REGISTRY 2.3
MEMBER_KINDS = frozenset({"member", "premium", "creator"})

Entity = TypeVar("Entity")


@dataclass(slots=True)
class Person:
    """A record's owner, with the state of the record."""

    orcid: str
    given: str
    family: str | None
    password: str = field(repr=False)
    created: int
    modified: int
    credit_name: str | None = None
    name_visibility: str = "public"
    emails: list[dict[str, Any]] = field(default_factory=list, repr=False)
    biography: str | None = None
    biography_visibility: str = "public"
    default_visibility: str | None = "public"
    claimed: bool = True
    creator: str | None = None
    creation_method: str = "DIRECT"
    locked: bool = False
    deactivated: int | None = None
    primary: str | None = None
    locale: str = "en"
    two_factor: bool = False
    last_sign_in: float = 0.0

    @property
    def email(self) -> str | None:
        """The primary e-mail address."""
        return next((mail["email"] for mail in self.emails if mail["primary"]), None)

    @property
    def real_name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}" if self.family else self.given

    @property
    def public_name(self) -> str | None:
        """The display name, if the owner lets everyone see it."""
        if self.name_visibility != "public":
            return None
        return self.credit_name or self.real_name

    @property
    def state(self) -> str:
        """The state that the registry checks first (REGISTRY 7.3)."""
        if self.primary:
            return "deprecated"
        if not self.claimed:
            return "unclaimed"
        if self.locked:
            return "locked"
        return "deactivated" if self.deactivated else "active"


@dataclass(slots=True)
class Client:
    """An API client: `public`, `member`, `premium` or `creator`."""

    client_id: str
    client_secret: str = field(repr=False)
    kind: str
    name: str
    redirect_uris: list[str] = field(default_factory=list)
    description: str | None = None
    website: str | None = None
    state: str = "active"  # active, locked, deactivated
    persistent_tokens: bool = True
    delegates_to: list[str] = field(default_factory=list)  # on-behalf-of white-list; empty: any
    user_obo: bool = False
    token_exchange: bool = True
    extra_scopes: list[str] = field(default_factory=list)  # granted by hand, REGISTRY 2.7
    webhooks_enabled: bool = True

    @property
    def is_member(self) -> bool:
        """Whether its tokens carry ROLE_CLIENT."""
        return self.kind in MEMBER_KINDS


@dataclass(slots=True)
class Token:
    """An access token with its refresh token."""

    value: str = field(repr=False)
    refresh: str | None = field(repr=False)
    client_id: str
    orcid: str | None
    scopes: list[str]
    issued: float
    expires: float
    disabled: str | None = None  # the reason, REGISTRY 2.4
    code: str | None = field(default=None, repr=False)
    obo_client: str | None = None
    hidden: bool = False  # the server-side twin of an implicit token


@dataclass(slots=True)
class Code:
    """An authorization code."""

    value: str = field(repr=False)
    client_id: str
    orcid: str
    scopes: list[str]
    redirect_uri: str
    nonce: str | None
    expires: float
    uses: int = 0


@dataclass(slots=True)
class Item:
    """One activity or person item; `content` is the JSON that a read of it gives."""

    put_code: int
    orcid: str
    kind: str
    visibility: str
    created: int
    modified: int
    client_id: str | None = None
    source_orcid: str | None = None
    assertion_client: str | None = None
    assertion_orcid: str | None = None
    display_index: int = 1
    content: bytes = field(default=b"", repr=False)
    digest: Any = field(default=None, repr=False)  # what lists need, made when first listed


@dataclass(slots=True)
class Group:
    """A peer-review group; `client_id` None: made by the registry itself from an ISSN."""

    put_code: int
    group_id: str
    name: str
    description: str | None
    type: str
    client_id: str | None
    created: int
    modified: int


@dataclass(slots=True)
class Webhook:
    """A registered callback of one record."""

    orcid: str
    url: str
    client_id: str
    created: int
    last_sent: int | None = None
    last_failed: int | None = None
    failures: int = 0


@dataclass(slots=True)
class Notification:
    """A message of a client in a person's inbox, asking for a permission."""

    put_code: int
    orcid: str
    client_id: str
    message: dict[str, Any] = field(repr=False)
    created: int
    read: int | None = None
    archived: int | None = None


@dataclass(slots=True)
class Session:
    """A browser that signed in."""

    value: str = field(repr=False)
    orcid: str
    since: float


@dataclass(slots=True)
class Organization:
    """One row of the organisation table (REGISTRY 4.1)."""

    identifier: str
    source: str
    name: str = ""


@dataclass(slots=True)
class Issn:
    """A journal the ISSN portal knows."""

    issn: str
    title: str


@dataclass(slots=True)
class Note:
    """A named value of the world itself: counters, keys, the clock."""

    name: str
    value: Any


# Not part of the row: the content travels beside it, the digest can be made again.
_LEFT_OUT = frozenset({"content", "digest"})


def to_row(entity: Any) -> dict[str, Any]:
    """Turn an entity into its JSON row."""
    return {name: getattr(entity, name) for name in _ROW_FIELDS[type(entity)]}


def from_row(kind: type[Entity], row: dict[str, Any]) -> Entity:
    """Make an entity of its row."""
    return kind(**row)


def has_content(kind: type) -> bool:
    """Tell whether entities of this kind carry bytes beside their row."""
    return any(each.name == "content" and each.default is not MISSING for each in fields(kind))


_ROW_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(each.name for each in fields(kind) if each.name not in _LEFT_OUT)
    for kind in (
        Person,
        Client,
        Token,
        Code,
        Item,
        Group,
        Webhook,
        Notification,
        Session,
        Organization,
        Issn,
        Note,
    )
}
