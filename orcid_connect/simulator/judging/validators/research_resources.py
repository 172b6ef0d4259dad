"""The validator of research resources: ids and hosts at both levels, then the rest (4.5)."""

from orcid_connect.simulator.judging import refusals
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.validators import shared
from orcid_connect.simulator.judging.validators.shared import Situation


def validate(item: JSON, situation: Situation) -> None:
    """Refuse what the registry refuses in a research resource; raises Refused."""
    proposal = item["proposal"]
    _check_part(proposal, "Proposal")
    if proposal["end-date"] is not None and proposal["start-date"] is None:
        raise refusals.missing_start_date()
    for resource in item["resource-item"]:
        if resource is None:
            raise refusals.unexpected()
        _check_part(resource, "Item")
    shared.check_no_put_code(item, situation)
    shared.check_visibility(item, situation)


def _check_part(part: JSON, name: str) -> None:
    missing = f"Missing external ID in Research Resource {name}"
    shared.check_self_or_no_version(shared.require_identifiers(part["external-ids"], missing))
    for host in part["hosts"]["organization"]:
        if host is None:
            raise refusals.unexpected()
        shared.require_disambiguation(host)
