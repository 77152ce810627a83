"""How a decision is taken: policies and their stages.

Core: values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.config.conditions import Condition
from bot.config.model.calendars import Span
from bot.config.model.care import CareRule
from bot.config.model.escalations import PauseRule, ReassignRule
from bot.config.model.manner import USUAL, Manner
from bot.config.model.rules import Accepted
from bot.money import Money


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


class UnknownMaker(StrEnum):
    """What is asked where somebody made or changed the record and nobody can say who that is in Slack."""

    SECOND_PERSON = "second_person"  #: two people have to approve: one of them is not that somebody
    REFUSE = "refuse"  #: nobody may decide until the person is known
    ALLOW = "allow"  #: as if nobody had


@dataclass(frozen=True, slots=True)
class Faster:
    """A shorter SLA for some records; what it names must all hold, and what cannot be judged is urgent."""

    over: Money | None  #: strictly more, by absolute value; None: whatever the value
    sla: Span
    match: tuple[Accepted, ...] = ()  #: what the record's fields must be
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of an approval: distinct people out of some roles.

    A stage with a money condition is asked where that holds, and where it cannot be judged.
    """

    roles: tuple[str, ...]
    count: int = 1
    every: bool = False  #: each of the roles answers, each by another person; ``count`` is their number then
    over: Money | None = None  #: asked for strictly more than this, by absolute value
    under: Money | None = None  #: asked for strictly less than this, by absolute value
    when: Condition | None = None  #: asked where this is true, and where it cannot be judged
    sla: Span | None = None  #: how long an answer may take; None: nobody counts
    faster: tuple[Faster, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoRule:
    """Which approvals owe a photo or document."""

    over: Money | None = None  #: of a value strictly above; None: all of them


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
    distinct_people: bool = True  #: nobody answers in two stages
    unknown_maker: UnknownMaker = UnknownMaker.SECOND_PERSON
    pause: PauseRule | None = None  #: None: nobody may stop the clock
    reassign: ReassignRule | None = None  #: None: nobody has another role asked by hand
    escalation: str | None = None  #: what happens when nobody answers
    deadline_buffer: timedelta = timedelta(0)  #: how long before the record's own date an answer is needed
    photo: PhotoRule | None = None
    choices: tuple[str, ...] = ()  #: what whoever approves may choose, by code; none named: whatever the record offers
    default_choice: str = ""  #: what a plain approval takes: a code, or ASK; empty: what the record offers first
    care: CareRule | None = None  #: set where it is for exceptions: its stages are to take one, and to resolve it
