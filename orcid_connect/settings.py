"""All settings, with their defaults, meaning and contradictions.

A value comes from the constructor or from `ORCID_CONNECT_<NAME>`; secrets print as asterisks.
"""

import json
from base64 import b64decode
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from orcid_connect.declarations import Key
from orcid_connect.errors import SettingsError
from orcid_connect.languages import ENGLISH, NAMES
from orcid_connect.places import Place, place_of
from orcid_connect.purposes import PUBLIC_SCOPES, SCOPES, Purpose
from orcid_connect.tenants import Tenant, TenantTree

Environment = Literal["production", "sandbox", "simulator", "custom"]
CredentialKind = Literal["public", "member", "premium"]

SITES: dict[str, str] = {
    "production": "https://orcid.org",
    "sandbox": "https://sandbox.orcid.org",
    "simulator": "http://127.0.0.1:8700",
}
SECRET_KEY_LENGTH = 32
"""Characters a secret key must have at least."""
WHSEC = "whsec_"
HOST_KEY_BYTES = 24
"""Bytes a host's key must have at least, as the Standard Webhooks specification asks."""


def _without_slash(value: object) -> object:
    return value.rstrip("/") if isinstance(value, str) else value


Address = Annotated[str, BeforeValidator(_without_slash)]


def api_address(environment: str, site: str, name: Literal["api", "pub"]) -> str:
    """Return the base of the Member or Public API, without version (REGISTRY.md 1)."""
    if environment == "simulator":
        return f"{site}/{name}"
    return site.replace("://", f"://{name}.", 1)


class Credential(BaseModel):
    """An ORCID client: its id and secret, its kind, and the environment it belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(default="default", description="our own short name of it")
    client_id: str
    client_secret: SecretStr
    kind: CredentialKind = "member"
    environment: Environment = "production"
    tenants: tuple[str, ...] = Field(default=(), description="whose it is; empty means everybody's")
    only_scopes: tuple[str, ...] = Field(
        default=(), description="the only scopes it may ask for; empty means all its kind may"
    )
    requests_per_second: float | None = Field(
        default=None, ge=0, description="its rate; 24 or 12 by kind if left out, 0 for no limit"
    )
    site_url: Address = Field(
        default="", description="for a custom environment or a simulator at another address"
    )
    api_url: Address = Field(default="", description="Member API base, without /v3.0")
    pub_url: Address = Field(default="", description="Public API base, without /v3.0")

    @property
    def site(self) -> str:
        """The address of the registry's site; also the issuer of its id_tokens."""
        return self.site_url or SITES[self.environment]

    @property
    def api(self) -> str:
        """The base of the Member API, without version."""
        return self.api_url or api_address(self.environment, self.site, "api")

    @property
    def pub(self) -> str:
        """The base of the Public API, without version."""
        return self.pub_url or api_address(self.environment, self.site, "pub")

    @property
    def orcid_host(self) -> str:
        """The host that iDs inside documents carry; a simulator's are of production."""
        site = SITES["production"] if self.environment == "simulator" else self.site
        return urlsplit(site).netloc

    @property
    def may_write(self) -> bool:
        """Tell whether this kind of credential may write on records at all."""
        return self.kind != "public"

    def scopes(self, purpose: Purpose) -> tuple[str, ...]:
        """Return what we ask a person for, as far as kind and `only_scopes` allow it."""
        wanted = SCOPES[purpose] if self.may_write else PUBLIC_SCOPES
        return tuple(one for one in wanted if not self.only_scopes or one in self.only_scopes)

    @model_validator(mode="after")
    def _addresses_fit_the_environment(self) -> Self:
        given = self.site_url or self.api_url or self.pub_url
        if given and self.environment in ("production", "sandbox"):
            raise ValueError(
                f"credential {self.name!r}: site_url, api_url and pub_url go with "
                f"environment='simulator' or 'custom'; {self.environment} has fixed addresses"
            )
        if self.environment == "custom" and not self.site_url:
            raise ValueError(
                f"credential {self.name!r}: environment='custom' needs site_url, and api_url and "
                "pub_url where they are not at api. and pub. of it"
            )
        return self


