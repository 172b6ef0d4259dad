"""The simulator's Python interface: one world with its keys, journal, faults and limits."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from orcid_connect.simulator import judging, people, seeding, writing
from orcid_connect.simulator.api.groups import add_group
from orcid_connect.simulator.clock import SimClock
from orcid_connect.simulator.entities import Client, Issn, Item, Organization, Person
from orcid_connect.simulator.faults import Faults
from orcid_connect.simulator.journal import Journal
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.limits import Limits
from orcid_connect.simulator.oauth import scopes, tokens
from orcid_connect.simulator.oauth.signing import SigningKeys
from orcid_connect.simulator.persistence import Nowhere, SqliteFile, Storage
from orcid_connect.simulator.records import Key
from orcid_connect.simulator.webhooks import deliver_webhooks
from orcid_connect.simulator.world import Settings, World, group_key

Kept = TypeVar("Kept")
KNOWN_WORDS = frozenset({"listed", "all", "none"})


def keys_of(item: Item) -> frozenset[Key]:
    """Give the keys under which an item is searched for duplicates."""
    return judging.clash_keys(item.kind, json.loads(item.content))


class Core:
    """A simulated registry and everything one can do to it besides calling it over HTTP."""

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8700",
        database: Path | None = None,
        clock: SimClock | None = None,
        *,
        seed: Path | None = None,
        rate: bool = False,
        latency: float = 0.0,
    ) -> None:
        """Open the world that `database` keeps, or plant a fresh one from `seed`."""
        self.clock = clock or SimClock()
        storage: Storage = SqliteFile(database) if database is not None else Nowhere()
        self.world = World(storage, self.clock, base_url.rstrip("/"), keys_of)
        self.keys = SigningKeys(self.world)
        self.faults = Faults()
        self.limits = Limits(self.world)
        self._journal = Journal()
        self._seed = seed
        self.settings.rate, self.settings.latency = rate, latency
        if not self.world.load():
            seeding.plant(self.world, seeding.read_seed(seed))
        self.world.storage.commit()
        self.clock.listeners.append(self._keep_clock)

    # --- the place ---------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """Where the site is; decides Location, issuer and the links people click."""
        return self.world.base_url

    @base_url.setter
    def base_url(self, value: str) -> None:
        self.world.base_url = value.rstrip("/")

    @property
    def settings(self) -> Settings:
        """The switches: rate, quota, latency and more."""
        return self.world.settings

    def close(self) -> None:
        """Let go of the database."""
        self.world.storage.close()

    # --- people and clients ------------------------------------------------------------------

    def add_person(self, given: str, family: str | None = None, **options: Any) -> Person:
        """Make a person with a claimed, empty record; raise ValueError."""
        return self._kept(people.add_person(self.world, given, family, **options))

    def change_person(self, orcid: str, **changes: Any) -> Person:
        """Change names, visibilities, password or biography; raise ValueError."""
        return self._kept(people.change_person(self.world, orcid, **changes))

    def set_state(self, orcid: str, state: str, primary: str | None = None) -> None:
        """Make a record active, locked, deactivated, deprecated or unclaimed; raise ValueError."""
        people.set_state(self.world, orcid, state, primary)
        self.world.storage.commit()

    def add_client(
        self,
        kind: str = "member",
        name: str = "",
        redirect_uris: Iterable[str] = (),
        **options: Any,
    ) -> Client:
        """Register a client of kind public, member, premium or creator; raise ValueError."""
        name = name or f"A {kind} client"
        return self._kept(people.add_client(self.world, kind, name, list(redirect_uris), **options))

    def add_redirect_uri(self, client_id: str, redirect_uri: str) -> None:
        """Register one more redirect URI of a client; raise ValueError."""
        client = people.client_of(self.world, client_id)
        if redirect_uri not in client.redirect_uris:
            client.redirect_uris.append(redirect_uri)
            self.world.clients.put(client)
        self._kept(client)

    # --- permissions -------------------------------------------------------------------------

    def issue_token(
        self, client_id: str, orcid: str | None, scope: str, *, expires_in: float | None = None
    ) -> str:
        """Give a client a token, as if everybody had agreed; raise ValueError."""
        client = people.client_of(self.world, client_id)
        if orcid is not None:
            people.person_of(self.world, orcid)
        expires = None if expires_in is None else self.clock.now() + expires_in
        token = tokens.issue_token(self.world, client, orcid, scopes.split(scope), expires=expires)
        return self._kept(token.value)

    def grant(
        self,
        client_id: str,
        orcid: str,
        scope: str,
        redirect_uri: str,
        *,
        nonce: str | None = None,
    ) -> str:
        """Give an authorization code, as if the person had pressed Authorize; raise ValueError."""
        client = people.client_of(self.world, client_id)
        people.person_of(self.world, orcid)
        wanted = scopes.split(scope)
        code = tokens.issue_code(self.world, client, orcid, wanted, redirect_uri, nonce)
        return self._kept(code.value)

    def revoke_by_user(self, orcid: str, client_id: str) -> int:
        """Withdraw a client's permission, as the person can; count the tokens."""
        count = tokens.disable_all(self.world, orcid, tokens.USER_REVOKED, client_id)
        return self._kept(count)

    def revoke_token(self, access_token: str, reason: str = tokens.CLIENT_REVOKED) -> bool:
        """Disable one token for a reason; tell whether it was enabled. Raise ValueError."""
        if reason not in tokens.REASONS:
            raise ValueError(f"{reason!r} is not one of {', '.join(sorted(tokens.REASONS))}")
        token = tokens.find_token(self.world, access_token)
        return self._kept(token is not None and tokens.disable(self.world, token, reason))

    async def deliver_webhooks(self, transport: httpx.AsyncBaseTransport | None = None) -> int:
        """Call every callback that is due, through `transport` if given; count deliveries."""
        return await deliver_webhooks(self.world, transport)

    def rotate_keys(self) -> str:
        """Sign id_tokens with a new key from now on; tell its id."""
        return self._kept(self.keys.rotate())

    # --- records -----------------------------------------------------------------------------

    def put_item(
        self,
        orcid: str,
        kind: str,
        payload: Any,
        *,
        client_id: str | None = None,
        visibility: str | None = None,
        put_code: int | None = None,
    ) -> int:
        """Put an item on a record past all permissions; give its put-code. Raise ValueError."""
        return self._kept(
            seeding.put_item(
                self.world,
                orcid,
                kind,
                payload,
                client_id=client_id,
                visibility=visibility,
                put_code=put_code,
            )
        )

    def remove_item(self, orcid: str, put_code: int) -> None:
        """Take an item off a record, as its owner can; raise ValueError."""
        person = people.person_of(self.world, orcid)
        writing.delete_item(self.world, person, self._item(orcid, put_code))
        self.world.storage.commit()

    def set_item_visibility(self, orcid: str, put_code: int, visibility: str) -> None:
        """Change who may see an item, as its owner can; raise ValueError."""
        if visibility not in people.VISIBILITIES:
            raise ValueError(f"{visibility!r} is not public, limited or private")
        person = people.person_of(self.world, orcid)
        item = self._item(orcid, put_code)
        self._kept(writing.show_to(self.world, person, item, visibility))

    def items(self, orcid: str, kind: str | None = None) -> list[JSON]:
        """Give everything on a record in wire shape, whatever its visibility."""
        found = self.world.records.all_of(orcid)
        return [json.loads(item.content) for item in found if kind in {None, item.kind}]

    def read_notification(self, put_code: int) -> None:
        """Read a message in the inbox, as its addressee can; raise ValueError."""
        notification = self.world.notifications.get(put_code)
        if notification is None:
            raise ValueError(f"there is no notification {put_code}")
        notification.read = self.world.clock.milliseconds()
        self._kept(self.world.notifications.put(notification))

    def _item(self, orcid: str, put_code: int) -> Item:
        item = self.world.records.find(orcid, put_code)
        if item is None:
            raise ValueError(f"there is no item {put_code} on {orcid}")
        return item

    # --- what the registry knows -------------------------------------------------------------

    def add_organization(self, identifier: str, source: str, name: str = "") -> None:
        """Add an organisation to the table."""
        self._kept(self.world.organizations.put(Organization(identifier, source, name)))

    def know_organizations(self, which: str) -> None:
        """Know the `listed` organisations, `all`, or `none`; raise ValueError."""
        self._remember_known("organizations known", which)

    def add_group(
        self,
        group_id: str,
        name: str,
        *,
        description: str | None = "",
        type: str = "journal",
        client_id: str | None = None,
        put_code: int | None = None,
    ) -> int:
        """Add a peer-review group past all rules; give its put-code. Raise ValueError."""
        if group_key(group_id) in self.world.group_by_id:
            raise ValueError(f"there is a group {group_id} already")
        if put_code is not None and self.world.is_put_code_taken(put_code):
            raise ValueError(f"the put-code {put_code} is taken")
        group = add_group(
            self.world, group_id, name, description, type, client_id, put_code=put_code
        )
        return self._kept(group.put_code)

    def add_issn(self, issn: str, title: str = "") -> None:
        """Add a journal to what the ISSN portal knows."""
        entry = Issn(issn.upper(), title or f"Journal {issn.upper()}")
        self._kept(self.world.issns.put(entry))

    def know_issns(self, which: str) -> None:
        """Let the ISSN portal know the `listed` journals, `all`, or `none`; raise ValueError."""
        self._remember_known("issns known", which)

    def _remember_known(self, name: str, which: str) -> None:
        if which not in KNOWN_WORDS:
            raise ValueError(f"{which!r} is not listed, all or none")
        self.world.remember(name, which)
        self.world.storage.commit()

    # --- faults, journal, the world as a whole -----------------------------------------------

    def add_fault(self, kind: str, **options: Any) -> int:
        """Ask for a fault; give its number. Raise ValueError."""
        return self.faults.add(self.clock.now(), kind, **options)

    def clear_faults(self) -> None:
        """Take back all faults."""
        self.faults.remove()

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        """Give the requests so far, with what was decided and why."""
        return self._journal.entries(after)

    def clear_journal(self) -> None:
        """Forget the requests so far."""
        self._journal.clear()

    def secrets(self) -> set[str]:
        """Give every token, code, client secret and e-mail address ever made here."""
        return self.world.secrets()

    def reset(self) -> None:
        """Go back to the seeded world; signing keys and the list of secrets stay."""
        signing = self.keys.export()
        self.world.clear()
        self.clock.reset()
        self.faults.remove()
        self.limits.clear()
        self._journal.clear()
        seeding.plant(self.world, seeding.read_seed(self._seed))
        self.keys.adopt(signing)
        self.world.storage.commit()

    def snapshot(self) -> dict[str, Any]:
        """Write the whole world down as JSON values."""
        return self.world.dump()

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Replace the world by one written down before; raise ValueError."""
        try:
            self.world.restore(snapshot)
        except (KeyError, TypeError) as problem:
            raise ValueError(f"this is not a snapshot: {problem}") from problem
        self.world.storage.commit()

    def note(self, call: Any, answer: Any) -> None:
        """Write a request into the journal."""
        self._journal.note(self.clock.now(), call, answer)

    def _keep_clock(self) -> None:
        frozen_at = self.clock.now() if self.clock.frozen else None
        self.world.remember("clock", {"offset": self.clock.offset, "frozen_at": frozen_at})
        self.world.storage.commit()

    def _kept(self, result: Kept) -> Kept:
        self.world.storage.commit()
        return result
