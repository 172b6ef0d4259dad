"""The way to ORCID: transport, OAuth, Member API. Nothing in this room knows the database."""
