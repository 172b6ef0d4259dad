"""The closed lists of the registry: what members of a payload may say."""

from typing import Final

from orcid_connect.records import CreditRole

_WORK_TYPES = (
    "annotation artistic-performance blog-post book book-chapter book-review "
    "cartographic-material clinical-study conference-abstract conference-output conference-paper "
    "conference-poster conference-presentation conference-proceedings data-management-plan "
    "data-set design dictionary-entry disclosure dissertation-thesis edited-book "
    "encyclopedia-entry image invention journal-article journal-issue learning-object "
    "lecture-speech license magazine-article manual moving-image musical-composition "
    "newsletter-article newspaper-article online-resource other patent physical-object preprint "
    "public-speech registered-copyright report research-technique research-tool review software "
    "sound spin-off-company standards-and-policy supervised-student-publication "
    "technical-standard test trademark transcription translation undefined website working-paper"
)
WORK_TYPES: Final = frozenset(_WORK_TYPES.split())
"""REGISTRY.md 4.7."""

WORK_TYPE_ALIASES: Final = {
    "article-journal": "journal-article",
    "chapter": "book-chapter",
    "dataset": "data-set",
    "standard": "standards-and-policy",
}
"""Accepted in place of a work type, and read back as it (REGISTRY.md 4.7)."""

_IDENTIFIER_TYPES = (
    "agr ark arxiv asin asin-tld authenticusid bibcode cba cgn cienciaiul cit cstr ctx dnb doi "
    "eid emdb empiar ethos grant_number hal handle hir isbn ismn issn jfm jstor k10plus kuid lccn "
    "lensid mr oclc ol osti other-id pat pdb pmc pmid ppr proposal-id raid rfc rrid "
    "source-work-id ssrn uri urn wosuid zbl"
)
IDENTIFIER_TYPES: Final = frozenset(_IDENTIFIER_TYPES.split())
"""REGISTRY.md 4.9; case matters."""

_CASE_SENSITIVE_TYPES = "ark bibcode cgn emdb empiar ethos k10plus ol rrid uri"
CASE_SENSITIVE_TYPES: Final = frozenset(_CASE_SENSITIVE_TYPES.split())
"""Identifier types whose values are compared with their case (REGISTRY.md 4.9)."""

_LANGUAGES = (
    "aa ab ae af ak am ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha hi ho hr ht hu hy hz "
    "ia ie ig ii ik in io is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj "
    "om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yo za zh_CN zh_TW "
    "zu"
)
LANGUAGES: Final = frozenset(_LANGUAGES.split())
"""REGISTRY.md 4.2 and the list in common-3.0.xsd."""

_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA "
    "ZM ZW"
)
COUNTRIES: Final = frozenset(_COUNTRIES.split())
"""ISO 3166-1 alpha-2, and XK (REGISTRY.md 4.1)."""

_CITATION_TYPES = (
    "bibtex formatted-apa formatted-chicago formatted-harvard formatted-ieee formatted-mla "
    "formatted-unspecified formatted-vancouver ris"
)
CITATION_TYPES: Final = frozenset(_CITATION_TYPES.split())
"""REGISTRY.md 4.7."""

RELATIONSHIPS: Final = frozenset({"self", "part-of", "version-of", "funded-by"})
"""REGISTRY.md 4.1."""

FUNDED_BY_TYPES: Final = frozenset({"grant_number", "proposal-id", "uri", "doi"})
"""Identifier types a work may have as `funded-by` (REGISTRY.md 4.2)."""

SEQUENCES: Final = frozenset({"first", "additional"})
"""REGISTRY.md 4.1."""

VISIBILITIES: Final = frozenset({"public", "limited", "private", "registered-only"})
"""REGISTRY.md 4.6."""

REVIEWER_ROLES: Final = frozenset({"reviewer", "editor", "member", "chair", "organizer"})
REVIEW_TYPES: Final = frozenset({"review", "evaluation"})
SUBJECT_TYPES: Final = WORK_TYPES | {
    "grant",
    "contract",
    "award",
    "salary-award",
    "research-resource-proposal",
}
"""REGISTRY.md 4.3."""

FUNDING_TYPES: Final = frozenset({"grant", "contract", "award", "salary-award"})
FUNDING_ROLES: Final = frozenset({"lead", "co-lead", "supported-by", "other-contribution"})
"""REGISTRY.md 4.4."""

RESOURCE_TYPES: Final = frozenset({"infrastructures", "collections", "equipment", "services"})
"""REGISTRY.md 4.5."""

GROUP_TYPES: Final = frozenset(
    {
        "publisher",
        "institution",
        "journal",
        "conference",
        "newspaper",
        "newsletter",
        "magazine",
        "peer-review service",
    }
)
"""REGISTRY.md 4.7."""

_CURRENCIES = (
    "ADP AED AFA AFN ALL AMD ANG AOA ARS ATS AUD AWG AYM AZM AZN BAM BBD BDT BEF BGL BGN BHD BIF "
    "BMD BND BOB BOV BRL BSD BTN BWP BYB BYN BYR BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC "
    "CSD CUC CUP CVE CYP CZK DEM DJF DKK DOP DZD EEK EGP ERN ESP ETB EUR FIM FJD FKP FRF GBP GEL "
    "GHC GHS GIP GMD GNF GRD GTQ GWP GYD HKD HNL HRK HTG HUF IDR IEP ILS INR IQD IRR ISK ITL JMD "
    "JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LUF LVL LYD MAD MDL MGA "
    "MGF MKD MMK MNT MOP MRO MRU MTL MUR MVR MWK MXN MXV MYR MZM MZN NAD NGN NIO NLG NOK NPR NZD "
    "OMR PAB PEN PGK PHP PKR PLN PTE PYG QAR ROL RON RSD RUB RUR RWF SAR SBD SCR SDD SDG SEK SGD "
    "SHP SIT SKK SLE SLL SOS SRD SRG SSP STD STN SVC SYP SZL THB TJS TMM TMT TND TOP TPE TRL TRY "
    "TTD TWD TZS UAH UGX USD USN USS UYI UYU UZS VEB VED VEF VES VND VUV WST XAF XAG XAU XBA XBB "
    "XBC XBD XCD XCG XDR XFO XFU XOF XPD XPF XPT XSU XTS XUA XXX YER YUM ZAR ZMK ZMW ZWD ZWG ZWL "
    "ZWN ZWR"
)
CURRENCIES: Final = frozenset(_CURRENCIES.split())
"""The currencies of java.util.Currency, old ones too (REGISTRY.md 4.4)."""

_LEGACY_ROLES = (
    "assignee author chair-or-translator co-inventor co-investigator editor graduate-student "
    "other-inventor postdoctoral-researcher principal-investigator support-staff"
)
LEGACY_WORK_ROLES: Final = frozenset(_LEGACY_ROLES.split())
"""Contributor roles of works, the older words (REGISTRY.md 4.8)."""

CREDIT_ROLES: Final = frozenset(map(str, CreditRole))
"""CRediT roles, with `http` and the final slash, in any case (REGISTRY.md 4.8)."""
