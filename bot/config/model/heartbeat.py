"""Whom Signoff tells from time to time that it looks after its escalations.

Core: values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.config.model.sources import Secret


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """``heartbeat``: an address that is fetched while all is well."""

    url: Secret  #: whoever knows it can beat in our stead
    every: timedelta
