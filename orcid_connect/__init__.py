"""ORCID for manuscript systems: connect people, and keep works and reviews right on records."""

from orcid_connect import errors, records
from orcid_connect.declarations import (
    Affiliation,
    Article,
    Contributor,
    Funding,
    Identifier,
    PartialDate,
    Person,
    RecordItem,
    RelatedArticle,
    Review,
    Role,
    TranslatedTitle,
    Withdrawal,
)
from orcid_connect.errors import OrcidConnectError
from orcid_connect.hookspecs import hookimpl
from orcid_connect.journeys.backfilling import BackfillStopped, Unreadable
from orcid_connect.journeys.intake import Receipt
from orcid_connect.journeys.overview import Overview, Standing
from orcid_connect.journeys.prefilled import Prefill
from orcid_connect.journeys.prefilling import NothingToPrefill
from orcid_connect.mount import OrcidConnect
from orcid_connect.notices import DeliveryNotice, LinkNotice, SignedIn
from orcid_connect.registry.client import RegistryClient
from orcid_connect.registry.member import MemberApi
from orcid_connect.registry.public import PublicApi
from orcid_connect.settings import Credential, Settings

__all__ = [
    "Affiliation",
    "Article",
    "BackfillStopped",
    "Contributor",
    "Credential",
    "DeliveryNotice",
    "Funding",
    "Identifier",
    "LinkNotice",
    "MemberApi",
    "NothingToPrefill",
    "OrcidConnect",
    "OrcidConnectError",
    "Overview",
    "PartialDate",
    "Person",
    "Prefill",
    "PublicApi",
    "Receipt",
    "RecordItem",
    "RegistryClient",
    "RelatedArticle",
    "Review",
    "Role",
    "Settings",
    "SignedIn",
    "Standing",
    "TranslatedTitle",
    "Unreadable",
    "Withdrawal",
    "errors",
    "hookimpl",
    "records",
]
