"""Spans of working or wall time as the config writes them: ``30m``, ``2h wall``, and shares of an SLA: ``50%``.

Core: no I/O.
"""

from __future__ import annotations

from decimal import Decimal

from bot.config.durations import parse_duration, write_duration
from bot.config.model import Span


def read_span(text: str) -> Span:
    """``30m`` in working time, ``2h wall`` around the clock. Raises ValueError for anything else."""
    length, _, wall = text.partition(" ")
    if wall not in ("", "wall"):
        msg = f'"{text}" is not a span'
        raise ValueError(msg)
    return Span(parse_duration(length), wall == "wall")


def write_span(span: Span) -> str:
    """As the config writes it."""
    return f"{write_duration(span.amount)} wall" if span.wall else write_duration(span.amount)


def write_after(after: Span | Decimal) -> str:
    """When a step comes, as the config writes it."""
    return f"{after:.0%}" if isinstance(after, Decimal) else write_span(after)
