"""REGISTRY.md 9.3: permission messages of premium clients."""

from typing import Any

import pytest

from tests.conformance.bodies import Body, external_id
from tests.conformance.marks import row
from tests.conformance.world import Account, Client, Registry, refused

PATH = "/notification-permission"


def message(**members: Any) -> Body:
    """A message that asks for permission to add a work."""
    item = {"item-type": "work", "item-name": "Bees", "external-id": external_id()}
    return {
        "notification-type": "permission",
        "authorization-url": {"uri": "https://journal.example/allow"},
        "notification-subject": "Your article",
        "notification-intro": "May we add it?",
        "items": {"item": [item]},
        **members,
    }


def messenger(registry: Registry, ada: Account, client: Client | None = None) -> Account:
    """A premium client that may send messages to the record."""
    sender = client or registry.client("premium", extra_scopes=["/premium-notification"])
    token = registry.token(sender, None, "/premium-notification")
    return Account(registry, ada.person, sender, token)


@row("3.2", "/{orcid}/notification-permission GET", "/{orcid}/notification-permission POST")
@row("3.2", "/{orcid}/notification-permission/{id} GET")
@row("3.2", "/{orcid}/notification-permission/{id} DELETE")
def test_life_of_a_message(registry: Registry, ada: Account) -> None:
    """A message is sent, read, listed and archived, which answers with the message."""
    sender = messenger(registry, ada)
    answer = sender.post(PATH, message())
    assert (answer.status_code, answer.content) == (201, b"")
    start, _, number = answer.headers["location"].rpartition("/")
    assert start.endswith(f"/v3.0/{ada.person.orcid}{PATH}")
    stored = sender.read(f"{PATH}/{number}")
    assert stored["put-code"] == int(number)
    assert stored["notification-subject"] == "Your article"
    assert stored["items"]["item"][0]["item-name"] == "Bees"
    assert sender.get(PATH).status_code == 200
    assert "Your article" in sender.get(PATH).text
    answer = sender.delete(f"{PATH}/{number}")
    assert (answer.status_code, answer.json()["put-code"]) == (200, int(number))
    assert answer.json()["archived-date"] is not None


@row("3.2", "/{orcid}/notification-permission/{id} GET")
@row("3.2", "/{orcid}/notification-permission/{id} DELETE")
@row("5.1", "9004", "9010", "9029", "text of 9029", "text of 9010")
def test_messages_of_others(registry: Registry, ada: Account) -> None:
    """Another client's message is 403/9004 to read, 403/9010 to archive; none is 404/9029."""
    sender, other = messenger(registry, ada), messenger(registry, ada)
    path = f"{PATH}/{sender.add(PATH, message())}"
    refused(other.get(path), 403, 9004)
    assert "notification" in refused(other.delete(path), 403, 9010)
    assert sender.read(path)["archived-date"] is None
    for answer in (sender.get(f"{PATH}/99999999"), sender.delete(f"{PATH}/99999999")):
        text = refused(answer, 404, 9029)
        assert "99999999" in text
        assert ada.person.orcid in text


@row("3.2", "/{orcid}/notification-permission POST")
@row("5.1", "9006", "9020", "9023")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (message(**{"put-code": 3}), 9006),
        (message(**{"authorization-url": {"uri": "ht tp://["}}), 9020),
        (
            message(
                items={
                    "item": [
                        {
                            "item-type": "work",
                            "item-name": "B",
                            "external-id": external_id(kind="nonsense"),
                        }
                    ]
                }
            ),
            9023,
        ),
    ],
)
def test_messages_refused(body: Body, code: int, registry: Registry, ada: Account) -> None:
    """A put-code, a bad address and an unknown identifier type are refused; nothing is kept."""
    sender = messenger(registry, ada)
    before = sender.get(PATH).json()
    refused(sender.post(PATH, body), 400, code)
    assert sender.get(PATH).json() == before
