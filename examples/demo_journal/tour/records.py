"""Records as anybody trusted reads them: through the Member API, and by nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import httpx

Kind = Literal["work", "peer-review"]
SECONDS: Final = 15.0
NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class Item:
    """One work or peer review on a record."""

    kind: Kind
    put_code: int
    title: str
    self_ids: frozenset[str]
    named_orcids: tuple[str, ...]
    source: str | None
    modified: int
    content: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.kind} {self.put_code} “{self.title}”"


Record = dict[int, Item]
"""Items by put-code."""


class Records:
    """Reads records with a client of its own, so that faults of the journal's do not hit it."""

    def __init__(self, registry_url: str) -> None:
        self._registry = registry_url
        self._client = httpx.AsyncClient(
            timeout=SECONDS, headers={"accept": "application/vnd.orcid+json"}
        )
        self._tokens: dict[str, str] = {}
        self._reader = ""

    async def __aenter__(self) -> Self:
        answer = await self.control("POST", "clients", kind="member", name="A reader")
        self._reader = answer["client_id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def control(self, method: str, name: str, /, **body: Any) -> Any:
        """Call `/_control` of the simulator."""
        answer = await self._client.request(
            method, f"{self._registry}/_control/{name}", json=body or None
        )
        return answer.raise_for_status().json()

    async def read(self, orcid: str) -> Record:
        """Return the works and peer reviews of a record."""
        works = await self._get(orcid, "works")
        reviews = await self._get(orcid, "peer-reviews")
        codes: list[tuple[Kind, int]] = [("work", code) for code in _put_codes(works)]
        codes += [("peer-review", code) for code in _put_codes(reviews)]
        read = {code: await self._get(orcid, f"{kind}/{code}") for kind, code in codes}
        # What was listed may be gone by the time it is read: then it is not on the record.
        return {code: _item(kind, body) for kind, code in codes if (body := read[code]) is not None}

    async def _get(self, orcid: str, path: str) -> Any | None:
        """Return what is at a path of a record, None if nothing is."""
        if orcid not in self._tokens:
            made = await self.control(
                "POST", "tokens", client_id=self._reader, orcid=orcid, scope="/read-limited"
            )
            self._tokens[orcid] = made["access_token"]
        answer = await self._client.get(
            f"{self._registry}/api/v3.0/{orcid}/{path}",
            headers={"authorization": f"Bearer {self._tokens[orcid]}"},
        )
        if answer.status_code == NOT_FOUND:
            return None
        return answer.raise_for_status().json()


def differences(before: Record, after: Record) -> Iterator[str]:
    """Tell what changed on a record, a line each."""
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code), after.get(code)
        if old is None and new is not None:
            yield f"+ {new}"
        elif new is None and old is not None:
            yield f"- {old}"
        elif old is not None and new is not None and old != new:
            yield from _changes(old, new)


def duplicates(record: Record, source: str) -> list[str]:
    """Return the own identifiers that more than one item from this source has."""
    counts = Counter(
        f"{item.kind} {identifier}"
        for item in record.values()
        if item.source == source
        for identifier in item.self_ids
    )
    return [name for name, count in counts.items() if count > 1]


def _changes(old: Item, new: Item) -> Iterator[str]:
    yield f"~ {new.kind} {new.put_code} “{old.title}”"
    if old.title != new.title:
        yield f"    title is now “{new.title}”"
    for orcid in set(new.named_orcids) - set(old.named_orcids):
        yield f"    names {orcid} now"
    for orcid in set(old.named_orcids) - set(new.named_orcids):
        yield f"    does not name {orcid} any more"
    if (old.title, old.named_orcids) == (new.title, new.named_orcids):
        yield "    written again"


def _put_codes(section: Any) -> Iterator[int]:
    for group in section["group"]:
        for inner in group.get("peer-review-group") or [group]:
            for name in ("work-summary", "peer-review-summary"):
                for summary in inner.get(name) or []:
                    yield int(summary["put-code"])


def _item(kind: Kind, body: Any) -> Item:
    ids = (body.get("external-ids") or {}).get("external-id") or []
    source = (body.get("source") or {}).get("source-client-id") or {}
    return Item(
        kind=kind,
        put_code=int(body["put-code"]),
        title=_title(kind, body),
        self_ids=frozenset(
            f"{one['external-id-type']}:{one['external-id-value']}".lower()
            for one in ids
            if one["external-id-relationship"] == "self"
        ),
        named_orcids=tuple(_named(body)),
        source=source.get("path"),
        modified=int(body["last-modified-date"]["value"]),
        content=body,
    )


def _title(kind: Kind, body: Any) -> str:
    if kind == "work":
        return str(body["title"]["title"]["value"])
    return f"{body['reviewer-role']} for {body['review-group-id']}".lower()


def _named(body: Any) -> Iterator[str]:
    for contributor in (body.get("contributors") or {}).get("contributor") or []:
        orcid = contributor.get("contributor-orcid")
        if orcid:
            yield orcid["path"]
