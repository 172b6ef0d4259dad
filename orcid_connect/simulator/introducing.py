"""What `orcid-connect simulator` says at its start: who and what there is in its world."""

from typing import TextIO

from orcid_connect.simulator.simulator import Simulator

PEOPLE_PRINTED = 12


def introduce(simulator: Simulator, out: TextIO) -> None:
    """Say where everything is and who lives in this world."""
    base = simulator.base_url
    lines = [
        f"ORCID registry simulator (not orcid.org) at {base}",
        f"  Member API  {base}/api/v3.0      Public API  {base}/pub/v3.0",
        f"  journal     {base}/_control/journal/page",
        "Clients (id, secret):",
    ]
    lines += [
        f"  {client.client_id}  {client.client_secret}  {client.kind}: {client.name}"
        for client in simulator.world.clients
    ]
    lines.append("Redirect URIs (register another with --redirect-uri):")
    lines += [f"  {uri}" for uri in _redirect_uris(simulator)]
    lines.append("People (iD, e-mail, password):")
    everybody = list(simulator.world.people)
    lines += [
        f"  {person.orcid}  {person.email}  {person.password}  {person.real_name}"
        for person in everybody[:PEOPLE_PRINTED]
    ]
    if len(everybody) > PEOPLE_PRINTED:
        lines.append(f"  and {len(everybody) - PEOPLE_PRINTED} more")
    out.write("\n".join(lines) + "\nCtrl-C stops it.\n")
    out.flush()


def _redirect_uris(simulator: Simulator) -> list[str]:
    every = (uri for client in simulator.world.clients for uri in client.redirect_uris)
    return list(dict.fromkeys(every))
