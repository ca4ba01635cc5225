"""Which adapters make which world: settings in, one assembled core and whatever drives it out.

Only this package and `trading/research` choose adapters; nothing above or below asks which world it is in.
"""

from trading.worlds.opening import open_world

__all__ = ["open_world"]
