"""Draws bars with matplotlib: a program of its own, started by ``studio.py``, which reads JSON and writes JSON.

It imports nothing of Signoff and is imported by nothing: matplotlib costs a hundred megabytes and seconds that no
server should pay. Its memory and its processor time are limited before anything is loaded. Legible at 360 pixels, told
apart by pattern and label as well as by colour (Okabe and Ito's, which the colour-blind can tell apart).
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
from textwrap import wrap
from typing import Any, Final

#: Bytes of address space, and seconds of processor time: several times what a report takes.
_MEMORY: Final = 2 * 1024**3
_SECONDS: Final = 40

#: 1080 pixels wide: three to one on a narrow phone, where the smallest text here is still 12 pixels high.
_WIDTH_IN, _DPI = 6.0, 180
_TITLE, _TEXT = 19, 15
#: In inches: a row's name, a bar, and the room below a row.
_NAME, _BAR, _GAP = 0.34, 0.32, 0.2
_LINE = 0.34
_MARGIN = 0.25

_COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#D55E00")
_PATTERNS: Final = ("", "//", "..", "xx")


def main() -> None:
    """Charts on standard input, pictures (PNG in base64, in the same order) on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    charts = json.load(sys.stdin)
    json.dump([base64.b64encode(_png(chart)).decode() for chart in charts], sys.stdout)


def _png(chart: dict[str, Any]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  # after the limits
    from matplotlib.figure import Figure  # noqa: PLC0415

    title, about = wrap(chart["title"], 32), wrap(chart["about"], 44)
    has_legend, rows = len(chart["series"]) > 1, chart["rows"]
    head = _MARGIN + 0.42 * len(title) + _LINE * (len(about) + has_legend)
    body = sum(_NAME + _BAR * len(bars) + _GAP for _, bars in rows)
    height = head + body + _MARGIN + (_LINE if chart["more"] else 0)
    figure = Figure(figsize=(_WIDTH_IN, height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, _WIDTH_IN)
    axes.set_ylim(height, 0)
    axes.axis("off")
    top = _written(axes, title, _MARGIN, _TITLE, 0.42, weight="bold")
    top = _written(axes, about, top, _TEXT - 1, _LINE)
    if has_legend:
        top = _legend(axes, chart["series"], top)
    top = _bars(axes, chart, top)
    if chart["more"]:
        _written(axes, [f"and {chart['more']} more"], top, _TEXT, _LINE)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()


def _written(axes: Any, lines: list[str], top: float, size: int, height: float, **style: Any) -> float:
    for line in lines:
        axes.text(_MARGIN, top, line, fontsize=size, va="top", ha="left", color="black", parse_math=False, **style)
        top += height
    return top


def _legend(axes: Any, series: list[str], top: float) -> float:
    left = _MARGIN
    for at, name in enumerate(series):
        _bar(axes, left, top + 0.04, 0.3, 0.2, at)
        axes.text(left + 0.38, top + 0.14, name, fontsize=_TEXT, va="center", parse_math=False)
        left += 0.38 + 0.13 * len(name) + 0.35
    return top + _LINE


def _bars(axes: Any, chart: dict[str, Any], top: float) -> float:
    """Each name above its bars, which have the whole width then, and each label behind its bar."""
    bars = [bar for _, row in chart["rows"] for bar in row]
    longest = chart["longest"] or max((length for length, _ in bars), default=0) or 1
    room = max(len(label) for _, label in bars) * 0.135 + 0.15
    widest = _WIDTH_IN - 2 * _MARGIN - room
    top += 0.06
    for name, row in chart["rows"]:
        axes.text(_MARGIN, top, name, fontsize=_TEXT, va="top", parse_math=False)
        top += _NAME
        for at, (length, label) in enumerate(row):
            width = widest * min(1.0, length / longest)
            _bar(axes, _MARGIN, top, max(width, 0.02), _BAR * 0.84, at)
            axes.text(_MARGIN + width + 0.1, top + _BAR * 0.42, label, fontsize=_TEXT, va="center", parse_math=False)
            top += _BAR
        top += _GAP
    return top


def _bar(axes: Any, left: float, top: float, width: float, height: float, at: int) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    drawn = Rectangle((left, top), width, height, facecolor=_COLOURS[at], edgecolor="black", linewidth=0.8)
    drawn.set_hatch(_PATTERNS[at])
    axes.add_patch(drawn)


if __name__ == "__main__":
    main()
