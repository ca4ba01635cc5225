"""Settings: what they are called, what they default to, what they allow, and how they are read.

Every setting is declared once, as a field; `.env.example` is written from the declarations, and a malformed
one is explained with them.
"""

from trading.settings.core import CoreSettings
from trading.settings.course import Course, day_start
from trading.settings.example import env_example
from trading.settings.kept import KEPT, keep_settings, kept_settings
from trading.settings.kinds import setting
from trading.settings.reading import SettingsReader

__all__ = [
    "KEPT",
    "CoreSettings",
    "Course",
    "SettingsReader",
    "day_start",
    "env_example",
    "keep_settings",
    "kept_settings",
    "setting",
]
