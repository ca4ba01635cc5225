"""How many of what: "6 fills, 2 reports"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.present import numbers as n
from trading.contract import Reader
from trading.domain.event import BatchCompleted, Event

NOUNS: Mapping[str, str] = {
    "alert_fired": "alert",
    "batch_refused": "refusal",
    "cycle_decided": "decision",
    "discrepancy_found": "difference",
    "exit_failed": "failed exit",
    "external_fill": "own trade",
    "external_flow": "account movement",
    "feed_stale": "feed problem",
    "job_failed": "failed job",
    "live_confirmed": "confirmation of LIVE",
    "order_in_doubt": "doubtful order",
    "protection_changed": "new stop or target",
    "report_due": "report",
    "run_ended": "end of run",
    "run_skipped": "skipped run",
    "setting_changed": "setting",
    "started": "start",
    "state_changed": "state change",
    "thesis_settled": "settled thesis",
    "venue_mode_changed": "exchange notice",
    "weekly_report_due": "weekly report",
}
"""By the event's stored name. What only changes a card, or takes back what another says, is not counted."""

_PLURALS = {
    "settled thesis": "settled theses",
    "new stop or target": "new stops or targets",
    "confirmation of LIVE": "confirmations of LIVE",
}


async def counts(events: Sequence[Event], desk: Reader) -> dict[str, int]:
    """How many of each, by its noun: fills first, as they move money."""
    found = {"fill": await _fills(events, desk)}
    for event in events:
        noun = NOUNS.get(event.kind)
        if noun:
            found[noun] = found.get(noun, 0) + 1
    return {noun: count for noun, count in found.items() if count}


def listed(found: Mapping[str, int], otherwise: int = 0) -> str:
    """ "6 fills, 2 reports"; where nothing was counted, `otherwise` "4 notices"."""
    words = ", ".join(n.counted(count, noun, _PLURALS.get(noun, "")) for noun, count in found.items() if count)
    return words or n.counted(otherwise, "notice")


async def _fills(events: Sequence[Event], desk: Reader) -> int:
    views = [await desk.batch(event.batch_id) for event in events if isinstance(event, BatchCompleted)]
    return sum(len(view.fills) for view in views if view is not None)