class HostKey(BaseModel):
    """What a host signs its requests to us with, and for which tenants it may speak."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, description="our own short name of it")
    secret: SecretStr = Field(description="whsec_ and 24 bytes or more in base64")
    tenants: tuple[Key, ...] = Field(
        default=(), description="with those below them in the tree; empty means all"
    )

    @field_validator("secret")
    @classmethod
    def _is_one(cls, secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        try:
            key = b64decode(text.removeprefix(WHSEC), validate=True)
        except ValueError:
            key = b""
        if not text.startswith(WHSEC) or len(key) < HOST_KEY_BYTES:
            raise ValueError(
                f"is not whsec_ and {HOST_KEY_BYTES} bytes or more in base64: make one with "
                'echo "whsec_$(openssl rand -base64 32)"'
            )
        return secret


def _listed(value: object) -> object:
    """Read a list from a variable: JSON, or one bare value."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text.startswith(("[", "{")):
        return [text] if text else []
    try:
        read = json.loads(text)
    except ValueError:
        raise ValueError("is not a JSON list: write it as [...] with double quotes") from None
    return read if isinstance(read, list) else [read]


class Settings(BaseSettings):
    """Everything a host decides. Contradictions raise `SettingsError` with both names."""

    model_config = SettingsConfigDict(
        env_prefix="ORCID_CONNECT_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    public_url: Address = Field(
        description="where browsers reach the mounted app, e.g. https://journal.example/orcid; "
        "the redirect URI is this + /callback and nothing else"
    )
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_listed)] = Field(
        description="signing and sealing keys, newest first; each 32 characters or more"
    )
    credentials: Annotated[tuple[Credential, ...], NoDecode, BeforeValidator(_listed)] = Field(
        description="one ORCID client or several"
    )
    database: SecretStr = Field(
        default=SecretStr("orcid_connect.sqlite"),
        description="a file, sqlite:///file, or postgresql://user:password@host/name, there with "
        "?schema=name for a schema of its own",
    )
    tenants: Annotated[tuple[Tenant, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(),
        description="vendor, publishers and journals with their policies, as a tree; what one does "
        "not set comes from its parent",
    )
    migrate: Literal["auto", "check"] = Field(
        default="auto", description="apply migrations at start, or only refuse to run without"
    )
    site_name: str = Field(default="This journal", description="the host's name on our pages")
    home_url: str = Field(default="/", description="where a page leads back to by default")
    support_url: str = Field(
        default="", description="where people get help, shown on every page; home_url if left out"
    )
    language: Literal["en", "es", "fr", "de", "pt", "ar"] = Field(
        default=ENGLISH, description="what our pages speak where neither host nor visitor chose"
    )
    languages: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=tuple(NAMES), description="the languages a visitor may choose among"
    )
    purpose: Purpose = Field(
        default="write-activities",
        description="what people are asked to allow where a page does not say: identify, read, "
        "write-activities or write-person",
    )
    ask_again_days: int = Field(
        default=90, ge=0, description="days for which a person who said no is not asked again"
    )
    return_origins: Annotated[tuple[Address, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(), description="origins besides public_url's to which a person may return"
    )
    host_keys: Annotated[tuple[HostKey, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(),
        description="keys of hosts in other processes, which sign their requests with them: "
        "{name, secret, tenants}",
    )
    session_lifetime: int = Field(
        default=1800,
        gt=0,
        description="seconds for which a browser that came with a ticket stays known to us",
    )
    engine: Literal["embedded", "off"] = Field(
        default="embedded", description="deliver in this process, or only record"
    )
    request_timeout: float = Field(default=30.0, gt=0, description="seconds for one ORCID call")
    hook_timeout: float = Field(default=5.0, gt=0, description="seconds one plugin call may take")
    state_lifetime: int = Field(default=3600, gt=0, description="seconds a person has at ORCID")
    visits_at_once: int = Field(
        default=16, gt=0, le=100, description="records worked on at the same time"
    )
    backoff_base: float = Field(default=5.0, gt=0, description="seconds before the first retry")
    backoff_limit: float = Field(default=3600.0, gt=0, description="seconds between retries, most")
    metrics_token: SecretStr | None = Field(
        default=None,
        description="who sends it as a bearer token may read /metrics; without it, only those for "
        "whom orcid_may_administer answers True",
    )
    load_plugins: bool = Field(
        default=True, description="load installed plugins of entry-point group orcid_connect"
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_sentences(error)) from None

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        self._check_public_url()
        if not self.secret_keys:
            raise ValueError("secret_keys is empty: give one key of 32 characters or more")
        if any(len(key.get_secret_value()) < SECRET_KEY_LENGTH for key in self.secret_keys):
            raise ValueError("secret_keys: each key needs 32 characters or more")
        token = self.metrics_token
        if token is not None and not token.get_secret_value().strip():
            raise ValueError("metrics_token is empty: everybody has it; leave it out or give one")
        unspoken = set(self.languages) - set(NAMES)
        if unspoken or self.language not in self.languages:
            raise ValueError(
                f"languages may be some of {', '.join(NAMES)}, and language must be among them"
            )
        names = [credential.name for credential in self.credentials]
        if not names:
            raise ValueError("credentials is empty: give at least one ORCID client")
        if len(set(names)) < len(names):
            raise ValueError("credentials: two have the same name; names must differ")
        if len({one.name for one in self.host_keys}) < len(self.host_keys):
            raise ValueError("host_keys: two have the same name; names must differ")
        clients = {(credential.client_id, credential.site) for credential in self.credentials}
        if len(clients) < len(self.credentials):
            raise ValueError(
                "credentials: one ORCID client is given twice; give it once, with all its tenants"
            )
        _ = self.database_place
        unknown = {one.credential for one in self.tenants if one.credential} - set(names)
        if unknown:
            raise ValueError(
                f"tenants name the credential {', '.join(sorted(unknown))}, which is not among "
                f"credentials: {', '.join(names)}"
            )
        _ = self.tree
        return self

    def _check_public_url(self) -> None:
        parts = urlsplit(self.public_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("public_url must be a full address such as https://host/orcid")
        if parts.query or parts.fragment or parts.username:
            raise ValueError("public_url must be an address without ?, # and @")
        production = any(item.environment == "production" for item in self.credentials)
        if production and parts.scheme != "https":
            raise ValueError(
                "public_url is plain http but a credential is for production: "
                "ORCID accepts only https redirect URIs there"
            )

    @property
    def redirect_uri(self) -> str:
        """The one redirect URI to register at ORCID."""
        return f"{self.public_url}/callback"

    @property
    def origin(self) -> str:
        """Scheme and host of `public_url`."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def database_place(self) -> Place:
        """Where the database is; prints without its password."""
        return place_of(self.database.get_secret_value())

    @cached_property
    def tree(self) -> TenantTree:
        """The tenants as a tree, with what each inherits."""
        return TenantTree(self.tenants)

    def credential_for(self, tenant: str) -> Credential:
        """Return the tenant's own credential, else its parent's, else everybody's.

        Raises `SettingsError` if there is none.
        """
        found = self._credential_within(tenant) or next(
            (one for one in self.credentials if not one.tenants), None
        )
        if found is None:
            raise SettingsError(
                f"no credential serves tenant {tenant!r}: add one with tenants=('{tenant}',) "
                "or one without tenants for everybody"
            )
        return found

    def _credential_within(self, tenant: str) -> Credential | None:
        """Return the credential that the tenant or its nearest ancestor has of its own."""
        own: dict[str, str | None] = {one.key: one.credential for one in self.tree.chain(tenant)}
        for key, name in (own or {tenant: None}).items():
            for credential in self.credentials:
                if credential.name == name or key in credential.tenants:
                    return credential
        return None

    def credential_named(self, name: str, environment: str) -> Credential | None:
        """Return the credential of that name in that environment, if it is still configured."""
        for credential in self.credentials:
            if credential.name == name and credential.environment == environment:
                return credential
        return None


def _sentences(error: ValidationError) -> str:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in item["loc"])
        text = str(item["msg"]).removeprefix("Value error, ")
        if item["type"] == "missing":
            hint = "" if "." in place else f"; set it or ORCID_CONNECT_{place.upper()}"
            text = f"is missing{hint}"
        elif item["type"] == "extra_forbidden":
            text = "is not known here: correct its name, or put it where the README has it"
        lines.append(f"{place}: {text}" if place else text)
    return "; ".join(lines)
