"""What plugins are told about links and deliveries: facts, never tokens or e-mail addresses."""

from orcid_connect.declarations import Declared


class LinkNotice(Declared):
    """A link between a person of a tenant and an iD."""

    tenant: str
    person_key: str
    orcid: str
    environment: str
    credential: str
    name: str | None = None


class DeliveryNotice(Declared):
    """One delivery: which activity, for whom, and where it stands."""

    id: str
    tenant: str
    person: str
    activity: str
    subject_kind: str
    subject_key: str
    orcid: str | None = None
    put_code: int | None = None
    state: str
    sentence: str = ""
