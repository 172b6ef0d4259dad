"""The local database: links, declarations, the ledger of deliveries, and sealed tokens.

Nothing in this room speaks to ORCID.
"""
