"""Search domains as values: either of several as one, and the moment put in.

Core: no I/O. Must not know any field.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.odoo.values import to_odoo

#: Stands for the moment of asking, in a domain of a catalog entry or of the config.
NOW: Final = "{now}"
#: A day after that.
TOMORROW: Final = "{now+1d}"
#: An hour before it.
HOUR_AGO: Final = "{now-1h}"

_AFTER: Final = {NOW: timedelta(0), TOMORROW: timedelta(days=1), HOUR_AGO: -timedelta(hours=1)}

_TAKES: Final = {"&": 2, "|": 2, "!": 1}


def any_of(domains: Sequence[Sequence[object]]) -> list[object]:
    """A domain for what is in at least one of ``domains``; an empty domain holds everything."""
    whole = [_one_operand(domain) for domain in domains]
    if not all(whole):
        return []
    return [*["|"] * (len(whole) - 1), *(part for domain in whole for part in domain)]


def as_of(domain: Sequence[object], now: datetime) -> list[object]:
    """``domain`` with every ``{now}`` replaced by the moment, as Odoo takes it."""
    return [_at(part, now) for part in domain]


def _one_operand(domain: Sequence[object]) -> list[object]:
    """Odoo joins conditions that stand side by side with "and"; here it is written out."""
    written: list[object] = []
    owed = 1
    for part in domain:
        if owed == 0:
            written.insert(0, "&")
            owed = 1
        written.append(part)
        owed += _TAKES.get(part, 0) - 1 if isinstance(part, str) else -1
    return written


def _at(part: object, now: datetime) -> object:
    if not isinstance(part, (list, tuple)):
        return part
    values: list[Any] = [_moment(one, now) for one in part]
    return values


def _moment(one: object, now: datetime) -> object:
    return to_odoo(now + _AFTER[one]) if isinstance(one, str) and one in _AFTER else one


def timed_parts(domain: Sequence[object]) -> list[tuple[object, ...]]:
    """The conditions by which a record comes into ``domain`` although nobody writes it."""
    conditions = [tuple(part) for part in domain if isinstance(part, (list, tuple))]
    return [one for one in conditions if any(value in _AFTER for value in one if isinstance(value, str))]
