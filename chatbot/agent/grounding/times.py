"""Whether a figure is of the time that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chatbot.agent.grounding.figures import Figure, Figures, Measure, Unit
from trading.contract import Window

_A_MINUTE, _AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
_DAY = re.compile(
    r"(?:since |on )?(?:(?P<day>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<month>[a-z]{3})[a-z]*"
    r"|(?P<month_first>[a-z]{3})[a-z]* (?P<day_last>\d{1,2})(?:st|nd|rd|th)?)(?: (?P<year>20\d\d))?"
)
_LAST_DAY = re.compile(r"(?:last |past |the |in )*24 ?h(?:ours?)?")
_AT_ONCE = frozenset({"today", "now"})
_LONGER = frozenset({Measure.GAIN, Measure.START, Measure.BOUGHT, Measure.SOLD})
Resolve = Callable[[str], Window | None]


class Times:
    """Compares spans in words with those of figures; `resolve` is the reader's, `zone` the people's."""

    def __init__(self, figures: Figures, resolve: Resolve, zone: ZoneInfo) -> None:
        self._figures = figures
        # An answer is checked against one instant: the same words mean the same time all the while.
        self._resolve = cache(resolve)
        self._zone = zone

    def fits(self, figure: Figure, spans: Sequence[str]) -> bool:
        """Whether `figure` is of every one of `spans`."""
        return all(self._fits(figure, words) for words in spans)

    def of_clock(self, clock: str, moment: datetime) -> bool:
        """Whether `moment` is at "07:00" on the people's clock."""
        return f"{moment.astimezone(self._zone):%H:%M}" == clock.rjust(5, "0")

    def one_span(self, figures: Iterable[Figure]) -> bool:
        """Whether all of `figures` are of one time, so that it need not be named."""
        spans = [figure.span for figure in figures if figure.span is not None]
        first = spans[0] if spans else None
        return first is None or all(
            abs(span.start - first.start) <= _A_MINUTE and abs(span.end - first.end) <= _AN_HOUR for span in spans
        )

    def _fits(self, figure: Figure, words: str) -> bool:
        if figure.unit is Unit.MOMENT and figure.moment is not None and not figure.event:
            return self._is_day(words, figure.moment)
        if figure.event:
            return self._has_event(figure, words)
        if figure.span is None:
            return words in _AT_ONCE and figure.measure not in _LONGER
        if "24 h" in figure.span.label:
            return _LAST_DAY.fullmatch(words) is not None
        window = self._resolve(words)
        return window is not None and self._same(figure, window)

    def _same(self, figure: Figure, window: Window) -> bool:
        assert figure.span is not None
        starts = abs(window.start - figure.span.start) <= _A_MINUTE
        return starts and abs(window.end - figure.span.end) <= _AN_HOUR

    def _has_event(self, figure: Figure, words: str) -> bool:
        moments = (other.moment for other in self._figures if other.event == figure.event and other.moment)
        window = self._resolve(words)
        # A window ends now, and what happened now is in it.
        return window is not None and any(window.start <= moment <= window.end for moment in moments)

    def _is_day(self, words: str, moment: datetime) -> bool:
        found = _DAY.fullmatch(words)
        if found is None:
            return False
        local = moment.astimezone(self._zone)
        day, month = int(found["day"] or found["day_last"]), found["month"] or found["month_first"]
        same = local.day == day and f"{local:%b}".lower() == month
        return same and (found["year"] is None or local.year == int(found["year"]))
