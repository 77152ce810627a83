"""Currencies that nobody uses: a slip of one letter, and no condition with that amount ever holds.

Core: pure. A warning, because a database may have currencies of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from babel.numbers import list_currencies

from bot.config.lint.draft import Draft
from bot.config.problems import ConfigProblem, did_you_mean


def unknown_currencies(draft: Draft) -> Iterator[ConfigProblem]:
    """Amounts in a currency that is none of ISO 4217's."""
    used = {currency for _, currency in draft.amounts} & _known()
    for place, currency in draft.amounts:
        if currency not in _known():
            yield draft.warning(place, f"no currency {currency} is known", did_you_mean(currency, used or _known()))


@cache
def _known() -> frozenset[str]:
    """The currencies that are in use, and those that were."""
    return frozenset(list_currencies())
