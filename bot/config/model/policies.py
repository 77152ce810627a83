"""How a decision is taken: policies and their stages.

Core: values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.config.model.manner import USUAL, Manner


class Execution(StrEnum):
    """What an approval does in Odoo."""

    RELEASE = "release"  #: lift our hold: a note; a person or an automation goes on in Odoo
    CARRY_OUT = "carry_out"  #: call the business method


class OnReject(StrEnum):
    """What a rejection does in Odoo, where the event type leaves a choice."""

    NOTE = "note"  #: say so on the record, change nothing
    CANCEL = "cancel"  #: cancel the document


class ReasonRule(StrEnum):
    """Whether a decision owes a reason."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of an approval: ``count`` distinct people out of any of the roles."""

    roles: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """A named approval process."""

    name: str
    stages: tuple[Stage, ...]
    execution: Execution | None = None  #: None: the event type's own default
    on_reject: OnReject = OnReject.NOTE
    approve_reason: ReasonRule = ReasonRule.OPTIONAL
    reject_reason: ReasonRule = ReasonRule.REQUIRED
    self_approval: bool = False
    expires: timedelta | None = None  #: wall time from the opening; None: a case waits for ever
    manner: Manner = USUAL
