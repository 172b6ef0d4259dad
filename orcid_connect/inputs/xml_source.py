"""Reading foreign XML safely: bounded in size, no network, no DTD, no entity that expands.

The result is a plain tree: names without namespaces, entities replaced by their characters.
"""

from collections.abc import Iterator
from html.entities import html5
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from orcid_connect.errors import InputError

MOST_BYTES: Final = 32 * 1024 * 1024
"""Bytes a file may have. The largest real articles, tables and all, stay well below."""

MOST_ATTRIBUTES: Final = 200
"""Attributes one element may have. JATS knows some thirty; to look all up takes time squared."""

_GREEK_NAMES: Final = (
    "agr bgr ggr dgr egr zgr eegr thgr igr kgr lgr mgr ngr xgr ogr pgr rgr sfgr sgr tgr ugr phgr "
    "khgr psgr ohgr Agr Bgr Ggr Dgr Egr Zgr EEgr THgr Igr Kgr Lgr Mgr Ngr Xgr Ogr Pgr Rgr Sgr Tgr "
    "Ugr PHgr KHgr PSgr OHgr"
)
_GREEK_LETTERS: Final = "αβγδεζηθικλμνξοπρςστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
_GREEK: Final = dict(zip(_GREEK_NAMES.split(), _GREEK_LETTERS, strict=True))
"""The ISO names of Greek letters (ISOgrk1) that HTML does not have."""

# libxml2 itself stops at 256 levels, 10 million characters in one text, and any entity that
# grows the document out of proportion, because `huge_tree` stays off.


def parse_xml(source: bytes) -> Element:
    """Return the outermost element.

    Raises InputError for what is empty, too large, not well formed, or meant to harm.
    """
    if len(source) > MOST_BYTES:
        limit = MOST_BYTES // (1024 * 1024)
        raise InputError(f"The file has more than {limit} MB; a JATS article is much smaller.")
    if not source.strip():
        raise InputError("The file is empty.")
    parser = _parser()
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        # The log of the error itself would be the process's, with the faults of other files.
        log = list(parser.error_log)
        if _only_namespaces_fail(log):
            return etree.fromstring(source, _parser(recover=True))
        raise InputError(_reason(log)) from None
    except (ValueError, LookupError):
        raise InputError("Line 1: the file is not readable as XML.") from None


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _only_namespaces_fail(log: list[etree._LogEntry]) -> bool:
    """Tell whether the XML itself is sound: we read names without their namespaces anyway."""
    return bool(log) and all(entry.domain == etree.ErrorDomains.NAMESPACE for entry in log)


def _reason(log: list[etree._LogEntry]) -> str:
    fatal = [entry for entry in log if entry.level >= etree.ErrorLevels.FATAL] or log
    if not fatal:
        return "Line 1: the file is not readable as XML."
    return f"Line {fatal[0].line or 1}: {_in_words(fatal[0].message.strip())}"


def _in_words(text: str) -> str:
    if "amplification" in text or "entity loop" in text or "entity reference loop" in text:
        return "the file declares entities that expand without end; it is refused."
    if "external entity" in text:
        return "the file refers to another file by an entity; it is refused."
    return f"the XML is not well formed ({text.partition(', see xml')[0]})."


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def simplify(part: Element) -> None:
    """Take namespaces off every name below `part` and put characters in place of its entities.

    Raises InputError for entities that stand for files or for other entities, and for an element
    with more attributes than `MOST_ATTRIBUTES`.
    """
    _settle_entities(part)
    for element in part.iter("*"):
        element.tag = local_name(element)
        _simplify_attributes(element)


def _simplify_attributes(element: Element) -> None:
    count = len(element.attrib)
    if count > MOST_ATTRIBUTES:
        raise InputError(
            f"Line {element.sourceline or 1}: the element <{local_name(element)}> has {count} "
            f"attributes; at most {MOST_ATTRIBUTES} are read."
        )
    for name, value in list(element.attrib.items()):
        bare = str(name).rpartition("}")[2]
        if bare != name and bare not in element.attrib:
            element.attrib[bare] = value


def _settle_entities(part: Element) -> None:
    parents = {entity.getparent() for entity in part.iter(etree.Entity)}
    if not parents:
        return
    declared = dict(_declared_entities(part))
    for parent in parents:
        if parent is not None:
            _settle_children(parent, declared)


def _settle_children(parent: Element, declared: dict[str, str | None]) -> None:
    """Join entity texts with their neighbours, in one pass, so that many of them cost no more."""
    owner: Element | None = None
    texts = [parent.text or ""]
    for child in list(parent):
        if isinstance(child, etree._Entity):
            texts += [_entity_text(child, declared), child.tail or ""]
            parent.remove(child)
        else:
            _put(parent, owner, texts)
            owner, texts = child, [child.tail or ""]
    _put(parent, owner, texts)


def _put(parent: Element, owner: Element | None, texts: list[str]) -> None:
    if owner is None:
        parent.text = "".join(texts)
    else:
        owner.tail = "".join(texts)


def _declared_entities(part: Element) -> Iterator[tuple[str, str | None]]:
    dtd = part.getroottree().docinfo.internalDTD
    if dtd is not None:
        for entity in dtd.iterentities():
            yield entity.name or "", entity.content


def _entity_text(entity: etree._Entity, declared: dict[str, str | None]) -> str:
    """Return what an entity stands for: by its own simple declaration, else by the ISO names."""
    name = entity.name or ""
    if name in declared:
        content = declared[name]
        if content is None:
            raise InputError(
                f"Line {entity.sourceline or 1}: the entity “{name}” refers to another file; "
                "the file is refused."
            )
        if "&" in content or "<" in content:
            raise InputError(
                f"Line {entity.sourceline or 1}: the entity “{name}” is made of markup or other "
                "entities; the file is refused."
            )
        return content
    # JATS loads the ISO entity sets by its DTD; HTML has nearly all of their names.
    return _GREEK.get(name) or html5.get(f"{name};") or f"&{name};"
