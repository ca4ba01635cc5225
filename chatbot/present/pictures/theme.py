"""One palette, safe for colour-blind eyes (Okabe and Ito), on a light and a dark ground."""

from __future__ import annotations

from dataclasses import dataclass

PORTFOLIO = "#0072B2"
BTC = "#E69F00"
ETH = "#009E73"
CASH = "#999999"
LOSS = "#D55E00"
_ASSETS = {"BTC": BTC, "ETH": ETH, "Cash": CASH, "Portfolio": PORTFOLIO}
_OTHERS = ("#56B4E9", "#CC79A7", "#B8A600", "#7F6FC9", "#8C564B")


@dataclass(frozen=True, slots=True)
class Theme:
    """Ground and inks of a picture; `emphasis` is what coloured text leans towards to stay readable."""

    ground: str
    ink: str
    muted: str
    grid: str
    axis: str
    emphasis: str


LIGHT = Theme(ground="#FFFFFF", ink="#14191F", muted="#5A6672", grid="#E6EAEE", axis="#A3AEB9", emphasis="#000000")
DARK = Theme(ground="#12161B", ink="#ECF0F4", muted="#9BA7B3", grid="#252C34", axis="#5C6873", emphasis="#FFFFFF")


def asset_colour(name: str, place: int = 0) -> str:
    """The colour of a curve or an asset; those without their own take turns by `place`."""
    return _ASSETS.get(name, _OTHERS[place % len(_OTHERS)])


def text_colour(colour: str, theme: Theme) -> str:
    """`colour` a third of the way towards the theme's emphasis: thin strokes need more contrast than lines."""
    pairs = zip(_channels(colour), _channels(theme.emphasis), strict=True)
    return "#" + "".join(f"{round(own * 0.7 + other * 0.3):02X}" for own, other in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
