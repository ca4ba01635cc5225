"""Figures as people read them: signed, with their unit, rounded only here.

None is unknown and is shown as "unknown", never as 0. A minus is a true minus sign (U+2212).
Fractions become percentages (0.05 is "+5.00 %") or, for a gap between two returns, points.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from math import isfinite
from typing import TypeGuard
from zoneinfo import ZoneInfo

from trading.domain.market import Instrument

UNKNOWN = "unknown"
MINUS = "\u2212"
_COIN_PLACES = {"BTC": 8, "ETH": 6}
_CENT_PLACES = 2
_EXACT_PLACES = 8
_EXACT = Context(prec=60)


def money(amount: Decimal | None, currency: str) -> str:
    """ "$10,482.15", "10,482.15 USDT"; between zero and the smallest unit "< $0.01"."""
    return _money(amount, currency, plus="")


def signed_money(amount: Decimal | None, currency: str) -> str:
    """ "+$31.20", "\u2212$31.20"; zero has no sign."""
    return _money(amount, currency, plus="+")


def whole_money(amount: Decimal | None, currency: str) -> str:
    """ "$4,361": for tables, where cents carry no meaning. Amounts below 100 keep theirs."""
    if amount is None or abs(amount) < 100:
        return money(amount, currency)
    return _sign(amount, "") + _with_currency(_grouped(abs(amount), 0), currency)


def exact(value: Decimal, plus: str = "") -> str:
    """All digits up to the eighth decimal: "0.012", "−1,250.5"; `plus` goes before what is above zero."""
    rounded = _rounded(abs(value), _EXACT_PLACES)
    if value and not rounded:
        return f"< {Decimal(1).scaleb(-_EXACT_PLACES):f}"
    return _sign(value, plus) + _trimmed(f"{rounded:,f}", 0)


def amount(value: Decimal, currency: str, quote: str) -> str:
    """Money of the portfolio's own currency to the cent, any other exactly: "$4.24", "0.0000041 BTC"."""
    return money(value, quote) if currency == quote else f"{exact(value)} {currency}"


def percent(fraction: Decimal | float | None, places: int = 2) -> str:
    """A change: "+4.82 %"; zero has no sign."""
    return _scaled(fraction, places, " %")


def share(fraction: Decimal | float | None, places: int = 1) -> str:
    """A part of a whole: "41.6 %", without a plus."""
    return percent(fraction, places).removeprefix("+")


def points(fraction: Decimal | float | None) -> str:
    """A gap between two percentages: "+1.9 pts"."""
    return _scaled(fraction, 1, " pts")


def figure(value: Decimal | float | None, places: int = 2) -> str:
    """A plain number such as a Sharpe ratio: "1.24", "\u22120.30"."""
    if not _known(value):
        return UNKNOWN
    rounded = _rounded(_decimal(value), places)
    return _sign(rounded, "") + f"{abs(rounded):,f}"


def quantity(value: Decimal | None, instrument: Instrument) -> str:
    """Base units by the lot step, rounded down; zeros beyond the fourth decimal are dropped."""
    if value is None:
        return UNKNOWN
    if not value:
        return "0"
    places = decimals(instrument.lot_step)
    rounded = abs(value).quantize(Decimal(1).scaleb(-places), ROUND_DOWN, _EXACT)
    if not rounded:
        return f"< {instrument.lot_step.normalize():f}"
    return _sign(value, "") + _trimmed(f"{rounded:,f}", min(places, 4))


def short_quantity(value: Decimal | None, instrument: Instrument) -> str:
    """:func:`quantity` in about eight characters, for cards; trade lists tell it exactly."""
    exact = quantity(value, instrument)
    head, _, tail = exact.partition(".")
    tail = tail[: max(0, 7 - len(head))]
    short = f"{head}.{tail}" if tail else head
    return exact if len(exact) <= 8 or not short.strip("0.,") else short


