"""What plugins are told about links, deliveries and sign-ins: facts, never tokens."""

from pydantic import Field

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


class SignedIn(Declared):
    """Somebody who signed in with ORCID just now; ORCID's signature proves the iD.

    `orcid` is who they are, in this `environment`: a sandbox has iDs of its own, which may be
    others' in production. `tenant` is what the address said, so look whether it is one of yours.
    `email` is there only if ORCID verified it and the person shows it to everybody; never give
    anybody an existing account because of it: whoever owns an address is not who owns an account.
    """

    orcid: str
    uri: str = Field(description="the iD as a full address, as it is to be stored and shown")
    environment: str
    credential: str
    tenant: str
    name: str | None = None
    email: str | None = Field(default=None, repr=False)
