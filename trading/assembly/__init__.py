"""The composition root of the core: given the adapters of one world, assemble everything by hand, once."""

from trading.assembly.core import assemble

__all__ = ["assemble"]
