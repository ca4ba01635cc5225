"""Proofs of promises: a test says which promise it proved and over how many cases; the run ends with the table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

PROMISES = {
    1: "killed at any instant, no order is sent twice",
    2: "and none is forgotten",
    3: "unknown is never failed",
    4: "no resend before absence is proved",
    5: "the ledger conserves value",
    6: "ledger equals venue",
    7: "each fill counts once, in any order",
    8: "the owner's manual orders are untouched",
    9: "a stop fires once, or alarms",
    10: "a stale price never trades",
    11: "clock faults are harmless",
    12: "PAPER cannot reach a private endpoint",
    13: "LIVE needs three acts",
    14: "sizes are legal, dust is told",
    15: "limits of the venue are kept",
    16: "a key that can withdraw is refused for LIVE",
    17: "an approved press executes once",
    18: "the wrong person, chat or message is refused",
    19: "expired never executes",
    20: "a restart keeps or expires, never approves",
    21: "a changed price asks again",
    22: "a late or repeated command acts at most once",
    23: "decisions survive a chat outage, no notice is lost",
    24: "the switches work while the model hangs",
    25: "silent polling heals",
    26: "a second instance refuses to start",
    27: "the event loop never blocks",
    28: "transactions do not interleave",
    29: "a full disk or a corrupt file stops orders",
    30: "scheduled work runs once per local day",
    31: "missed runs follow their policy",
    33: "no secret in any output",
    34: "a model cannot trade, approve or widen a limit",
    35: "bad model output means no trade",
    37: "text cannot inject",
    38: "every number in an answer is true",
}

Proof = Callable[..., None]
_PROVED = "promise"
_BEGUN = "promise test"


@pytest.fixture
def proof(request: pytest.FixtureRequest, record_property: Callable[[str, Any], None]) -> Iterator[Proof]:
    """`proof(5, cases=5000)`: promise 5 held in 5,000 cases. Call it after they ran."""
    record_property(_BEGUN, request.node.nodeid)
    proved: list[int] = []

    def record(number: int, cases: int, violations: int = 0) -> None:
        assert number in PROMISES, f"there is no promise {number}"
        proved.append(number)
        record_property(_PROVED, [number, cases, violations])
        assert not violations, f"promise {number} was broken in {violations} of {cases} cases"

    yield record


@pytest.fixture
def scale() -> int:
    """How many times the usual number of cases: 1 on every change, more for long runs (PURSER_SOAK)."""
    return int(os.environ.get("PURSER_SOAK") or 1)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: takes minutes; runs with `make soak` only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    is_due = _is_long if os.environ.get("PURSER_SOAK") else _is_short
    config.hook.pytest_deselected(items=[item for item in items if not is_due(item)])
    items[:] = [item for item in items if is_due(item)]


def _is_short(item: pytest.Item) -> bool:
    return item.get_closest_marker("soak") is None


def _is_long(item: pytest.Item) -> bool:
    """What scales runs longer; what does not would only run again."""
    return item.get_closest_marker("soak") is not None or "scale" in getattr(item, "fixturenames", ())


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print promise, cases and violations; tests that set out to prove one and did not are named."""
    cases: dict[int, int] = {}
    broken: dict[int, int] = {}
    unproved: list[str] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if getattr(report, "when", "") != "call":
                continue
            told = [value for name, value in report.user_properties if name == _PROVED]
            for number, count, violations in told:
                cases[number] = cases.get(number, 0) + count
                broken[number] = broken.get(number, 0) + violations
            if report.failed:
                unproved += [node for name, node in report.user_properties if name == _BEGUN]
    if not cases and not unproved:
        return
    terminalreporter.section("promises")
    terminalreporter.write_line(f"{'promise':<55}{'cases':>9}{'violations':>12}")
    for number in sorted(cases):
        terminalreporter.write_line(f"{number:>2} {PROMISES[number]:<52}{cases[number]:>9,}{broken[number]:>12}")
    for node in unproved:
        terminalreporter.write_line(f"not proved: {node}")
