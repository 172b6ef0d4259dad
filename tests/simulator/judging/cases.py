"""The observed cases of tests/vectors, and how the judges are asked about one of them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from orcid_connect.simulator import judging
from orcid_connect.simulator.judging import JSON, PassedThrough, Refusal, Source, Stored

FOLDER = Path(__file__).parents[2] / "vectors"
PUT_CODE = 12345  # of every update in the vectors
MEMBER = Source("APP-0000000000000001", None)
OTHER_MEMBER = Source("APP-0000000000000002", None)

Verdict = tuple[int, int] | None


@cache
def load(name: str) -> tuple[JSON, ...]:
    """Read one file of cases."""
    with (FOLDER / f"{name}.jsonl").open(encoding="ascii") as lines:
        return tuple(json.loads(line) for line in lines)


def verdict_of(refusal: Refusal | None) -> Verdict:
    """Give what is compared of a refusal: status and error number."""
    return None if refusal is None else (refusal.status, refusal.code)


def expected(verdict: JSON) -> Verdict:
    """Give the same of an observed verdict."""
    return None if verdict["accepted"] else (verdict["status"], verdict["error_code"])


def judge(kind: str, payload: Any, op: str = "create", stored: JSON | None = None) -> Verdict:
    """Judge one body as the registry judged the vectors, where every other group exists."""
    item = judging.read(kind, payload)
    if isinstance(item, Refusal):
        return verdict_of(item)
    if op == "create":
        refusal = judging.examine(kind, item, op="create", put_code=None, stored=None)
        if refusal is None and kind == "peer-review":
            refusal = judging.peer_review_group(item).refusal
    else:
        before = {"visibility": "public"} if stored is None else stored
        refusal = judging.examine(kind, item, op="update", put_code=PUT_CODE, stored=before)
    return verdict_of(refusal)


def judge_bulk(payload: Any) -> tuple[Verdict, list[Verdict]]:
    """Judge a bulk of works: the request, and then every element against the earlier ones."""
    elements = judging.read_bulk(payload)
    if isinstance(elements, Refusal):
        return verdict_of(elements), []
    verdicts: list[Verdict] = []
    written: list[Stored] = []
    for number, element in enumerate(elements):
        refusal = None
        assert not isinstance(element, Refusal)
        if not isinstance(element, PassedThrough):
            refusal = _judge_element(element, written)
            if refusal is None:
                stored = judging.stored_form("work", element)
                written.append(Stored(number, MEMBER, stored))
        verdicts.append(verdict_of(refusal))
    return None, verdicts


def _judge_element(element: Any, written: list[Stored]) -> Refusal | None:
    refusal = judging.examine_bulk(element, storing=False)
    if refusal is not None:
        return refusal
    if judging.clash("work", element, MEMBER, written, bulk=True) is not None:
        return Refusal(409, 9021, "OrcidDuplicatedActivityException")
    return judging.examine_storing("work", element)
