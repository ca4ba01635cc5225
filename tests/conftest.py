"""What every test runs under: chance, the network's guard, proofs, and who runs beside whom."""

import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.proof", "tests.network"]

# The same draws on every run in CI, fresh ones at home.
settings.register_profile("home", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("home"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "home")

_LONG = ("test_promise", "test_live", "test_crash", "test_recorded", "test_demo", "test_legal", "test_second")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays with one worker, as its tests share what they set up; proofs go one by one. Long ones go first."""
    for item in items:
        alone = item.path.name.startswith("test_promise")
        item.add_marker(pytest.mark.xdist_group(item.nodeid if alone else str(item.path)))
    items.sort(key=lambda item: not item.path.name.startswith(_LONG))
