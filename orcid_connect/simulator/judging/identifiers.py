"""The identifier types the registry knows: name, prefix of resolution URLs, whether case matters.

REGISTRY.md 4.9. Names are exact; only affiliations take others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from orcid_connect.simulator.judging.wordlists import words


@dataclass(frozen=True, slots=True)
class IdentifierType:
    """One type of external identifier."""

    name: str
    prefix: str | None
    case_sensitive: bool


_PREFIXES = """
doi https://doi.org/
isbn https://www.worldcat.org/isbn/
issn https://portal.issn.org/resource/ISSN/
arxiv https://arxiv.org/abs/
pmid https://pubmed.ncbi.nlm.nih.gov/
pmc https://europepmc.org/article/pmc/
ppr https://europepmc.org/article/PPR/
handle http://hdl.handle.net/
bibcode http://adsabs.harvard.edu/abs/
rrid https://identifiers.org/rrid/
hal https://hal.archives-ouvertes.fr/view/resolver/
raid https://raid.org/
osti https://www.osti.gov/biblio/
rfc https://tools.ietf.org/html/
jstor http://www.jstor.org/stable/
lccn http://lccn.loc.gov/
mr http://www.ams.org/mathscinet-getitem?mr=
zbl http://zbmath.org/?format=complete&q=
jfm http://zbmath.org/?format=complete&q=an%3A
oclc http://www.worldcat.org/oclc/
ol http://openlibrary.org/b/
ethos http://ethos.bl.uk/OrderDetails.do?uin=
ssrn http://papers.ssrn.com/abstract_id=
asin http://www.amazon.com/dp/
kuid https://koreamed.org/article/
lensid https://www.lens.org/
pdb http://identifiers.org/pdb/
dnb https://d-nb.info/
cienciaiul https://ciencia.iscte-iul.pt/id/
authenticusid https://www.authenticus.pt/
empiar https://www.ebi.ac.uk/empiar/
emdb https://www.ebi.ac.uk/emdb/
cstr https://www.cstr.cn/
k10plus https://opac.k10plus.de/DB=2.299/PPNSET?PPN=
cgn https://id.culturegraph.org/
"""
_WITHOUT_PREFIX = """
other-id asin-tld eid agr cba cit ctx hir pat source-work-id uri urn wosuid grant_number
proposal-id ark ismn
"""
_CASE_SENSITIVE = frozenset(words("bibcode rrid ol ethos empiar emdb k10plus cgn uri ark"))


def _types() -> Mapping[str, IdentifierType]:
    prefixes: dict[str, str | None] = {}
    for line in _PREFIXES.split("\n"):
        if line:
            name, _, prefix = line.partition(" ")
            prefixes[name] = prefix
    prefixes.update(dict.fromkeys(words(_WITHOUT_PREFIX)))
    return MappingProxyType(
        {
            name: IdentifierType(name, prefix, name in _CASE_SENSITIVE)
            for name, prefix in prefixes.items()
        }
    )


TYPES: Mapping[str, IdentifierType] = _types()
FUNDED_BY_TYPES = frozenset({"grant_number", "proposal-id", "uri", "doi"})


def identifier_types() -> list[tuple[str, str | None, bool]]:
    """List every type as (name, resolution prefix, case-sensitive)."""
    return [(one.name, one.prefix, one.case_sensitive) for one in TYPES.values()]


def may_fund(name: str | None) -> bool:
    """Say whether a type may stand with the relationship funded-by."""
    return name is None or name.lower() in FUNDED_BY_TYPES
