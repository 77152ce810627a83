"""When to try again: a pure function of what went wrong and how often.

Core. Waiting times grow 2, 4, 8 ... seconds up to one minute; the jitter is given in, so that the same input
gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import PermanentError, SignoffError, TransientError

#: Longest wait between two tries.
CEILING = timedelta(minutes=1)

#: Asking for more than this is taken for a mistake; some mistakes do not even fit into a date.
LONGEST_ASKED = timedelta(days=1)

#: About a working day of tries at the ceiling before a person is asked.
MAX_ATTEMPTS = 500


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Try again at this instant (UTC)."""

    when: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Trying again is pointless or has been done enough: a dead letter."""


def decide(error: SignoffError, *, attempts: int, now: datetime, jitter: float = 0.0) -> RetryAt | GiveUp:
    """What to do after the ``attempts``-th try failed with ``error``.

    ``jitter`` in 0..1 stretches the wait by up to a quarter, so that many failures do not come back as one
    wave. What the other side asked for (Retry-After) is obeyed to the second, up to a day.
    """
    if isinstance(error, PermanentError) or attempts >= MAX_ATTEMPTS:
        return GiveUp()
    if isinstance(error, TransientError) and error.retry_after is not None:
        return RetryAt(now + timedelta(seconds=min(error.retry_after, LONGEST_ASKED.total_seconds())))
    # Capped before the power is taken: 2 ** attempts overflows a timedelta long before MAX_ATTEMPTS.
    wait = min(timedelta(seconds=2 ** min(attempts, 9)), CEILING)
    return RetryAt(now + wait * (1 + 0.25 * jitter))
