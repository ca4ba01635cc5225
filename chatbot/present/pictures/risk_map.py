"""How alike the coins' days are: one field per pair, red where two move as one, and what each weighs."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.present import marks, numbers
from chatbot.present.pictures import frame, theme
from chatbot.present.pictures.canvas import DRAWING, Canvas
from trading.contract.books import RiskMap, RiskMapLine

WIDTH = 1080
MOST = 8
"""Coins shown: more cannot be read on a phone."""

_HEAD, _FOOT, _NAMES = 164, 150, 64
_GAP = 4
_SMALLEST = 20


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the fields lie, and the sizes of what is written in them: one for all of a kind."""

    left: float
    cell: float
    figures: int
    weights: int
    names: int

    def bottom(self, canvas: Canvas, row: int) -> float:
        return canvas.height - _HEAD - self.cell * (row + 1)

    def x(self, column: int) -> float:
        return self.left + self.cell * column


def draw(found: RiskMap, colours: theme.Theme) -> bytes:
    """A PNG 1080 pixels wide, as high as the fields need."""
    if len(found.lines) < 2:
        raise ValueError("A risk map needs two coins.")
    lines = found.lines[:MOST]
    with DRAWING:
        left = frame.MARGIN + _widest_name(lines, colours) + 20
        cell = min(170.0, (WIDTH - frame.MARGIN - left) / len(lines))
        canvas = Canvas(WIDTH, int(_HEAD + cell * len(lines) + _NAMES + _FOOT), colours)
        frame.title(canvas, finding(found))
        _subtitle(canvas, found)
        grid = _Grid(left, cell, *_sizes(canvas, found, lines, cell))
        for row, line in enumerate(lines):
            _row(canvas, found, row, line, grid)
        _column_names(canvas, lines, grid)
        _scale(
            canvas, f"{found.days} days" + (f", {MOST} of {len(found.lines)} coins" if len(found.lines) > MOST else "")
        )
        frame.footer(canvas, marks.mode(found.status.world), frame.as_of(found.status.at, found.status.world.timezone))
        return canvas.png()


def finding(found: RiskMap) -> str:
    """ "BTC and ETH move most alike: 0.91", of what is held where two are."""
    held = [place for place, line in enumerate(found.lines) if line.weight]
    among = held if len(held) > 1 else list(range(len(found.lines)))
    pairs = [
        (alike, found.lines[one].base, found.lines[other].base)
        for one in among
        for other in among
        if one < other and (alike := found.correlations[one][other]) is not None
    ]
    if not pairs:
        return "How alike they move is not known"
    most, one, other = max(pairs)
    return f"{one} and {other} move most alike: {_figure(most)}"


def _subtitle(canvas: Canvas, found: RiskMap) -> None:
    net = None if found.status.cash_weight is None else 1 - found.status.cash_weight
    words = "Nothing is invested" if net == 0 else f"{numbers.share(net)} invested"
    if found.effective:
        words += f", which swings like {numbers.share(found.effective)} in one coin"
    canvas.text(frame.MARGIN, canvas.height - 128, words, frame.LABEL, canvas.theme.muted)


def _row(canvas: Canvas, found: RiskMap, row: int, line: RiskMapLine, grid: _Grid) -> None:
    """The name at the left, a field per coin up to its own, which says what it weighs."""
    middle, ink = grid.bottom(canvas, row) + grid.cell / 2, canvas.theme.ink
    canvas.text(frame.MARGIN, middle, line.base, frame.LABEL, ink, bold=True, middle=True)
    for column in range(row):
        _field(canvas, found.correlations[row][column], row, column, grid)
    x = grid.x(row) + grid.cell / 2
    canvas.text(x, middle, _weight(line), grid.weights, ink, bold=True, align="center", middle=True)


def _field(canvas: Canvas, alike: float | None, row: int, column: int, grid: _Grid) -> None:
    colour = canvas.theme.grid if alike is None else _colour(alike, canvas.theme)
    x, y, side = grid.x(column), grid.bottom(canvas, row), grid.cell - _GAP
    canvas.bar(x + _GAP / 2, y + _GAP / 2, side, side, colour)
    ink = theme.DARK.ground if _is_light(colour) else "#FFFFFF"
    middle = grid.cell / 2
    canvas.text(x + middle, y + middle, _figure(alike), grid.figures, ink, align="center", middle=True)


def _column_names(canvas: Canvas, lines: tuple[RiskMapLine, ...], grid: _Grid) -> None:
    y = grid.bottom(canvas, len(lines) - 1) - 40
    for column, line in enumerate(lines):
        x = grid.x(column) + grid.cell / 2
        canvas.text(x, y, line.base, grid.names, canvas.theme.ink, bold=True, align="center")


def _scale(canvas: Canvas, basis: str) -> None:
    """What the colours mean, in three fields, and what the figures are from."""
    x, y = float(frame.MARGIN), 84.0
    for alike, words in ((1.0, "1 as one"), (0.0, "0 on its own"), (-1.0, "\u22121 opposite")):
        canvas.bar(x, y - 6, 34, 34, _colour(alike, canvas.theme))
        canvas.text(x + 46, y + 11, words, frame.SMALL, canvas.theme.muted, middle=True)
        x += 46 + canvas.width_of(words, frame.SMALL) + 36
    edge = WIDTH - frame.MARGIN
    canvas.text(edge, y + 11, basis, frame.SMALL, canvas.theme.muted, align="right", middle=True)


def _widest_name(lines: tuple[RiskMapLine, ...], colours: theme.Theme) -> float:
    ruler = Canvas(1, 1, colours)
    return max(ruler.width_of(line.base, frame.LABEL, bold=True) for line in lines)


def _sizes(canvas: Canvas, found: RiskMap, lines: tuple[RiskMapLine, ...], cell: float) -> tuple[int, int, int]:
    """Sizes at which all figures, all weights and all names fit into a field."""
    figures = [_figure(alike) for row in found.correlations[: len(lines)] for alike in row[: len(lines)]]
    return (
        _fitting(canvas, figures, cell, bold=False),
        _fitting(canvas, [_weight(line) for line in lines], cell, bold=True),
        _fitting(canvas, [line.base for line in lines], cell, bold=True),
    )


def _fitting(canvas: Canvas, texts: list[str], cell: float, *, bold: bool) -> int:
    widest = max(canvas.width_of(words, frame.LABEL, bold=bold) for words in texts)
    return max(_SMALLEST, min(frame.LABEL, int(frame.LABEL * (cell - 12) / widest)))


def _weight(line: RiskMapLine) -> str:
    return numbers.share(line.weight) if line.weight is None or line.weight else "none"


def _figure(alike: float | None) -> str:
    """ "0.91", "−0.20", "?" where it is not known."""
    if alike is None:
        return "?"
    return f"{alike:.2f}".replace("-", "\u2212").replace("\u22120.00", "0.00")


def _colour(alike: float, colours: theme.Theme) -> str:
    """From blue (opposite) over the grid's grey (on its own) to red (as one)."""
    end = theme.LOSS if alike > 0 else theme.PORTFOLIO
    share = min(1.0, abs(alike))
    pairs = zip(_channels(colours.grid), _channels(end), strict=True)
    return "#" + "".join(f"{round(ground * (1 - share) + full * share):02X}" for ground, full in pairs)


def _is_light(colour: str) -> bool:
    red, green, blue = _channels(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
