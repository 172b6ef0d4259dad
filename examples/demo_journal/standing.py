"""Where each person's delivery of an article or review stands, in a word and a sentence."""

from dataclasses import dataclass
from typing import Final, Literal

from orcid_connect import DeliveryNotice, OrcidConnect

from .settings import TENANT

_WORDS: Final = {
    "unsent": "Not sent",
    "waiting": "Waiting",
    "due": "On its way",
    "delivered": "On the record",
    "parked": "Needs a person",
    "declined": "Left alone",
    "withdrawn": "Taken off",
    "stranger": "No account",
}
_SENTENCES: Final = {
    "unsent": "Nothing is sent before it is published.",
    "waiting": "It waits until they connect their ORCID iD.",
    "due": "It is sent within seconds. Look again in a moment.",
    "delivered": "The record holds it as it reads here.",
    "parked": "Somebody has to look at this.",
    "declined": "It is not sent again unless the researcher asks.",
    "withdrawn": "The record does not hold it any more.",
    "stranger": "Not one of our users. A name or a typed iD is never enough to write on a record.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one delivery stands; `orcid` is the record it goes to, once that is known."""

    state: str
    sentence: str
    orcid: str | None = None

    @property
    def word(self) -> str:
        """The state in a word for people."""
        return _WORDS.get(self.state, self.state)


def plainly(state: str) -> Standing:
    """Return a standing with its usual sentence."""
    return Standing(state, _SENTENCES[state])


async def standings(
    orcid: OrcidConnect, kind: Literal["article", "review", "role"], key: str
) -> dict[str, Standing]:
    """Return how an article's, review's or role's deliveries stand, by account key."""
    return {
        one.person.removeprefix("key:"): _standing(one)
        for one in await orcid.deliveries(TENANT, key, kind)
        if one.person.startswith("key:")
    }


def _standing(delivery: DeliveryNotice) -> Standing:
    if delivery.state == "withdrawn" and delivery.orcid is None:
        return Standing("unsent", delivery.sentence or "It never was on a record.")
    sentence = delivery.sentence or _SENTENCES.get(delivery.state, "")
    return Standing(delivery.state, sentence, delivery.orcid)
