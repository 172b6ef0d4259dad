"""What the registry can read: each kind of payload as a table of shapes (REGISTRY.md 4).

A further kind of item is a further table here, and a further list of rules.
"""

from collections.abc import Mapping
from typing import Final

from orcid_connect.codec.parts import (
    ANYTHING,
    COMMON,
    COUNTRY,
    DISPLAY_NUMBER,
    EXTERNAL_ID,
    EXTERNAL_IDS,
    FUNDING_CONTRIBUTORS,
    FUZZY_DATE,
    GROUP_ID,
    HOSTS,
    LANGUAGE,
    ORGANIZATION,
    PLAIN_TITLES,
    TITLE,
    TITLES,
    URL,
    WORK_CONTRIBUTORS,
)
from orcid_connect.codec.shapes import HOLLOW, ListOf, OneMember, Record, Text, Wrapped
from orcid_connect.codec.texts import ANY_TEXT, SOME_TEXT, at_most, text_up_to, word
from orcid_connect.codec.vocabulary import (
    CITATION_TYPES,
    CURRENCIES,
    FUNDING_TYPES,
    GROUP_TYPES,
    RELATIONSHIPS,
    RESOURCE_TYPES,
    REVIEW_TYPES,
    REVIEWER_ROLES,
    SUBJECT_TYPES,
    WORK_TYPE_ALIASES,
    WORK_TYPES,
)
from orcid_connect.records import ItemKind

WORK: Final = Record(
    {
        **COMMON,
        "title": TITLES,
        "journal-title": TITLE,
        "short-description": Text((at_most(5000),)),
        "citation": Record(
            {
                "citation-type": word(CITATION_TYPES, "a citation type"),
                "citation-value": ANY_TEXT,
            },
            required=("citation-type", "citation-value"),
        ),
        "type": word(WORK_TYPES | WORK_TYPE_ALIASES.keys(), "a work type"),
        "publication-date": FUZZY_DATE,
        "external-ids": EXTERNAL_IDS,
        "url": URL,
        "contributors": WORK_CONTRIBUTORS,
        "language-code": LANGUAGE,
        "country": Wrapped(COUNTRY, bare=False, hollow=HOLLOW),
    },
    required=("title", "type"),
)

PEER_REVIEW: Final = Record(
    {
        **COMMON,
        "reviewer-role": word(REVIEWER_ROLES, "a reviewer role"),
        "review-identifiers": EXTERNAL_IDS,
        "review-url": URL,
        "review-type": word(REVIEW_TYPES, "a review type"),
        "review-completion-date": FUZZY_DATE,
        "review-group-id": GROUP_ID,
        "subject-external-identifier": EXTERNAL_ID,
        "subject-container-name": TITLE,
        "subject-type": word(SUBJECT_TYPES | WORK_TYPE_ALIASES.keys(), "a subject type"),
        "subject-name": TITLES,
        "subject-url": URL,
        "convening-organization": ORGANIZATION,
    },
    required=(
        "reviewer-role",
        "review-identifiers",
        "review-type",
        "review-completion-date",
        "review-group-id",
        "convening-organization",
    ),
)


FUNDING: Final = Record(
    {
        **COMMON,
        "type": word(FUNDING_TYPES, "a funding type"),
        "organization-defined-type": Wrapped(Text((at_most(255),))),
        "title": PLAIN_TITLES,
        "short-description": Text((at_most(5000),)),
        "amount": Record(
            {"value": ANY_TEXT, "currency-code": word(CURRENCIES, "a currency code")},
            required=("currency-code",),
        ),
        "url": URL,
        "start-date": FUZZY_DATE,
        "end-date": FUZZY_DATE,
        "external-ids": EXTERNAL_IDS,
        "contributors": FUNDING_CONTRIBUTORS,
        "organization": ORGANIZATION,
    },
    required=("type", "organization"),
)

AFFILIATION: Final = Record(
    {
        **COMMON,
        "display-index": ANY_TEXT,
        "department-name": text_up_to(4000),
        "role-title": text_up_to(4000),
        "start-date": FUZZY_DATE,
        "end-date": FUZZY_DATE,
        "organization": ORGANIZATION,
        "url": URL,
        "external-ids": EXTERNAL_IDS,
    }
)

_RESOURCE_ITEM: Final = Record(
    {
        "resource-name": text_up_to(1000),
        "resource-type": word(RESOURCE_TYPES, "a resource type"),
        "hosts": HOSTS,
        "external-ids": EXTERNAL_IDS,
        "url": URL,
    },
    required=("resource-name", "resource-type", "hosts", "external-ids"),
)
RESEARCH_RESOURCE: Final = Record(
    {
        **COMMON,
        "display-index": ANY_TEXT,
        "proposal": Record(
            {
                "title": PLAIN_TITLES,
                "hosts": HOSTS,
                "external-ids": EXTERNAL_IDS,
                "start-date": FUZZY_DATE,
                "end-date": FUZZY_DATE,
                "url": URL,
            },
            required=("title", "hosts", "external-ids"),
        ),
        "resource-item": ListOf(_RESOURCE_ITEM, least=1),
    },
    required=("proposal", "resource-item"),
)

_PERSON_ITEM: Final = {**COMMON, "display-index": DISPLAY_NUMBER}
_CONTENT: Final = Record({**_PERSON_ITEM, "content": Text((at_most(255),))}, required=("content",))
EXTERNAL_IDENTIFIER: Final = Record(
    {
        **_PERSON_ITEM,
        "external-id-type": SOME_TEXT,
        "external-id-value": SOME_TEXT,
        "external-id-url": URL,
        "external-id-relationship": word(RELATIONSHIPS, "a relationship"),
    },
    required=("external-id-type", "external-id-value"),
)
RESEARCHER_URL: Final = Record(
    {**_PERSON_ITEM, "url-name": text_up_to(350), "url": URL}, required=("url",)
)
PERSON_ADDRESS: Final = Record(
    {**_PERSON_ITEM, "country": Wrapped(COUNTRY, bare=False)}, required=("country",)
)

GROUP_ID_RECORD: Final = Record(
    {
        "put-code": COMMON["put-code"],
        "source": ANYTHING,
        "name": text_up_to(1000),
        "group-id": GROUP_ID,
        "description": text_up_to(1000),
        "type": word(GROUP_TYPES, "a group type"),
    },
    required=("name", "group-id", "description", "type"),
)

BULK_WORKS: Final = Record(
    {
        "bulk": ListOf(
            OneMember(
                {
                    "work": WORK,
                    "error": Record(
                        {
                            "response-code": ANY_TEXT,
                            "developer-message": ANY_TEXT,
                            "user-message": ANY_TEXT,
                            "error-code": ANY_TEXT,
                            "more-info": ANY_TEXT,
                        }
                    ),
                }
            )
        )
    }
)

TABLES: Final[Mapping[ItemKind, Record]] = {
    "work": WORK,
    "peer-review": PEER_REVIEW,
    "funding": FUNDING,
    "distinction": AFFILIATION,
    "education": AFFILIATION,
    "employment": AFFILIATION,
    "invited-position": AFFILIATION,
    "membership": AFFILIATION,
    "qualification": AFFILIATION,
    "service": AFFILIATION,
    "research-resource": RESEARCH_RESOURCE,
    "external-identifier": EXTERNAL_IDENTIFIER,
    "keyword": _CONTENT,
    "other-name": _CONTENT,
    "researcher-url": RESEARCHER_URL,
    "address": PERSON_ADDRESS,
    "group-id-record": GROUP_ID_RECORD,
}
