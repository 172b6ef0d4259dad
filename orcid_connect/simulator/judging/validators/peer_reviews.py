"""The validator of peer reviews (REGISTRY.md 4.3); whether the group exists is found out later."""

from orcid_connect.simulator.judging import dates
from orcid_connect.simulator.judging.answers import JSON
from orcid_connect.simulator.judging.validators import shared
from orcid_connect.simulator.judging.validators.shared import Situation


def validate(item: JSON, situation: Situation) -> None:
    """Refuse what the registry refuses in a peer review; raises Refused."""
    identifiers = shared.require_identifiers(item["review-identifiers"])
    shared.check_no_put_code(item, situation)
    shared.check_self_or_no_version(identifiers)
    subject = item["subject-external-identifier"]
    if subject is not None:
        shared.refuse_faults(shared.faults_of(subject, name_the_type=False))
    shared.check_visibility(item, situation)
    organization = item["convening-organization"]
    if organization is not None and organization["disambiguated-organization"] is not None:
        shared.require_disambiguation(organization)
    if item["review-completion-date"] is not None:
        dates.validate(item["review-completion-date"])
