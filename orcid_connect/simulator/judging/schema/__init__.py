"""The declared schema of every kind: which fields it has, how each is read, what its XSD asks."""
