"""The OAuth side of the registry: sending people there, codes into tokens, tokens forgotten.

Authlib's parameter functions build the protocol messages, our transport sends them. Client id and
secret go in the form and no Authorization header is ever sent: ORCID's proxies would drop the form
credentials for any such header (REGISTRY.md 2.3).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7009.parameters import prepare_revoke_token_request
from pydantic import SecretStr

from orcid_connect.errors import RegistryUnreadable
from orcid_connect.identifiers import parse_orcid
from orcid_connect.observe import Clock, wall_clock
from orcid_connect.registry.idtokens import (
    Expected,
    Identity,
    SigningKeys,
    key_id_of,
    read_id_token,
)
from orcid_connect.registry.kinds import check_member_api, check_scopes
from orcid_connect.registry.refusals import refusal_of
from orcid_connect.registry.transport import Answer, Transport
from orcid_connect.settings import Credential

_FORM = "application/x-www-form-urlencoded"
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - a name
_TOKENS = ("access_token", "refresh_token", "id_token")
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)
MAX_LIFETIME_SECONDS = 100 * 365 * 86_400
"""ORCID's tokens live about 20 years; more than a century is nonsense."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What the token endpoint gave; `orcid` is None for a client's own token."""

    access_token: SecretStr
    refresh_token: SecretStr | None
    id_token: SecretStr | None
    scopes: frozenset[str]
    expires_at: float | None
    name: str | None
    orcid: str | None


@dataclass(frozen=True, slots=True)
class Prefill:
    """What ORCID may put into its sign-in and registration form (REGISTRY.md 2.1)."""

    email: str | None = None
    given_names: str | None = None
    family_names: str | None = None
    language: str | None = None


class OAuth:
    """One credential's OAuth client. Hand in `keys` to share fetched signing keys."""

    def __init__(
        self,
        transport: Transport,
        credential: Credential,
        *,
        clock: Clock = wall_clock,
        keys: SigningKeys | None = None,
    ) -> None:
        self._transport = transport
        self._credential = credential
        self._clock = clock
        self._keys = SigningKeys() if keys is None else keys

    def authorize_url(
        self,
        *,
        state: str,
        nonce: str,
        scopes: Iterable[str],
        redirect_uri: str,
        prefill: Prefill | None = None,
    ) -> str:
        """Return the address at ORCID where a person signs in and decides.

        No PKCE challenge is sent: ORCID does not document PKCE and its token proxy drops the
        verifier, so a server that enforced a challenge would refuse every code (REGISTRY.md 2.1).
        The signed state, the nonce and the client secret protect the code instead.
        Raises `KindCannot` for a scope that this kind of credential cannot have.
        """
        scopes = tuple(scopes)
        check_scopes(self._credential, scopes, "person")
        known = prefill or Prefill()
        url: str = prepare_grant_uri(
            f"{self._credential.site}/oauth/authorize",
            self._credential.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=" ".join(scopes),
            state=state,
            nonce=nonce,
            email=known.email,
            given_names=known.given_names,
            family_names=known.family_names,
            lang=known.language,
        )
        return url

    async def exchange(self, code: SecretStr, redirect_uri: str) -> TokenAnswer:
        """Turn a code into tokens; raises `RegistryError`."""
        return await self._ask_for_token("authorization_code", code=code, redirect_uri=redirect_uri)

    async def client_token(self, scope: str) -> TokenAnswer:
        """Return a token of the client itself (REGISTRY.md 2.7); raises `RegistryError`."""
        check_scopes(self._credential, scope.split(), "client")
        return await self._ask_for_token("client_credentials", scope=scope)

    async def refresh(
        self,
        refresh_token: SecretStr,
        *,
        scopes: Iterable[str] = (),
        keep_old: bool = False,
        seconds: int | None = None,
    ) -> TokenAnswer:
        """Return new tokens for a refresh token, with fewer scopes or a shorter life if asked.

        ORCID withdraws the old access token unless `keep_old`; its proxies may drop that wish and
        the life time (REGISTRY.md 2.3). Raises `RegistryError`, `GrantRefused` for a dead token.
        """
        wishes = {"scope": " ".join(scopes), "expires_in": "" if seconds is None else str(seconds)}
        return await self._ask_for_token(
            "refresh_token",
            refresh_token=refresh_token,
            revoke_old="false" if keep_old else "true",
            **{name: value for name, value in wishes.items() if value},
        )

    async def delegable_id_token(self, access_token: SecretStr) -> SecretStr:
        """Return an id_token of an own access token, to hand to the client that shall write for us.

        Token delegation, first half (REGISTRY.md 2.6): the id_token comes back as access_token.
        Raises `RegistryError`.
        """
        answer = await self._exchange(access_token, _ACCESS_TOKEN, _ID_TOKEN)
        id_token = _secret(answer, "access_token")
        if id_token is None or answer.get("issued_token_type") != _ID_TOKEN:
            raise RegistryUnreadable("ORCID answered without a usable id_token", status=200)
        return id_token

    async def on_behalf_of(self, id_token: SecretStr, *, scopes: Iterable[str] = ()) -> TokenAnswer:
        """Return a token to write in the name of the client that was given this id_token.

        Token delegation, second half (REGISTRY.md 2.6): it lives an hour and cannot be refreshed;
        what it writes shows both clients. Raises `RegistryError`.
        """
        wanted = tuple(scopes)
        check_scopes(self._credential, wanted, "person")
        answer = await self._exchange(id_token, _ID_TOKEN, _ACCESS_TOKEN, wanted)
        return _token_answer(answer, self._clock())

    async def _exchange(
        self, subject: SecretStr, given: str, wanted: str, scopes: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        check_member_api(self._credential)
        parameters: dict[str, str | SecretStr] = {
            "subject_token": subject,
            "subject_token_type": given,
            "requested_token_type": wanted,
        }
        if scopes:
            parameters["scope"] = " ".join(scopes)
        return await self._ask(_EXCHANGE, parameters)

    async def verify(self, answer: TokenAnswer, nonce: str) -> Identity:
        """Return who signed in, proven by the id_token; raises `RegistryError`."""
        if answer.id_token is None or answer.orcid is None:
            raise RegistryUnreadable("ORCID's answer does not say who signed in", status=200)
        now = self._clock()
        address = f"{self._credential.site}/oauth/jwks"
        key = await self._keys.find(address, key_id_of(answer.id_token), self._fetch_keys, now)
        expected = Expected(
            issuer=self._credential.site,
            audience=self._credential.client_id,
            nonce=nonce,
            access_token=answer.access_token,
        )
        identity = read_id_token(answer.id_token, key, expected, clock=self._clock)
        if identity.orcid != answer.orcid:
            raise RegistryUnreadable(
                "the sign-in could not be verified: its parts name two different iDs", status=200
            )
        return identity

    async def revoke(self, token: SecretStr) -> None:
        """Have ORCID forget an access or refresh token; raises `RegistryError`.

        ORCID answers 200 for unknown tokens too, so this may be repeated (REGISTRY.md 2.4).
        """
        _expect_success(await self._post("/oauth/revoke", self._revocation(token)))

    async def _ask_for_token(self, grant_type: str, **parameters: str | SecretStr) -> TokenAnswer:
        return _token_answer(await self._ask(grant_type, parameters), self._clock())

    async def _ask(
        self, grant_type: str, parameters: Mapping[str, str | SecretStr]
    ) -> dict[str, Any]:
        answer = await self._post("/oauth/token", self._request(grant_type, parameters))
        _expect_success(answer)
        return _with_tokens_hidden(answer.json_object())

    async def _post(self, path: str, body: SecretStr) -> Answer:
        return await self._transport.send(
            "POST",
            f"{self._credential.site}{path}",
            headers={"Content-Type": _FORM, "Accept": "application/json"},
            content=body,
        )

    async def _fetch_keys(self) -> dict[str, Any]:
        answer = await self._transport.send(
            "GET", f"{self._credential.site}/oauth/jwks", headers={"Accept": "application/json"}
        )
        _expect_success(answer)
        return answer.json_object()

    # From here on nothing fails, so no traceback shows the secrets that these have in hand.

    def _request(self, grant_type: str, parameters: Mapping[str, str | SecretStr]) -> SecretStr:
        plain = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in parameters.items()
        }
        return SecretStr(prepare_token_request(grant_type, body=self._credentials(), **plain))

    def _revocation(self, token: SecretStr) -> SecretStr:
        body, _ = prepare_revoke_token_request(token.get_secret_value(), body=self._credentials())
        return SecretStr(body)

    def _credentials(self) -> str:
        secret = self._credential.client_secret.get_secret_value()
        pairs = {"client_id": self._credential.client_id, "client_secret": secret}
        return urlencode(pairs)


