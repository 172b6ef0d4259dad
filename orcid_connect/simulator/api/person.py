"""The person side of a record: name, biography, e-mail and the small lists (REGISTRY 3.7)."""

import json
from typing import Any

from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.guards import check_state, may_see, reading_refusal
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.api.sections import BIO_LIMITED, EMAIL_SCOPE, SECTIONS, Section
from orcid_connect.simulator.entities import Person
from orcid_connect.simulator.judging import JSON
from orcid_connect.simulator.wire import Answer
from orcid_connect.simulator.writing import orcid_json


def read_person_list(context: Context) -> Answer:
    """Answer GET of a section of person items."""
    check_state(context)
    section = context.section
    return context.reply(person_list(context, section), f"read {section.plural}")


def person_list(context: Context, section: Section) -> JSON:
    """Write one of the small lists: display-index descending, then oldest first."""
    items = [
        item
        for item in context.world.records.of_kind(context.orcid, section.kind)
        if may_see(context, item, section.read_limited)
    ]
    items.sort(key=lambda item: (-item.display_index, item.created, item.put_code))
    newest = max((item.modified for item in items), default=None)
    return {
        "last-modified-date": _date(newest),
        section.kind: [json.loads(item.content) for item in items],
        "path": f"/{context.orcid}/{section.plural}",
    }


def read_biography(context: Context) -> Answer:
    """Answer GET of the biography."""
    person = check_state(context)
    if person.biography is None:
        raise Problem(9041)
    code = reading_refusal(context, person.biography_visibility, BIO_LIMITED, is_source=False)
    if code is not None:
        raise Problem(code)
    return context.reply(_biography(context), "read biography")


def read_email(context: Context) -> Answer:
    """Answer GET of the e-mail addresses."""
    check_state(context)
    return context.reply(emails(context), "read email")


def read_personal_details(context: Context) -> Answer:
    """Answer GET of name, other names and biography."""
    check_state(context)
    parts: JSON = {
        "name": _name(context),
        "other-names": person_list(context, SECTIONS["other-name"]),
        "biography": _biography(context),
    }
    newest = _newest(parts)
    value = {"last-modified-date": newest, **parts, "path": f"/{context.orcid}/personal-details"}
    return context.reply(value, "read personal details")


def read_person(context: Context) -> Answer:
    """Answer GET of everything about the person."""
    check_state(context)
    return context.reply(person_document(context), "read person")


def person_document(context: Context) -> JSON:
    """Write the `person` document."""
    parts: JSON = {
        "name": _name(context),
        "other-names": person_list(context, SECTIONS["other-name"]),
        "biography": _biography(context),
        "researcher-urls": person_list(context, SECTIONS["researcher-url"]),
        "emails": emails(context),
        "addresses": person_list(context, SECTIONS["address"]),
        "keywords": person_list(context, SECTIONS["keyword"]),
        "external-identifiers": person_list(context, SECTIONS["external-identifier"]),
    }
    return {"last-modified-date": _newest(parts), **parts, "path": f"/{context.orcid}/person"}


def emails(context: Context) -> JSON:
    """Write the verified addresses that the reader may see."""
    person = context.person
    shown = [_email(person, mail) for mail in person.emails if _sees_email(context, mail)]
    return {
        "last-modified-date": _date(person.created) if shown else None,
        "email": shown,
        "path": f"/{context.orcid}/email",
    }


def _sees_email(context: Context, mail: dict[str, Any]) -> bool:
    if not mail["verified"]:
        return False  # never served, whatever the scope
    if not context.public and EMAIL_SCOPE in context.caller.scopes:
        return True
    visibility = str(mail["visibility"])
    return reading_refusal(context, visibility, BIO_LIMITED, is_source=False) is None


def _email(person: Person, mail: dict[str, Any]) -> JSON:
    own = {
        "source-orcid": orcid_json(person.orcid),
        "source-client-id": None,
        "source-name": {"value": person.public_name} if person.public_name else None,
        "assertion-origin-orcid": None,
        "assertion-origin-client-id": None,
        "assertion-origin-name": None,
    }
    return {
        "created-date": _date(person.created),
        "last-modified-date": _date(person.created),
        "source": own,
        "email": mail["email"],
        "path": None,
        "visibility": mail["visibility"],
        "verified": mail["verified"],
        "primary": mail["primary"],
        "put-code": None,
    }


def _name(context: Context) -> JSON | None:
    person = context.person
    if reading_refusal(context, person.name_visibility, BIO_LIMITED, is_source=False) is not None:
        return None
    return {
        "created-date": _date(person.created),
        "last-modified-date": _date(person.created),
        "given-names": {"value": person.given},
        "family-name": {"value": person.family} if person.family else None,
        "credit-name": {"value": person.credit_name} if person.credit_name else None,
        "source": None,
        "visibility": person.name_visibility,
        "path": person.orcid,
    }


def _biography(context: Context) -> JSON | None:
    person = context.person
    if person.biography is None:
        return None
    visibility = person.biography_visibility
    if reading_refusal(context, visibility, BIO_LIMITED, is_source=False) is not None:
        return None
    return {
        "created-date": _date(person.created),
        "last-modified-date": _date(person.created),
        "content": person.biography,
        "visibility": visibility,
        "path": f"/{person.orcid}/biography",
    }


def _newest(parts: JSON) -> JSON | None:
    dates = [part["last-modified-date"] for part in parts.values() if part]
    return max((date for date in dates if date), key=lambda date: int(date["value"]), default=None)


def _date(milliseconds: int | None) -> JSON | None:
    return None if milliseconds is None else {"value": milliseconds}
