"""The closed vocabularies of the v3.0 model (REGISTRY.md 4.7), in the registry's order.

Only the spellings stand here; how a wrong one is answered is the reader's and validators' matter.
"""

from types import MappingProxyType

from orcid_connect.simulator.judging.wordlists import words

WORK_TYPES: tuple[str, ...] = words(
    """
    annotation artistic-performance blog-post book-chapter book-review book cartographic-material
    clinical-study conference-abstract conference-output conference-paper conference-poster
    conference-presentation conference-proceedings data-management-plan data-set design
    dictionary-entry disclosure dissertation-thesis edited-book encyclopedia-entry image invention
    journal-article journal-issue learning-object lecture-speech license magazine-article manual
    moving-image musical-composition newsletter-article newspaper-article online-resource other
    patent physical-object preprint public-speech registered-copyright report research-technique
    research-tool review software sound spin-off-company standards-and-policy
    supervised-student-publication technical-standard test trademark transcription translation
    website working-paper undefined
    """
)
WORK_TYPE_ALIASES = MappingProxyType(
    {
        "article-journal": "journal-article",
        "chapter": "book-chapter",
        "dataset": "data-set",
        "standard": "standards-and-policy",
    }
)
FUNDING_TYPES = ("grant", "contract", "award", "salary-award")
SUBJECT_TYPES = (*WORK_TYPES, *FUNDING_TYPES, "research-resource-proposal")
CITATION_TYPES = (
    "formatted-unspecified",
    "bibtex",
    "formatted-apa",
    "formatted-harvard",
    "formatted-ieee",
    "formatted-mla",
    "formatted-vancouver",
    "formatted-chicago",
    "ris",
)
RELATIONSHIPS = ("part-of", "self", "version-of", "funded-by")
REVIEWER_ROLES = ("reviewer", "editor", "member", "chair", "organizer")
REVIEW_TYPES = ("review", "evaluation")
SEQUENCES = ("first", "additional")
RESOURCE_TYPES = ("infrastructures", "collections", "equipment", "services")
GROUP_TYPES = (
    "publisher",
    "institution",
    "journal",
    "conference",
    "newspaper",
    "newsletter",
    "magazine",
    "peer-review service",
)

# In this order a visibility may also be given by its position; the schema then refuses "system".
VISIBILITIES = ("system", "private", "limited", "registered-only", "public")
SCHEMA_VISIBILITIES = ("private", "limited", "public", "registered-only")
