"""How answers are given under a plan, as plain data for storing, and back. Core."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.cases.amounts import money_from_plain, money_to_plain
from bot.config.model import Burst, Changeable, Manner, Tolerance


def manner_to_plain(manner: Manner) -> dict[str, Any]:
    """Without what is not set: the text of older plans, and with it their name, stays what it was."""
    body: dict[str, Any] = {}
    if manner.tolerance is not None:
        share, amount = manner.tolerance.share, manner.tolerance.amount
        body["tolerance"] = str(share) if amount is None else money_to_plain(amount)
    if manner.reject_codes:
        body["codes"] = list(manner.reject_codes)
    if manner.bulk is not None:
        body["bulk"] = money_to_plain(manner.bulk)
    if manner.grace:
        body["grace"] = int(manner.grace.total_seconds())
    if manner.question_pauses:
        body["pauses"] = True
    if manner.burst is not None:
        body["burst"] = [manner.burst.count, int(manner.burst.window.total_seconds())]
    if manner.changes:
        body["changes"] = [one.value for one in manner.changes]
    return {"manner": body} if body else {}


def manner_from_plain(body: Mapping[str, Any]) -> Manner:
    """The inverse of ``manner_to_plain``."""
    tolerance = body.get("tolerance")
    return Manner(
        tolerance=_tolerance_from(tolerance) if tolerance else None,
        reject_codes=tuple(body.get("codes", ())),
        question_pauses=body.get("pauses", False),
        bulk=money_from_plain(body.get("bulk")),
        grace=timedelta(seconds=body.get("grace", 0)),
        changes=tuple(Changeable(one) for one in body.get("changes", ())),
        burst=_burst_from(*body["burst"]) if "burst" in body else None,
    )


def _burst_from(count: int, window: int) -> Burst:
    return Burst(count, timedelta(seconds=window))


def _tolerance_from(body: str | list[str]) -> Tolerance:
    return Tolerance(share=Decimal(body)) if isinstance(body, str) else Tolerance(amount=money_from_plain(body))
