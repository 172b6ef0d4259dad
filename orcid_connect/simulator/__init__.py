"""A simulator of the ORCID registry: OAuth, Member and Public API v3.0, and `/_control`."""

from orcid_connect.simulator.clock import SimClock
from orcid_connect.simulator.entities import Client, Person
from orcid_connect.simulator.seeding import SeedError
from orcid_connect.simulator.serving import serving
from orcid_connect.simulator.simulator import Simulator

__all__ = ["Client", "Person", "SeedError", "SimClock", "Simulator", "serving"]
