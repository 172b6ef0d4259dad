"""Records as anybody trusted reads them: through the Member API, and by nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import httpx

Kind = Literal["work", "peer-review", "service"]
SECTIONS: Final[Mapping[Kind, str]] = {
    "work": "works",
    "peer-review": "peer-reviews",
    "service": "services",
}
SECONDS: Final = 15.0
NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class Item:
    """One work, peer review or service on a record; `facts` say what else it tells, in words."""

    kind: Kind
    put_code: int
    title: str
    self_ids: frozenset[str]
    named_orcids: tuple[str, ...]
    facts: frozenset[str]
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
        self._read: dict[int, Item] = {}

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
        """Return the works, peer reviews and services of a record."""
        listed = await self._get(orcid, "activities") or {}
        found = [
            await self._item(orcid, kind, summary)
            for kind, section in SECTIONS.items()
            for summary in _summaries(kind, listed.get(section) or {})
        ]
        return {item.put_code: item for item in found if item is not None}

    async def _item(self, orcid: str, kind: Kind, summary: Any) -> Item | None:
        """Return an item as it is listed, reading it only if it changed since it was read last."""
        code, modified = int(summary["put-code"]), int(summary["last-modified-date"]["value"])
        known = self._read.get(code)
        if known is not None and known.modified == modified:
            return known
        body = await self._get(orcid, f"{kind}/{code}")
        if body is None:  # listed, but gone by the time it was read: it is not on the record
            return None
        item = self._read[code] = _item(kind, body)
        return item

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
    for fact in sorted(new.facts - old.facts):
        yield f"    now {fact}"
    for fact in sorted(old.facts - new.facts):
        yield f"    no longer {fact}"
    if (old.title, old.facts) == (new.title, new.facts):
        yield "    written again"


def _summaries(kind: Kind, section: Any) -> Iterator[Any]:
    for group in section.get("group") or section.get("affiliation-group") or []:
        for inner in group.get("peer-review-group") or [group]:
            for one in inner.get(f"{kind}-summary") or inner.get("summaries") or []:
                yield one.get(f"{kind}-summary", one)


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
        facts=frozenset(_facts(body, ids)),
        source=source.get("path"),
        modified=int(body["last-modified-date"]["value"]),
        content=body,
    )


def _title(kind: Kind, body: Any) -> str:
    if kind == "work":
        return str(body["title"]["title"]["value"])
    if kind == "service":
        return f"{body['role-title']}, {body['organization']['name']}"
    return f"{body['reviewer-role']} for {body['review-group-id']}".lower()


def _facts(body: Any, ids: list[Any]) -> Iterator[str]:
    for one in ids:
        relation = one["external-id-relationship"].replace("-", " ")
        words = "identified as" if relation == "self" else f"a {relation}"
        yield f"{words} {one['external-id-type']} {one['external-id-value']}"
    for orcid in _named(body):
        yield f"naming {orcid}"
    for name, words in (("start-date", "since"), ("end-date", "until")):
        if body.get(name):
            yield f"{words} {_day(body[name])}"


def _day(date: Any) -> str:
    parts = (date.get(part) for part in ("year", "month", "day"))
    return "-".join(part["value"] for part in parts if part)


def _named(body: Any) -> Iterator[str]:
    for contributor in (body.get("contributors") or {}).get("contributor") or []:
        orcid = contributor.get("contributor-orcid")
        if orcid:
            yield orcid["path"]
