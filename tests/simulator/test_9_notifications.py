"""REGISTRY 9.3: permission messages in a person's inbox."""

from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, Simulator
from tests.simulator.bodies import identifier
from tests.simulator.callers import Caller, code_of

pytestmark = pytest.mark.anyio
PATH = "/notification-permission"
EXTRA = {"extra_scopes": ["/premium-notification"]}


@pytest.fixture
def press(sim: Simulator, http: httpx.AsyncClient, ada: Person) -> Caller:
    """A premium client that may write to inboxes."""
    client = sim.add_client("premium", "A press", [], **EXTRA)
    token = sim.issue_token(client.client_id, None, "/premium-notification")
    return Caller(http, token, ada.orcid)


def message(**members: Any) -> dict[str, Any]:
    """A small message."""
    item = {"item-type": "work", "item-name": "A paper", "external-id": identifier("10.5555/n")}
    whole = {
        "notification-type": "permission",
        "authorization-url": {"uri": "https://press.example/connect?x=1"},
        "notification-subject": "Your paper",
        "notification-intro": "May we add it?",
        "items": {"item": [item]},
    }
    return whole | members


async def test_send_list_read_archive(sim: Simulator, press: Caller) -> None:
    """A message is sent, listed, read by its sender and archived."""
    answer = await press.post(PATH, message())
    assert (answer.status_code, answer.content) == (201, b"")
    location = answer.headers["location"]
    assert location.startswith(f"{sim.base_url}/api/v3.0/{press.orcid}{PATH}/")
    code = int(location.rsplit("/", 1)[1])
    listed = (await press.get(PATH)).json()["notification"]
    assert [one["put-code"] for one in listed] == [code]
    read = (await press.get(f"{PATH}/{code}")).json()
    assert read["authorization-url"]["host"] == "press.example"
    assert read["archived-date"] is None
    archived = await press.delete(f"{PATH}/{code}")
    assert archived.status_code == 200
    assert archived.json()["archived-date"] == sim.clock.milliseconds()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"put-code": 7}, (400, 9006)),
        ({"authorization-url": {"uri": "no address"}}, (400, 9020)),
        ({"notification-type": "custom"}, (400, 9047)),
        ({"notification-intro": "x" * 1001}, (400, 9047)),
        ({"items": {"item": []}}, (400, 9047)),
        ({"items": {"item": [{"item-type": "poem", "item-name": "n"}]}}, (400, 9047)),
        (
            {
                "items": {
                    "item": [
                        {
                            "item-type": "work",
                            "item-name": "n",
                            "external-id": identifier("v", "no-such-type"),
                        }
                    ]
                }
            },
            (400, 9023),
        ),
    ],
)
async def test_refusals(press: Caller, members: dict[str, Any], expected: tuple[int, int]) -> None:
    """What is no message is refused with the registry's number."""
    assert code_of(await press.post(PATH, message(**members))) == expected


async def test_path_instead_of_address(sim: Simulator, press: Caller) -> None:
    """A path alone is one on the registry's own site."""
    authorization = {"path": "/oauth/authorize?client_id=x"}
    answer = await press.post(PATH, message(**{"authorization-url": authorization}))
    read = await press.http.get(
        answer.headers["location"],
        headers={"accept": "application/json", "authorization": f"Bearer {press.token}"},
    )
    assert read.json()["authorization-url"]["uri"] == sim.base_url + authorization["path"]


async def test_read_by_the_person(sim: Simulator, press: Caller) -> None:
    """What the person has read cannot be archived any more."""
    code = await press.created(PATH, message())
    sim.read_notification(code)
    assert code_of(await press.delete(f"{PATH}/{code}")) == (403, 9009)


async def test_strangers(sim: Simulator, press: Caller, member: Caller) -> None:
    """Other clients see and archive nothing; without the scope there is no inbox."""
    code = await press.created(PATH, message())
    other = sim.add_client("premium", "Other press", [], **EXTRA)
    token = sim.issue_token(other.client_id, None, "/premium-notification")
    stranger = Caller(press.http, token, press.orcid)
    assert (await stranger.get(PATH)).json() == {"notification": []}
    assert code_of(await stranger.get(f"{PATH}/{code}")) == (403, 9004)
    assert code_of(await stranger.delete(f"{PATH}/{code}")) == (403, 9010)
    assert code_of(await press.get(f"{PATH}/999")) == (404, 9029)
    assert code_of(await member.post(PATH, message())) == (403, 9038)


async def test_snapshot(sim: Simulator, press: Caller) -> None:
    """Messages are part of a snapshot."""
    code = await press.created(PATH, message())
    kept = sim.snapshot()
    sim.reset()
    assert code not in sim.world.notifications
    sim.restore(kept)
    assert sim.world.notifications[code].message["notification-subject"] == "Your paper"
