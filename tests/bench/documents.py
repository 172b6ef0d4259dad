"""Large documents as the registry writes them, made by the simulator."""

from itertools import cycle

import httpx

from orcid_connect.simulator import Simulator
from tests.bench.served import new_work
from tests.registry.contents import CONTENTS

WORKS_IN_TEN = 7
"""Of ten items of the record; the others are of all kinds in turn."""
STEP = 100
"""Items added before the record is weighed again."""


async def large_record(size: int) -> bytes:
    """Return a whole record of at least so many bytes, with items of every kind."""
    simulator = Simulator()
    simulator.settings.max_works = size
    orcid = simulator.add_person("Ada", "Lovelace", biography="Engines.").orcid
    others = cycle(kind for kind in CONTENTS if kind not in ("work", "address"))
    transport = httpx.ASGITransport(app=simulator.app)
    body, number = b"", 0
    async with httpx.AsyncClient(transport=transport, base_url=simulator.base_url) as http:
        while len(body) < size:
            for _ in range(STEP):
                number += 1
                if number % 10 < WORKS_IN_TEN:
                    simulator.put_item(orcid, "work", new_work(f"10.5555/{number}"))
                else:
                    kind = next(others)
                    simulator.put_item(orcid, kind, CONTENTS[kind])
            path = f"/pub/v3.0/{orcid}/record"
            answer = await http.get(path, headers={"Accept": "application/json"})
            body = answer.raise_for_status().content
    simulator.close()
    return body
