"""The doors: pages, JSON and fragments over HTTP, thin above the journeys."""
