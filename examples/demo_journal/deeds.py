"""What the buttons of the editor's pages do, and the sentence that each answers with."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from orcid_connect import OrcidConnectError, Receipt

from .office import NotPossible, Office

NOT_DECLARED = (
    "Kept here, but orcid_connect could not record it. Press “Declare again” when it works again."
)

Deed = Callable[[str, FormData], Awaitable[str]]


class Deeds:
    """All of them, by the word at the end of their form's address."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._to_manuscripts: Mapping[str, Deed] = {
            "accept": self._accept,
            "publish": self._publish,
            "correct": self._correct,
            "withdraw": self._withdraw,
            "retract": self._retract,
            "doi": self._register_doi,
            "declare": self._declare,
        }
        self._to_reviews: Mapping[str, Deed] = {"complete": self._complete}
        self._to_terms: Mapping[str, Deed] = {"begin": self._begin, "end": self._end}

    async def to_manuscript(self, deed: str, key: str, form: FormData) -> str:
        """Do something to a manuscript; raises HTTP 404 for what there is no button for."""
        return await _answer(self._to_manuscripts, deed, key, form)

    async def to_review(self, deed: str, key: str, form: FormData) -> str:
        """Do something to a review."""
        return await _answer(self._to_reviews, deed, key, form)

    async def to_term(self, deed: str, key: str, form: FormData) -> str:
        """Do something to somebody's term in an office."""
        return await _answer(self._to_terms, deed, key, form)

    async def _accept(self, key: str, _form: FormData) -> str:
        await self._office.accept(key)
        return "Accepted. Nobody outside the journal hears of it before it is published."

    async def _publish(self, key: str, _form: FormData) -> str:
        return f"Published. {_promise(await self._office.publish(key))}"

    async def _correct(self, key: str, form: FormData) -> str:
        title, abstract = str(form.get("title", "")), str(form.get("abstract", ""))
        receipt = await self._office.correct(key, title, abstract)
        return f"Corrected. {_promise(receipt)}" if receipt else "Nothing was different."

    async def _withdraw(self, key: str, form: FormData) -> str:
        await self._office.withdraw(key, str(form.get("reason", "")))
        return "Withdrawn. It is taken off every record it was put on."

    async def _retract(self, key: str, form: FormData) -> str:
        receipt = await self._office.retract(key, str(form.get("reason", "")))
        return f"Retracted, and a notice says so. {_promise(receipt)}"

    async def _register_doi(self, key: str, _form: FormData) -> str:
        return f"The DOI is registered. {_promise(await self._office.register_doi(key))}"

    async def _declare(self, key: str, _form: FormData) -> str:
        await self._office.declare(key)
        return "Declared again. What the records hold already is not sent a second time."

    async def _complete(self, key: str, _form: FormData) -> str:
        return f"The review is complete. {_promise(await self._office.complete_review(key))}"

    async def _begin(self, key: str, form: FormData) -> str:
        return f"The term has begun. {_promise(await self._office.begin_term(key, _day(form)))}"

    async def _end(self, key: str, form: FormData) -> str:
        return f"The term is over. {_promise(await self._office.end_term(key, _day(form)))}"


async def _answer(deeds: Mapping[str, Deed], deed: str, key: str, form: FormData) -> str:
    if deed not in deeds:
        raise HTTPException(404)
    try:
        return await deeds[deed](key, form)
    except NotPossible as refusal:
        return str(refusal)
    except OrcidConnectError:
        return NOT_DECLARED


def _day(form: FormData) -> date:
    try:
        return date.fromisoformat(str(form.get("day", "")))
    except ValueError:
        raise NotPossible("Give a day as 2026-05-09.") from None


def _promise(receipt: Receipt) -> str:
    """Say what happens next, from the receipt."""
    linked = sum(person.state == "linked" for person in receipt.people)
    waiting = sum(person.state == "waiting" for person in receipt.people)
    parts = []
    if linked:
        parts.append(f"{_people(linked)} will see it on their ORCID record within seconds.")
    if waiting:
        parts.append(f"For {_people(waiting).lower()} it waits until they connect an ORCID iD.")
    return " ".join(parts) or receipt.sentence


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"
