"""Two thousand rules: loaded in two seconds of work, an event matched in a millisecond.

Measured in the processor's time, so that a busy machine does not fail it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import process_time

import pytest

from bot.config.match import match
from bot.config.model import Config
from bot.money import Money
from tests.core.config_texts import EVENT_TYPES, HEAD, POLICIES, ROLES, config_of

MANY = 2_000


@dataclass(frozen=True)
class AnEvent:
    """One that no rule but the last one wants."""

    facts: Mapping[str, str | None]
    value: Money | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


def _text(event_types: Sequence[str]) -> str:
    rules = "".join(
        f"  - {{name: rule {number}, match: {{event_type: {event_types[number % len(event_types)]},"
        f" warehouse: W{number}, partner: 'P{number % 50}*'}}, over: {number} USD, policy: one_approver}}\n"
        for number in range(MANY)
    )
    return f"{HEAD}{ROLES}{POLICIES}rules:\n{rules}  - {{name: rest, policy: one_approver}}\n"


@pytest.mark.slow
def test_two_thousand_rules_load_in_two_seconds_and_match_in_a_millisecond() -> None:
    text = _text(EVENT_TYPES)

    began = process_time()
    config = config_of(text)
    loading = process_time() - began

    assert len(config.rules) == MANY + 1
    assert loading < 2
    assert _matching(config) < 0.001


def _matching(config: Config) -> float:
    """Seconds for one event, the quickest of some: the first one also sorts the rules by event type."""
    event = AnEvent({"event_type": EVENT_TYPES[0], "warehouse": "X", "partner": "Nobody"}, Money.parse("5 USD"))
    taken = []
    for _ in range(50):
        began = process_time()
        match(config, event)
        taken.append(process_time() - began)
    return min(taken)
