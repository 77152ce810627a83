"""What a site hears at the start of its shifts.

Core: values only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Digest:
    """``sites.<name>.digest``."""

    channel: str
    shows_values: bool = True
    is_silent: bool = False  #: nothing is posted where nothing is open
