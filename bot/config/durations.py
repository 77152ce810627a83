"""Spans of wall time as the config writes them: ``60s``, ``5m``, ``2h``, ``1d``, ``1h30m``.

Core: no I/O. A day is 24 hours. A bare number is refused, because nobody can see its unit.
"""

from __future__ import annotations

import re
from datetime import timedelta

#: More digits than anybody means, so that what is too long is told to be too long; a timedelta holds them.
_WRITTEN = re.compile(r"(?=\d)(?:(\d{1,8})d)?(?:(\d{1,8})h)?(?:(\d{1,8})m)?(?:(\d{1,8})s)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Read a span such as ``90s`` or ``1h30m``. Raises ValueError for anything else."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        msg = f'"{text}" is not a length of time'
        raise ValueError(msg)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def write_duration(span: timedelta) -> str:
    """The shortest way to write ``span``, which must be whole seconds: ``1h30m``."""
    left = int(span.total_seconds())
    text = ""
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, length)
        text += f"{count}{unit}" if count else ""
    return text or "0s"
