"""Migrations of the local database, applied in order and under a lock; they keep data."""
