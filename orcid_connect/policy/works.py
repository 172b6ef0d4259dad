"""What a publisher may decide about works and roles, and what policies have in common."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field


class Policy(BaseModel):
    """Base of all policies: what is not given comes from the parent tenant (see `inherited`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WorkPolicy(Policy):
    """What of a publisher's works goes on records, and how."""

    notices: Literal["skip", "add"] = Field(
        default="skip",
        description="notices of corrections, retractions …: not sent, since they are no further "
        "work of the authors; or added as a version of what they are about",
    )
    retracted: Literal["mark", "as-declared"] = Field(
        default="mark",
        description="an article declared as retracted stays, with “RETRACTED: ” before its title, "
        "as publishers mark it; or with its title as declared",
    )
    versions: Literal["one", "each"] = Field(
        default="one",
        description="of a lineage the newest version stands on the record and names the others; "
        "or each version is a work of its own",
    )
    elsewhere: Literal["add", "skip", "prefer"] = Field(
        default="add",
        description="the work is on the record already, from another trusted source: add ours "
        "beside it (ORCID groups them); skip ours; or prefer ours: add it, and say to the person "
        "how to make it the one that is shown",
    )


class RolePolicy(Policy):
    """How editors' and others' roles are sent."""

    organization_identifier: bool = Field(
        default=True,
        description="the organisation with its ROR, as ORCID recommends; it refuses (9045) one "
        "that it does not know: switch this off to name the organisation only. Educations and "
        "employments cannot go without",
    )


RETRACTED: Final = "RETRACTED: "
"""What stands before the title of a retracted article."""
