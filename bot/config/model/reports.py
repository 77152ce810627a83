"""What Signoff posts by itself from time to time.

Core: values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Weekly:
    """One of ``reports.weekly``: the figures of the last seven days, with pictures."""

    channel: str
    day: int  #: 0 is Monday
    at: time  #: local
    timezone: str  #: IANA name; empty: that of the one site, else of the default calendar, else UTC
    sites: frozenset[str]  #: empty: all, and records without one
    shows_values: bool
