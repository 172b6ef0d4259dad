"""The validators of the registry: what it asks beyond the schema, kind by kind, in its order."""