def price(value: Decimal | None, instrument: Instrument) -> str:
    """Quote per base by the price tick: "106,020.1"."""
    if value is None:
        return UNKNOWN
    return _sign(value, "") + _grouped(abs(value), decimals(instrument.price_tick))


def level(value: Decimal | None, instrument: Instrument) -> str:
    """A stop or a target: the price, without decimals that are all zero; "off" when there is none."""
    if value is None:
        return "off"
    return _trimmed(price(value, instrument), 0)


def local_time(at: datetime, timezone: ZoneInfo) -> str:
    """ "07:00 MDT"."""
    return f"{at.astimezone(timezone):%H:%M %Z}"


def local_clock(at: datetime, timezone: ZoneInfo) -> str:
    """ "07:00", where the zone is already said."""
    return f"{at.astimezone(timezone):%H:%M}"


def local_seconds(at: datetime, timezone: ZoneInfo) -> str:
    """ "07:03:10"."""
    return f"{at.astimezone(timezone):%H:%M:%S}"


def local_day(at: datetime, timezone: ZoneInfo) -> str:
    """ "30 Jul"."""
    local = at.astimezone(timezone)
    return f"{local.day} {local:%b}"


def local_moment(at: datetime, timezone: ZoneInfo) -> str:
    """ "30 Jul 07:00"."""
    return f"{local_day(at, timezone)} {at.astimezone(timezone):%H:%M}"


def duration(delta: timedelta) -> str:
    """The two largest units: "16 h 58 min", "4 min 10 s", "2 s"; the sign is dropped."""
    seconds = int(abs(delta).total_seconds())
    days, hours = seconds // 86400, seconds // 3600 % 24
    minutes, rest = seconds // 60 % 60, seconds % 60
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((i for i, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for i, (count, unit) in enumerate(parts[first : first + 2]) if count or i == 0)


def relative(delta: timedelta) -> str:
    """From now: "in 16 h 58 min", "2 min 5 s ago", "now"."""
    if abs(delta) < timedelta(seconds=1):
        return "now"
    return f"in {duration(delta)}" if delta > timedelta(0) else f"{duration(delta)} ago"


def age(delta: timedelta | None) -> str:
    """How old a price is: "2 s old", "of unknown age"."""
    return "of unknown age" if delta is None else f"{duration(delta)} old"


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 trade", "12 trades"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def decimals(step: Decimal) -> int:
    """How many decimals a venue's step has."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _money(amount: Decimal | None, currency: str, plus: str) -> str:
    if amount is None:
        return UNKNOWN
    places = _COIN_PLACES.get(currency, _CENT_PLACES)
    smallest = Decimal(1).scaleb(-places)
    if amount and abs(amount) < smallest:
        bound = _with_currency(f"{smallest:f}", currency)
        return f"< {bound}" if amount > 0 else f"> {MINUS}{bound}"
    return _sign(amount, plus) + _with_currency(_grouped(abs(amount), places), currency)


def _with_currency(digits: str, currency: str) -> str:
    return f"${digits}" if currency == "USD" else f"{digits} {currency}"


def _scaled(fraction: Decimal | float | None, places: int, unit: str) -> str:
    if not _known(fraction):
        return UNKNOWN
    rounded = _rounded(_decimal(fraction) * 100, places)
    return _sign(rounded, "+") + f"{abs(rounded):,f}" + unit


def _known(value: Decimal | float | None) -> TypeGuard[Decimal | float]:
    return value is not None and isfinite(value)


def _sign(value: Decimal, plus: str) -> str:
    if value == 0:
        return ""
    return MINUS if value < 0 else plus


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)


def _grouped(value: Decimal, places: int) -> str:
    return f"{_rounded(value, places):,f}"


def _decimal(value: Decimal | float) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def _trimmed(digits: str, keep: int) -> str:
    """`digits` without trailing zeros after the first `keep` decimals."""
    head, dot, tail = digits.partition(".")
    tail = tail[:keep] + tail[keep:].rstrip("0")
    return head + dot + tail if tail else head
