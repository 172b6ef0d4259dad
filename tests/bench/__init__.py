"""Benchmarks: `python -m tests.bench [NAME ...]` measures and prints; nothing is asserted."""
