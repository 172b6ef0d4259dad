"""What lists need of an item, made when it is first listed and kept until it changes."""

import json
from dataclasses import dataclass
from typing import cast

from orcid_connect.simulator import judging
from orcid_connect.simulator.entities import Item
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.records import Key


@dataclass(frozen=True, slots=True)
class Digest:
    """An item's summary, the keys it is grouped by, and the identifiers it lends its group."""

    summary: JSON
    keys: frozenset[Key]
    group_ids: list[JSON]


def digest_of(item: Item) -> Digest:
    """Give the digest of an item."""
    if item.digest is None:
        content: JSON = json.loads(item.content)
        summary = judging.summary(item.kind, content)
        if "display-index" in summary:
            summary["display-index"] = str(item.display_index)
        keys = judging.group_keys(item.kind, content)
        item.digest = Digest(summary, keys, judging.group_ids(item.kind, content))
    return cast(Digest, item.digest)
