"""Peer-review groups: found, made from ISSNs, created and kept by clients (REGISTRY 6)."""

from orcid_connect.simulator import judging
from orcid_connect.simulator.api.problems import Problem, from_refusal
from orcid_connect.simulator.entities import Group
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.world import World, group_key


def settle_group(world: World, body: JSON) -> None:
    """Find the group of a new peer review, or make it from an ISSN; write its id into the body."""
    need = judging.peer_review_group(body)
    if need.refusal is not None:
        raise from_refusal(need.refusal)
    if need.issn is None:
        require_group(world, need.group_id)
        return
    if group_key(need.group_id) not in world.group_by_id:
        make_issn_group(world, need.issn, need.group_id)
    body["review-group-id"] = need.group_id


def require_group(world: World, group_id: str) -> Group:
    """Find a group by its id as written; raise Problem."""
    group = world.group_by_id.get(group_key(group_id))
    if group is None:
        raise Problem(9020, detail=f"there is no group {group_id}")
    return group


def make_issn_group(world: World, issn: str, group_id: str) -> Group:
    """Look an ISSN up at the portal and keep the registry's own group for it; raise Problem."""
    title = world.journal_title(issn)
    if title is None:
        raise Problem(9053, detail=f"the ISSN portal does not know {issn}")
    return add_group(world, group_id, title, None, "journal", None)


def add_group(
    world: World,
    group_id: str,
    name: str,
    description: str | None,
    kind: str,
    client_id: str | None,
    *,
    put_code: int | None = None,
) -> Group:
    """Keep a new group."""
    now = world.clock.milliseconds()
    put_code = world.next_put_code() if put_code is None else put_code
    group = Group(put_code, group_id, name, description, kind, client_id, now, now)
    world.groups.put(group)
    world.group_by_id[group_key(group_id)] = group
    return group


def require_record(world: World, put_code: int) -> Group:
    """Find a group-id record by its put-code; raise Problem."""
    group = world.groups.get(put_code)
    if group is None:
        raise Problem(9026)
    return group
