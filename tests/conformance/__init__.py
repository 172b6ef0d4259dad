"""The registry as REGISTRY.md describes it, asked over HTTP alone."""
