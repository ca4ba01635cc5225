"""Numbers as people and models write them: "1.2k", "3,4", "$10,482.15", "twelve", "four point eight two"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

NUMBER = r"\d+(?:[.,' ]\d{3})+(?:[.,]\d+)?(?![\d])|\d+(?:[.,]\d+)?"
_GROUPS = re.compile(r"(\d{1,3})((?:[,' ]\d{3})+)(\.\d+)?")
_GROUPS_COMMA = re.compile(r"(\d{1,3})((?:[.' ]\d{3})+)(,\d+)?")
_MULTIPLES = {"": 0, "k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9, "hundred": 2}
_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_SMALL = {word: value for value, word in enumerate(_UP_TO_TWENTY.split())}
_BY_TEN = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * value for value, word in enumerate(_BY_TEN.split(), 2)}
NUMBER_WORDS = frozenset({*_SMALL, *_TENS, "hundred", "thousand", "million"})


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it was written: its size, and the power of ten of its last digit that was meant."""

    size: Decimal
    exponent: int
    digits: str = ""

    def is_rounding_of(self, value: Decimal, roughly: bool = False) -> bool:
        """Whether `value` (its sign apart) rounded to the digits written is this number; nothing rounds to zero.

        `roughly` takes trailing zeros as not meant, but for two leading digits: "about 10,500".
        """
        actual = abs(value)
        if not self.size or not actual:
            return self.size == actual
        step = Decimal(1).scaleb(self._exponent(roughly))
        near = (actual.quantize(step, rounding) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN))
        return actual < Decimal("1e20") and self.size in near

    def _exponent(self, roughly: bool) -> int:
        if not roughly or self.exponent < 0:
            return self.exponent
        whole = int(self.size)
        zeros = len(str(whole)) - len(str(whole).rstrip("0"))
        return max(self.exponent, min(zeros, self.size.adjusted() - 1))


def ascii_digits(text: str) -> str:
    """`text` in the plainest characters that say the same: digits of any script as 0 to 9, full width as half."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in plain)


def has_odd_numerals(text: str) -> bool:
    """Whether there are numerals that are no digits: fractions, superscripts, Roman and circled ones."""
    return any(unicodedata.category(c) in ("No", "Nl") for c in text)


def read_number(digits: str, multiple: str = "", comma_decimal: bool = False) -> Written | None:
    """The number that `digits` write; None when they are grouped like no number. `multiple` is "k", "million"."""
    plain = _plain(digits, comma_decimal)
    if plain is None or len(plain) > 24:
        return None
    shift = _MULTIPLES[multiple]
    decimals = len(plain.partition(".")[2])
    return Written(Decimal(plain).scaleb(shift), shift - decimals, plain)


def _plain(digits: str, comma_decimal: bool) -> str | None:
    grouped = (_GROUPS_COMMA if comma_decimal else _GROUPS).fullmatch(digits)
    if grouped:
        return grouped[1] + re.sub(r"\D", "", grouped[2]) + (grouped[3] or "").replace(",", ".")
    # One mark alone is a decimal mark, whichever it is: "3,4", "3.4".
    return digits.replace(",", ".") if re.fullmatch(r"\d+(?:[.,]\d+)?", digits) else None


def read_words(words: list[str]) -> Written | None:
    """The number that `words` say: "two thousand five hundred", "four point eight two"; None when they say none."""
    if "point" in words:
        at = words.index("point")
        whole, digits = _whole(words[:at]), [_SMALL.get(word, 10) for word in words[at + 1 :]]
        if whole is None or not digits or max(digits) > 9:
            return None
        return Written(Decimal(f"{whole}.{''.join(map(str, digits))}"), -len(digits))
    value = _whole(words)
    return None if value is None else Written(Decimal(value), 0)


def _whole(words: list[str]) -> int | None:
    total, current = 0, 0
    if not words:
        return None
    for word in words:
        if word in ("thousand", "million"):
            total, current = total + max(current, 1) * 10 ** _MULTIPLES[word], 0
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SMALL or word in _TENS:
            small = _SMALL.get(word, _TENS.get(word, 0))
            # "twenty five" is 25, "five five" is no number.
            if current % 100 and not (current % 100 >= 20 and current % 10 == 0 and small < 10):
                return None
            current += small
        else:
            return None
    return total + current
