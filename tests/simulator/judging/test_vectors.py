"""What the registry's own code was seen to answer, and what the judges answer to the same."""

from collections import Counter
from collections.abc import Iterator

import pytest

from orcid_connect.simulator import judging
from orcid_connect.simulator.judging import JSON, Refusal, Source, Stored
from tests.simulator.judging import cases

KINDS = (*judging.KINDS, "bulk-works")


def disagreements(vectors: Iterator[JSON]) -> Iterator[tuple[str, object, object]]:
    """Judge vectors; give id, observed and own verdict where they differ."""
    for vector in vectors:
        observed: object = cases.expected(vector["verdict"])
        if vector["type"] == "bulk-works":
            own: object = cases.judge_bulk(vector["payload"])
            elements = vector["verdict"].get("elements") or []
            observed = (observed, [cases.expected(one) for one in elements])
        else:
            own = cases.judge(vector["type"], vector["payload"], vector["op"])
        if own != observed:
            yield vector["id"], observed, own


@pytest.mark.parametrize("kind", KINDS)
def test_every_vector_gets_the_registrys_verdict(kind: str) -> None:
    """Status and error number equal the registry's for every vector of a kind, caveats or not."""
    vectors = [vector for vector in cases.load("vectors") if vector["type"] == kind]
    assert vectors
    assert list(disagreements(iter(vectors))) == []


def test_the_table_by_type_shows_full_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    """The table by type counts as many agreements as vectors, and can be read with -s."""
    counts: Counter[tuple[str, str]] = Counter()
    for vector in cases.load("vectors"):
        answer = "accepted" if vector["verdict"]["accepted"] else "refused"
        counts[vector["type"], answer] += 1
        counts[vector["type"], "agree"] += not list(disagreements(iter([vector])))
    with capsys.disabled():
        print(f"\n{'type':24}{'accepted':>9}{'refused':>9}{'agree':>9}")
        for kind in KINDS:
            row = [counts[kind, column] for column in ("accepted", "refused", "agree")]
            print(f"{kind:24}{row[0]:9}{row[1]:9}{row[2]:9}")
    agreed = sum(count for (_, column), count in counts.items() if column == "agree")
    assert agreed == len(cases.load("vectors")) == 3013


@pytest.mark.parametrize("row", cases.load("duplicates"), ids=lambda row: str(row["id"]))
def test_duplicates_are_found_as_the_registry_finds_them(row: JSON) -> None:
    """A new item clashes with a stored one exactly where the registry saw a duplicate."""
    kind = row["type"]
    existing, new = judging.read(kind, row["existing"]), judging.read(kind, row["payload"])
    assert not isinstance(existing, Refusal)
    assert not isinstance(new, Refusal)
    assert judging.examine(kind, new, op="create", put_code=None, stored=None) is None
    source: Source = cases.MEMBER if row["same_source"] else cases.OTHER_MEMBER
    stored = Stored(7, source, judging.stored_form(kind, existing))
    found = judging.clash(kind, new, cases.MEMBER, [stored])
    assert found == (None if row["verdict"]["accepted"] else 7)
    shared = judging.clash_keys(kind, new) & judging.clash_keys(kind, stored.item)
    assert found is None or shared


@pytest.mark.parametrize("row", cases.load("normalization"), ids=lambda row: repr(row["raw"])[:40])
def test_identifiers_are_normalised_as_the_registry_does(row: JSON) -> None:
    """Value, derived URL and error of normalising equal the registry's."""
    result = judging.normalize(row["type"], row["raw"])
    assert (result.value, result.url, result.error) == (
        row["normalized"],
        row["url"],
        row["error"],
    )
