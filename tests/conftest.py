"""How much chance the property tests get: the same draws on every run in CI, fresh ones at home."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.proof", "tests.network"]

settings.register_profile("home", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("home"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "home")
