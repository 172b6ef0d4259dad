"""Files that others write, read into declarations: JATS articles and maps of persons."""

from orcid_connect.inputs.jats import read_jats
from orcid_connect.inputs.people import PersonMap, PersonRow, read_person_map

__all__ = ["PersonMap", "PersonRow", "read_jats", "read_person_map"]
