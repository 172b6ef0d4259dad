"""Messages that ask a person for a permission, in the inbox of the record (REGISTRY 9.3)."""
