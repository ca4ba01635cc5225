"""A ground of pixels with the few things we draw on it, and its PNG.

At 72 dots per inch a point is a pixel, so sizes are pixels throughout; the origin is the lower left corner.
matplotlib is not thread-safe: everything here runs under one lock.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from chatbot.present.pictures.png import encode
from chatbot.present.pictures.theme import Theme

DRAWING = threading.Lock()
"""Held by whoever draws."""

Alignment = Literal["left", "center", "right"]

_DPI = 72
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_PIXELS = IdentityTransform()


class Canvas:
    """Draws in pixels; the newest thing lies on top. Use under :data:`DRAWING`."""

    def __init__(self, width: int, height: int, theme: Theme) -> None:
        self.width, self.height, self.theme = width, height, theme
        self._figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=theme.ground)
        # matplotlib's canvas has no annotations of its own.
        self._canvas: Any = FigureCanvasAgg(self._figure)
        self._layer = 0

    def text(
        self, x: float, y: float, words: str, size: int, colour: str, *, bold: bool = False, align: Alignment = "left",
        middle: bool = False,
    ) -> None:  # fmt: skip
        """`y` is the baseline, or the middle of the line."""
        placed = Text(
            x, y, words, fontproperties=_font(size, bold), color=colour, horizontalalignment=align,
            verticalalignment="center_baseline" if middle else "baseline", transform=_PIXELS, parse_math=False,
        )  # fmt: skip
        self._add(placed)

    def width_of(self, words: str, size: int, *, bold: bool = False) -> float:
        """How wide `words` would be."""
        width, _, _ = self._canvas.get_renderer().get_text_width_height_descent(words, _font(size, bold), False)
        return float(width)

    def line(
        self, xs: Sequence[float] | np.ndarray[Any, Any], ys: Sequence[float] | np.ndarray[Any, Any], colour: str,
        width: float, *, dashed: bool = False,
    ) -> None:  # fmt: skip
        style: Any = (0, (4, 3)) if dashed else "-"
        self._add(
            Line2D(
                xs, ys, color=colour, linewidth=width, linestyle=style, solid_joinstyle="round",
                solid_capstyle="round", transform=_PIXELS,
            )
        )  # fmt: skip

    def strokes(self, segments: np.ndarray[Any, Any], colour: str, width: float) -> None:
        """Separate straight strokes: an array of shape (n, 2, 2)."""
        if len(segments):
            self._add(
                LineCollection(list(segments), colors=colour, linewidths=width, capstyle="butt", transform=_PIXELS)
            )

    def area(
        self, xs: np.ndarray[Any, Any], ys: np.ndarray[Any, Any], base: float, colour: str, opacity: float
    ) -> None:
        """What lies between a curve and the level `base`."""
        outline = np.column_stack((np.concatenate((xs[:1], xs, xs[-1:])), np.concatenate(([base], ys, [base]))))
        self._add(Polygon(outline, closed=True, facecolor=colour, alpha=opacity, linewidth=0, transform=_PIXELS))

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._add(Rectangle((x, y), width, height, facecolor=colour, linewidth=0, transform=_PIXELS))

    def dot(self, x: float, y: float, colour: str, size: float = 12, shape: str = "o") -> None:
        """A mark with a rim in the ground's colour, so that it stands out on a line."""
        self._add(
            Line2D(
                [x], [y], marker=shape, markersize=size, markerfacecolor=colour, markeredgecolor=self.theme.ground,
                markeredgewidth=2, linestyle="none", transform=_PIXELS,
            )
        )  # fmt: skip

    def png(self) -> bytes:
        """The picture; the same drawing gives the same bytes."""
        self._canvas.draw()
        return encode(np.asarray(self._canvas.buffer_rgba()))

    def _add(self, artist: Any) -> None:
        self._layer += 1
        artist.set_zorder(self._layer)
        self._figure.add_artist(artist)


def _font(size: int, bold: bool) -> FontProperties:
    """matplotlib's own font, by its file: the same letters on every machine."""
    key = (size, bold)
    if key not in _CACHE:
        _CACHE[key] = FontProperties(fname=str(_FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf"), size=size)
    return _CACHE[key]


_CACHE: dict[tuple[int, bool], FontProperties] = {}
