"""What a handler of the APIs is given, and how it answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from orcid_connect.simulator.api.callers import STRANGER, Caller
from orcid_connect.simulator.api.media import Wanted
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.api.sections import SECTIONS, Section
from orcid_connect.simulator.entities import Person
from orcid_connect.simulator.wire import JSON_TYPE, Answer, Call, compact, indented
from orcid_connect.simulator.world import World

MAX_PUT_CODE = 2**63  # a Java long
MAX_DIGITS = 100  # more are not even looked at
# On the Public API the routes of these kinds take digits only (REGISTRY 5.1, 9034).
MATCHED_BY_ROUTE = frozenset({"work", "funding", "peer-review", "education", "employment"})


@dataclass(slots=True)
class Context:
    """One call on its way through the checks."""

    world: World
    call: Call
    public: bool
    wanted: Wanted
    endpoint: "Endpoint"
    orcid: str = ""
    tail: str = ""  # the put-code or codes of the path, as text
    caller: Caller = STRANGER
    payload: Any = field(default=None, repr=False)  # the parsed body
    read_body: Any = field(default=None, repr=False)  # what the schema layer made of it

    @property
    def section(self) -> Section:
        """The section this endpoint belongs to."""
        return SECTIONS[self.endpoint.kind]

    @property
    def person(self) -> Person:
        """The owner of the record in the path; the state check has seen that there is one."""
        return self.world.people[self.orcid]

    def put_code(self) -> int:
        """Read the path's put-code; raise Problem when it is no number."""
        if self.public and self.endpoint.kind in MATCHED_BY_ROUTE and not is_number(self.tail):
            raise Problem(9001, status=404, detail=f"{self.tail} is not a put-code")
        return read_put_code(self.tail)

    def reply(self, value: Any, decision: str, status: int = 200) -> Answer:
        """Answer with JSON of the wanted flavour."""
        if self.wanted.is_compact:
            return self.reply_bytes(compact(value), decision, status)
        body = indented(value).encode("utf-8", "replace")
        return Answer(status, body, f"{self.wanted.media};charset=UTF-8", decision=decision)

    def reply_bytes(self, body: bytes, decision: str, status: int = 200) -> Answer:
        """Answer with compact JSON that is written already."""
        if not self.wanted.is_compact:
            return self.reply(json.loads(body), decision, status)
        return Answer(status, body, JSON_TYPE, decision=decision)


Handler: TypeAlias = Callable[[Context], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the endpoint table: a path template with its methods."""

    template: str
    methods: Mapping[str, Handler]
    kind: str = ""
    reads: str = ""  # how a body is read: "item", "bulk", or not at all
    open: bool = False  # answered without a token
    csv: bool = False  # answers a table, never JSON


def read_put_code(text: str) -> int:
    """Read a put-code; raise Problem when it is no number."""
    if not is_number(text):
        raise Problem(9034)
    return int(text)


def is_number(text: str) -> bool:
    """Tell whether the registry can read a number in this text."""
    digits = text.removeprefix("-").removeprefix("+")
    is_digits = digits.isascii() and digits.isdigit() and len(digits) < MAX_DIGITS
    return is_digits and int(digits) < MAX_PUT_CODE
