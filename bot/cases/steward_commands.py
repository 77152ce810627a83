"""What people do to a case beside answering it, and beside its clock. Values only; each names who answers it.

Core. No card carries these.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.cases.model import Person


@dataclass(frozen=True, slots=True)
class Reroute:
    """A person wants the case to have the plan that the config gives it by now (``rerouting.py``)."""

    case_id: int
    person: Person
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A person takes back that somebody else may answer in his or her name on this case (``forwarding.py``)."""

    case_id: int
    person: Person
