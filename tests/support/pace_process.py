"""A process that sends requests as fast as its turns allow, for as long as it is told.

The order comes as one line of JSON when all processes are ready; the answer is one line, too.
"""

import asyncio
import json
import sys
from pathlib import Path
from time import time
from typing import Any


async def send(order: dict[str, Any]) -> dict[str, int]:
    """Send until the time is over; count what went well after the start, and what was refused."""
    from pydantic import SecretStr

    from orcid_connect import Settings
    from orcid_connect.errors import RateLimited, RegistryDown
    from orcid_connect.plugins import Plugins
    from orcid_connect.services import Services

    services = await Services.open(Settings(**order["settings"]), Plugins())
    api = services.member_api(services.settings.credentials[0])
    token = SecretStr(order["token"])
    print("ready", flush=True)
    counted_from = float(await asyncio.to_thread(sys.stdin.readline))
    ends = counted_from + order["seconds"]
    counts = {"all": 0, "counted": 0, "refused": 0}

    async def one_after_the_other() -> None:
        while time() < ends:
            try:
                await api.items(order["orcid"], "work", token=token)
            except (RateLimited, RegistryDown):
                counts["refused"] += 1
            counts["all"] += 1
            counts["counted"] += counted_from <= time() <= ends

    await asyncio.gather(*(one_after_the_other() for _ in range(order["connections"])))
    await services.close()
    return counts


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    print(json.dumps(asyncio.run(send(json.loads(sys.argv[1])))), flush=True)