def _expect_success(answer: Answer) -> None:
    if answer.status != 200:
        raise refusal_of(answer)


def _token_answer(body: dict[str, Any], now: float) -> TokenAnswer:
    access_token = _secret(body, "access_token")
    if access_token is None or str(body.get("token_type", "bearer")).lower() != "bearer":
        raise RegistryUnreadable("ORCID answered without a usable token", status=200)
    orcid = body.get("orcid")
    if orcid is not None and (not isinstance(orcid, str) or parse_orcid(orcid) is None):
        raise RegistryUnreadable("ORCID answered with an iD that is none", status=200)
    name, scope = body.get("name"), body.get("scope")
    return TokenAnswer(
        access_token=access_token,
        refresh_token=_secret(body, "refresh_token"),
        id_token=_secret(body, "id_token"),
        scopes=frozenset(scope.split()) if isinstance(scope, str) else frozenset(),
        expires_at=_expiry(body.get("expires_in"), now),
        name=name.strip() or None if isinstance(name, str) else None,
        orcid=None if orcid is None else parse_orcid(orcid),
    )


def _with_tokens_hidden(body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with its tokens as `SecretStr`: what reads it may fail."""
    hidden = {name: SecretStr(body[name]) for name in _TOKENS if isinstance(body.get(name), str)}
    return body | hidden


def _secret(body: dict[str, Any], field: str) -> SecretStr | None:
    value = body.get(field)
    return value if isinstance(value, SecretStr) and value else None


def _expiry(seconds: Any, now: float) -> float | None:
    """`expires_in` arrives as a number, and with some proxies as a string of digits."""
    if isinstance(seconds, str) and _SECONDS.fullmatch(seconds):
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return now + seconds if 0 < seconds <= MAX_LIFETIME_SECONDS else None
