"""What every test runs under: chance, the network's guard, proofs, and who runs beside whom."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

pytest_plugins = ["tests.proof", "tests.network", "tests.logging_state"]

# The same draws on every run in CI, fresh ones at home.
settings.register_profile("home", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("home"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "home")

_LONG = ("test_promise", "test_live", "test_crash", "test_recorded", "test_demo", "test_legal", "test_second")


class ProofsOneByOne(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests stay with one worker, as they share what they set up; long proofs share nothing and are spread."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return nodeid if "/test_promise" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ProofsOneByOne:
    return ProofsOneByOne(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first: a worker that begins one last keeps everybody waiting."""
    items.sort(key=lambda item: not item.path.name.startswith(_LONG))
