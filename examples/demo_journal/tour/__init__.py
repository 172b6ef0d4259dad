"""The tour: the whole story played over real HTTP, with every step checked on the records."""

from .play import play

__all__ = ["play"]
