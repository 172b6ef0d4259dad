"""DESIGN 6.5 and issue 3 item 7: `/_control`, the journal, the world, and where it is kept."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from orcid_connect.simulator import Person, SeedError, SimClock, Simulator, serving
from orcid_connect.simulator.introducing import introduce
from tests.simulator import bodies
from tests.simulator.callers import CALLBACK, EVERYTHING, Caller

pytestmark = pytest.mark.anyio
DEMO = "APP-DEMOJOURNAL00001"


async def post(http: httpx.AsyncClient, door: str, **body: Any) -> Any:
    """POST to `/_control`; it must agree."""
    answer = await http.post(f"/_control/{door}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_whole_world_over_http(http: httpx.AsyncClient) -> None:
    """People, clients, tokens, codes and items are made over HTTP alone."""
    person = await post(http, "people", given="Bea", family="Brown", password="bees-bees")
    orcid = person["orcid"]
    assert orcid.startswith("8888-")
    client = await post(http, "clients", kind="member", name="C", redirect_uris=[CALLBACK])
    given = await post(
        http, "tokens", client_id=client["client_id"], orcid=orcid, scope="/activities/update"
    )
    caller = Caller(http, given["access_token"], orcid)
    code = await caller.created("/work", bodies.work())
    made = await post(http, "items", orcid=orcid, kind="keyword", item={"content": "bees"})
    found = (await http.get(f"/_control/records/{orcid}")).json()["items"]
    assert found["work"][0]["put-code"] == code
    assert found["keyword"][0]["put-code"] == made["put_code"]
    grant = await post(
        http,
        "codes",
        client_id=client["client_id"],
        orcid=orcid,
        scope="openid",
        redirect_uri=CALLBACK,
    )
    form = {
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        "grant_type": "authorization_code",
        "code": grant["code"],
        "redirect_uri": CALLBACK,
    }
    assert (await http.post("/oauth/token", data=form)).json()["orcid"] == orcid
    listed = (await http.get("/_control/people")).json()["people"]
    assert listed[-1]["password"] == "bees-bees"
    body = json.dumps({"orcid": orcid, "put_code": code})
    assert (await http.request("DELETE", "/_control/items", content=body)).status_code == 200
    assert (await caller.get(f"/work/{code}")).status_code == 404


async def test_changing_people_and_revoking(http: httpx.AsyncClient, member: Caller) -> None:
    """States, names and permissions change over HTTP."""
    orcid = member.orcid
    shown = await post(http, f"people/{orcid}", credit_name="A. L.", name_visibility="public")
    assert shown["state"] == "active"
    assert (await member.get("/person")).json()["name"]["credit-name"]["value"] == "A. L."
    assert (await post(http, f"people/{orcid}", state="locked"))["state"] == "locked"
    assert (await member.get("/works")).json()["error-code"] == 9018
    await post(http, f"people/{orcid}", state="active")
    body = json.dumps({"access_token": member.token, "reason": "USER_REVOKED"})
    revoked = await http.request("DELETE", "/_control/tokens", content=body)
    assert revoked.json() == {"revoked": 1}
    assert (await member.get("/works")).status_code == 401


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("people", {}),
        ("people", {"given": "X", "orcid": "8888-0000-0000-0000"}),
        ("people", {"given": "X", "default_visibility": "everybody"}),
        ("people/8888-0000-0000-1008", {"state": "asleep"}),
        ("people/8888-0000-0000-1008", {"state": "deprecated"}),
        ("people/8888-0000-0000-1008", {"shoe_size": 4}),
        ("people/8888-9999-9999-9999", {"given": "X"}),
        ("clients", {"kind": "giant"}),
        ("clients", {"kind": "member", "client_id": DEMO}),
        ("clients", {"kind": "member", "client_id": "short"}),
        ("tokens", {"client_id": "APP-0000000000000000", "orcid": None, "scope": "x"}),
        ("tokens", {"client_id": DEMO}),
        ("items", {"orcid": "8888-0000-0000-1008", "kind": "work", "item": {}}),
        ("organizations", {"known": "some"}),
        ("settings", {"volume": 11}),
        ("restore", {}),
        ("clock", {"set": "noon"}),
    ],
)
async def test_control_refuses_with_a_sentence(
    http: httpx.AsyncClient, door: str, body: dict[str, Any]
) -> None:
    """What cannot be is a 400 with one sentence, and no traceback."""
    answer = await http.post(f"/_control/{door}", json=body)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


async def test_control_knows_no_other_doors(http: httpx.AsyncClient) -> None:
    """An unknown door is 404; a body that is no object 400."""
    assert (await http.get("/_control/nonsense")).status_code == 404
    assert (await http.post("/_control/people", content="[]")).status_code == 400
    assert (await http.post("/_control/people", content="{")).status_code == 400


async def test_organisations_and_journals(http: httpx.AsyncClient, member: Caller) -> None:
    """The tables are extended and switched over HTTP."""
    unknown = bodies.organization()
    unknown["disambiguated-organization"]["disambiguated-organization-identifier"] = "X-1"
    body = {"organization": unknown}
    assert (await member.post("/employment", body)).json()["error-code"] == 9045
    await post(http, "organizations", identifier="X-1", source="ROR", name="X")
    assert (await member.post("/employment", body)).status_code == 201
    await post(http, "organizations", known="none")
    assert (await member.post("/employment", body)).json()["error-code"] == 9045
    await post(http, "organizations", known="all")
    assert (await member.post("/employment", body)).status_code == 201
    listed = (await http.get("/_control/organizations")).json()
    assert listed["known"] == "all"
    await post(http, "issns", issns=[{"issn": "9999-9994", "title": "Nines"}])
    review = bodies.review("r1", "issn:9999-9994")
    assert (await member.post("/peer-review", review)).status_code == 201
    issns = (await http.get("/_control/issns")).json()["issns"]
    assert {"issn": "9999-9994", "title": "Nines"} in issns


async def test_the_clock(sim: Simulator, http: httpx.AsyncClient) -> None:
    """The clock is read, moved, set, frozen and released over HTTP."""
    before = (await http.get("/_control/clock")).json()
    assert before["frozen"] is True
    moved = await post(http, "clock", move=3600)
    assert moved["now"] == before["now"] + 3600
    assert (await post(http, "clock", set=1_800_000_000))["now"] == 1_800_000_000
    assert (await post(http, "clock", freeze=False))["frozen"] is False
    assert sim.clock.now() >= 1_800_000_000


async def test_the_journal(sim: Simulator, http: httpx.AsyncClient, member: Caller) -> None:
    """Every request is noted with what was decided and why; secrets are left out."""
    code = await member.created("/work", bodies.work())
    await member.post("/work", bodies.work())
    await http.get(f"/api/v3.0/{member.orcid}/works?access_token={member.token}")
    entries = (await http.get("/_control/journal")).json()["entries"]
    assert [entry["status"] for entry in entries] == [201, 409, 406]
    assert entries[0]["sent"]["type"] == "journal-article"
    assert entries[0]["decision"] == f"created work, put-code {code}, public"
    assert entries[1]["decision"] == f"refused: 9021, clashes with put-code {code}"
    assert entries[1]["client_id"]
    assert entries[1]["orcid"] == member.orcid
    assert member.token not in json.dumps(entries)
    later = (await http.get("/_control/journal?after=2")).json()["entries"]
    assert [entry["number"] for entry in later] == [3]
    shown = await http.get("/_control/journal/page")
    assert "clashes with put-code" in shown.text
    await http.delete("/_control/journal")
    assert sim.journal() == []


async def test_secrets(sim: Simulator, http: httpx.AsyncClient, member: Caller) -> None:
    """Every token, code, client secret and e-mail address is listed, reset or not."""
    code = sim.grant(DEMO, member.orcid, "openid", CALLBACK)
    refresh = sim.world.tokens[member.token].refresh
    await post(http, "reset")
    found = set((await http.get("/_control/secrets")).json()["secrets"])
    expected = {member.token, code, refresh, "demo-journal-secret-not-for-production"}
    assert expected <= found
    assert "ada.lovelace@people.example.org" in found


async def test_reset(sim: Simulator, http: httpx.AsyncClient, member: Caller) -> None:
    """A reset brings the seeded world back and forgets faults and journal."""
    sim.add_fault("html", path="/api/*")
    sim.clock.move(10)
    await member.get("/works")
    keys = (await http.get("/oauth/jwks")).json()
    await post(http, "reset")
    assert member.orcid not in {person.orcid for person in sim.world.people}
    assert sim.world.clients.get(DEMO) is not None
    assert sim.journal() == []
    assert (await member.get("/works")).status_code == 401
    assert (await http.get("/oauth/jwks")).json() == keys


async def test_snapshot_and_restore(
    sim: Simulator, http: httpx.AsyncClient, member: Caller
) -> None:
    """A snapshot holds everything; restoring brings tokens, items and clashes back."""
    code = await member.created("/work", bodies.work())
    snapshot = (await http.get("/_control/snapshot")).json()
    await member.delete(f"/work/{code}")
    await member.created("/work", bodies.work("10.5555/later"))
    answer = await http.post("/_control/restore", json=snapshot)
    assert answer.status_code == 200, answer.text
    assert (await member.get(f"/work/{code}")).status_code == 200
    again = await member.post("/work", bodies.work())
    assert f"put-code {code}." in again.json()["developer-message"]
    assert (await member.post("/work", bodies.work("10.5555/later"))).status_code == 201
    elsewhere = Simulator(clock=SimClock(0, frozen=True))
    elsewhere.restore(snapshot)
    assert [each["put-code"] for each in elsewhere.items(member.orcid, "work")] == [code]


async def test_settings(sim: Simulator, http: httpx.AsyncClient) -> None:
    """Switches are read and set over HTTP."""
    assert (await http.get("/_control/settings")).json()["rate"] is False
    assert (await post(http, "settings", rate=True, latency=0.0))["rate"] is True
    assert sim.settings.rate is True


# --- where the world is kept -----------------------------------------------------------------


async def ask(sim: Simulator, method: str, path: str, token: str, **options: Any) -> httpx.Response:
    """Send one request to a simulator in-process."""
    transport = httpx.ASGITransport(app=sim.app)
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    async with httpx.AsyncClient(transport=transport, base_url=sim.base_url) as http:
        return await http.request(method, path, headers=headers, **options)


async def test_a_database_keeps_everything(tmp_path: Path) -> None:
    """Opened again, the file gives back people, tokens, items, groups, faults of time and keys."""
    path = tmp_path / "world.sqlite"
    sim = Simulator(database=path, clock=SimClock(1_750_000_000, frozen=True))
    ada = sim.add_person("Ada")
    token = sim.issue_token(DEMO, ada.orcid, EVERYTHING)
    url = f"/api/v3.0/{ada.orcid}"
    for kind, body in (("work", bodies.work()), ("peer-review", bodies.review())):
        assert (await ask(sim, "POST", f"{url}/{kind}", token, json=body)).status_code == 201
    keys = sim.keys.public()
    sim.clock.move(1000)
    sim.close()
    again = Simulator(database=path)
    assert again.keys.public() == keys
    assert again.clock.now() == 1_750_001_000
    clash = await ask(again, "POST", f"{url}/work", token, json=bodies.work())
    assert clash.json()["error-code"] == 9021
    changed = bodies.review("r1") | {"put-code": 0}
    changed["put-code"] = again.items(ada.orcid, "peer-review")[0]["put-code"]
    path_of_review = f"{url}/peer-review/{changed['put-code']}"
    updated = await ask(again, "PUT", path_of_review, token, json=changed)
    assert updated.status_code == 200, updated.text
    fresh = await ask(again, "POST", f"{url}/work", token, json=bodies.work("10.5555/new"))
    code = int(fresh.headers["location"].rsplit("/", 1)[1])
    assert code > changed["put-code"]
    again.close()


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Any]:
    """Start the simulator's command on a free port; every process ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], str]:
        words = ["simulator", "--port", "0", "--database", str(tmp_path / "world.sqlite")]
        process = subprocess.Popen(
            [sys.executable, "-c", "from orcid_connect.cli import main; main()", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        first = process.stdout.readline()
        base_url = first.rsplit(" ", 1)[1].strip()
        while process.stdout.readline() not in {"Ctrl-C stops it.\n", ""}:
            pass
        return process, base_url

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


async def reached(http: httpx.AsyncClient) -> None:
    """Wait until the server answers, ten seconds at most."""
    transport = httpx.AsyncHTTPTransport(retries=20)
    async with httpx.AsyncClient(
        base_url=http.base_url, transport=transport, trust_env=False
    ) as patient:
        answer = await patient.get("/_control/clock", timeout=10)
    assert answer.status_code == 200


async def test_what_was_confirmed_survives_kill_9(command: Any) -> None:
    """A work whose 201 was seen is there after the simulator was killed and started again."""
    process, base_url = command()
    async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
        await reached(http)
        orcid = (await post(http, "people", given="Bea"))["orcid"]
        token = await post(http, "tokens", client_id=DEMO, orcid=orcid, scope=EVERYTHING)
        caller = Caller(http, token["access_token"], orcid)
        codes = [await caller.created("/work", bodies.work(f"10.5555/{n}")) for n in range(20)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    _, base_url = command()
    async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
        await reached(http)
        caller = Caller(http, token["access_token"], orcid)
        found = (await caller.get("/works")).json()["group"]
        assert sorted(group["work-summary"][0]["put-code"] for group in found) == codes
        assert (await caller.post("/work", bodies.work("10.5555/7"))).status_code == 409


async def test_ctrl_c_stops_the_command_quietly(command: Any) -> None:
    """On an interrupt the command ends with 0 and says nothing on stderr."""
    process, base_url = command()
    async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
        await reached(http)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


async def test_the_command_introduces_the_world(
    sim: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Addresses, clients with secrets and people with passwords are printed at start."""
    introduce(sim, sys.stdout)
    text = capsys.readouterr().out
    for expected in (
        sim.base_url,
        DEMO,
        "demo-journal-secret",
        "8888-0000-0000-1008",
        "orcid-demo",
    ):
        assert expected in text


async def test_serving_on_a_free_port(sim: Simulator, ada: Person) -> None:
    """`serving` sets the base URL, answers over TCP, and its Date follows the simulated clock."""
    async with serving(sim) as base_url:
        assert sim.base_url == base_url
        async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
            answer = await http.get("/.well-known/openid-configuration")
    assert answer.json()["issuer"] == base_url
    assert answer.headers["date"] == "Sun, 15 Jun 2025 15:06:40 GMT"
    assert "server" not in answer.headers


async def test_a_seed_of_ones_own(tmp_path: Path) -> None:
    """A TOML file decides who lives in the world; a mistake in it is named."""
    seed = tmp_path / "seed.toml"
    seed.write_text(
        '[known]\norganizations = "all"\n[[people]]\ngiven = "Solo"\n'
        '[[people.items]]\nkind = "keyword"\ncontent = "alone"\n'
    )
    sim = Simulator(seed=seed)
    (person,) = sim.world.people
    assert [item["content"] for item in sim.items(person.orcid)] == ["alone"]
    assert len(sim.world.clients) == 0
    for text in (
        "[[people",
        '[[people]]\nfamily = "Nameless"\n',
        '[[clients]]\nname = "No kind"\n',
    ):
        seed.write_text(text)
        with pytest.raises(SeedError):
            Simulator(seed=seed)
    with pytest.raises(SeedError):
        Simulator(seed=tmp_path / "missing.toml")
