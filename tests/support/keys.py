"""Keys that are good enough for tests and for nothing else."""

SECRET_KEY = "a key for tests only, of 32 characters or more"
