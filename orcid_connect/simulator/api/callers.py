"""Who calls an API: found by token, or anonymous, or turned away (REGISTRY 3.3)."""

from dataclasses import dataclass, field

from orcid_connect.simulator.api.problems import AuthProblem
from orcid_connect.simulator.entities import Client, Item, Token
from orcid_connect.simulator.judging import Source
from orcid_connect.simulator.oauth import scopes, tokens
from orcid_connect.simulator.oauth.endpoints import bearer
from orcid_connect.simulator.wire import Call
from orcid_connect.simulator.world import World


@dataclass(frozen=True, slots=True)
class Caller:
    """The client behind a call, with everything its token allows."""

    client: Client | None = None
    token: Token | None = field(default=None, repr=False)
    scopes: frozenset[str] = frozenset()

    @property
    def orcid(self) -> str | None:
        """The record the token is for; None for client tokens and strangers."""
        return self.token.orcid if self.token else None

    @property
    def name(self) -> str | None:
        """The client's name."""
        return self.client.name if self.client else None

    def has_any(self, wanted: frozenset[str]) -> bool:
        """Tell whether one of these scopes is held."""
        return not wanted.isdisjoint(self.scopes)

    def wrote(self, item: Item) -> bool:
        """Tell whether this client wrote the item, for itself or on behalf of another."""
        return self.client is not None and item.client_id == self.client.client_id

    def is_source(self, item: Item) -> bool:
        """Tell whether this client wrote the item in the capacity in which it calls now."""
        acting_for = self.token.obo_client if self.token else None
        return self.wrote(item) and item.assertion_client == acting_for

    def source(self) -> Source:
        """Say as what this caller writes."""
        if self.client is None:
            return Source(None, None)
        holder = self.orcid if self.client.user_obo else None
        obo_client = self.token.obo_client if self.token else None
        return Source(self.client.client_id, None, obo_client, holder)


STRANGER = Caller()


def identify(world: World, call: Call, *, public: bool) -> Caller:
    """Find the caller; raise AuthProblem where the API would turn it away."""
    value = _token_value(call)
    if value is None:
        if public:
            return STRANGER
        sentence = "Forbidden: there is no access token in the request"
        raise AuthProblem(403, "forbidden", sentence, "no token (403)")
    call.token = value
    token = world.tokens.get(value)
    if token is None or not _is_good(world, call, token):
        raise AuthProblem(
            401, "invalid_token", f"Invalid access token: {value}", _why_bad(world, token)
        )
    client = world.clients[token.client_id]
    call.client_id = client.client_id
    if not public and not client.is_member:
        sentence = f"Access Denied: {value}"
        raise AuthProblem(403, "forbidden", sentence, "a public client on the Member API (403)")
    return Caller(client, token, scopes.expand(token.scopes))


def _token_value(call: Call) -> str | None:
    value = bearer(call)
    if value is None:
        value = call.arguments.get("access_token") or call.form.get("access_token")
    return value or None


def _is_good(world: World, call: Call, token: Token) -> bool:
    if tokens.is_live(world, token):
        return True
    return call.method == "DELETE" and tokens.may_still_delete(world, token)


def _why_bad(world: World, token: Token | None) -> str:
    if token is None:
        return "token unknown (401)"
    if token.disabled:
        return f"token disabled: {token.disabled} (401)"
    if token.expires <= world.clock.now():
        return "token expired (401)"
    return "the token's client is not active (401)"
