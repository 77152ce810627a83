"""When a failed effect is tried again, with the arithmetic beside each row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backoff import CEILING, MAX_ATTEMPTS, GiveUp, RetryAt, decide
from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome
from tests.factories import NOW

AWAY = TransientError("Odoo is away")


@pytest.mark.parametrize(
    ("attempts", "jitter", "seconds"),
    [
        (1, 0.0, 2),  # 2 ** 1
        (2, 0.0, 4),  # 2 ** 2
        (3, 0.0, 8),
        (5, 0.0, 32),  # 2 ** 5, the last one below the ceiling
        (6, 0.0, 60),  # 2 ** 6 = 64, capped
        (499, 0.0, 60),  # 2 ** 499 s is more than a timedelta holds
        (1, 1.0, 2.5),  # 2 * 1.25
        (3, 0.5, 9),  # 8 * 1.125
        (20, 1.0, 75),  # the jitter comes on top of the ceiling
    ],
)
def test_waiting_doubles_up_to_the_ceiling(attempts: int, jitter: float, seconds: float) -> None:
    assert decide(AWAY, attempts=attempts, now=NOW, jitter=jitter) == RetryAt(NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("attempts", [1, 50])
@pytest.mark.parametrize(("asked", "waited"), [(30.0, 30), (0.5, 0.5), (3600.0, 3600)])
def test_what_the_other_side_asked_for_is_obeyed_to_the_second(asked: float, waited: float, attempts: int) -> None:
    error = TransientError("slow down", retry_after=asked)
    assert decide(error, attempts=attempts, now=NOW, jitter=1.0) == RetryAt(NOW + timedelta(seconds=waited))


@pytest.mark.parametrize("asked", [1e300, float("inf"), 1e15])
def test_an_absurd_wait_is_a_day(asked: float) -> None:
    """A mistake on the other side must not break the relay that reads it."""
    error = TransientError("slow down", retry_after=asked)
    assert decide(error, attempts=1, now=NOW) == RetryAt(NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (PermanentError("refused"), 1),
        (AWAY, MAX_ATTEMPTS),
        (UnknownOutcome("lost"), MAX_ATTEMPTS),
        (AWAY, MAX_ATTEMPTS + 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, SignoffError) else str(value),
)
def test_what_is_hopeless_is_given_up(error: SignoffError, attempts: int) -> None:
    assert decide(error, attempts=attempts, now=NOW) == GiveUp()


@given(st.integers(1, MAX_ATTEMPTS - 1), st.floats(0, 1), st.sampled_from([AWAY, UnknownOutcome("lost")]))
def test_every_wait_is_ahead_and_bounded(attempts: int, jitter: float, error: SignoffError) -> None:
    found = decide(error, attempts=attempts, now=NOW, jitter=jitter)
    assert isinstance(found, RetryAt)
    assert timedelta(seconds=2) <= found.when - NOW <= CEILING * 1.25
