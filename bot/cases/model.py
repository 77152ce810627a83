"""What a case is: frozen values, no behaviour beyond reading themselves.

Core. A case is one thing in Odoo that needs people. Everything a card, a decision or a write-back needs is in
the ``Case`` value; rows never leave ``store.py``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.approvals.standins import Delegation
from bot.cases.chase import NOBODY_COUNTS, Chase
from bot.cases.event import NOBODY_KNOWN, PIN, Choice, Event, Finding, Maker, RecordRef, Severity
from bot.cases.figures import Change, Figures, Seen, changes, fingerprint
from bot.cases.files import File
from bot.cases.lines import AsInOdoo, LineChange
from bot.cases.listed import Listed
from bot.cases.person import Person
from bot.cases.remark import Remark
from bot.cases.standing import APPROVED, SETTLED, WAITING, Kind, Status, WriteBackState
from bot.cases.way import Way
from bot.config.model import (
    USUAL,
    Calendar,
    CareRule,
    Execution,
    Manner,
    OnReject,
    PauseRule,
    ReasonRule,
    ReassignRule,
    Span,
    Step,
    UnknownMaker,
)
from bot.exceptions.care import Care
from bot.money import Money


class Verdict(StrEnum):
    """One person's answer on a stage."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class PlanStage:
    """A stage as resolved for one case."""

    roles: tuple[str, ...]
    count: int
    channels: tuple[str, ...]  #: where its card is shown
    every: bool = False  #: each role answers, each by another person
    sla: Span | None = None  #: how long its answer may take
    first_roles: tuple[str, ...] = ()  #: the roles that the policy names, where an escalation has come to ask others
    last_resort: str | None = None  #: the role asked because too few were left; empty where there is none to ask

    @property
    def planned(self) -> tuple[tuple[str, ...], bool]:
        """What makes two stages the same one, whoever is asked by now."""
        return self.first_roles or self.roles, self.every

    @property
    def asks_each(self) -> bool:
        """Whether each role has to answer; once the last resort is asked, anybody of them makes up the number."""
        return self.every and not self.last_resort


@dataclass(frozen=True, slots=True)
class Plan:
    """A policy as resolved for one case; it never changes under a running case."""

    policy: str
    rule: str
    site: str | None
    execution: Execution
    on_reject: OnReject
    approve_does: str  #: what approving brings about, in words for people
    reject_does: str
    stages: tuple[PlanStage, ...]
    approve_reason: ReasonRule
    reject_reason: ReasonRule
    self_approval: bool
    missing: tuple[str, ...] = ()  #: figures that a rule or a stage wanted and nobody could tell
    distinct_people: bool = True
    unknown_maker: UnknownMaker = UnknownMaker.SECOND_PERSON
    expires: timedelta | None = None  #: wall time from the opening after which nobody may decide any more
    manner: Manner = USUAL
    photo: bool = False  #: an approval owes a photo or document
    calendar: Calendar | None = None  #: in whose hours time is counted; None: around the clock
    escalation: str = ""  #: the name under which the steps stand in the config
    pause: PauseRule | None = None  #: who may stop the clock, and for how long
    reassign: ReassignRule | None = None  #: who may have another role asked, and which
    steps: tuple[Step, ...] = ()  #: what happens in each stage that nobody answers
    deadline_buffer: timedelta = timedelta(0)  #: how long before the record's own date an answer is needed
    observe: str = ""  #: the channel where the case is only shown; empty where people are asked
    care: CareRule | None = None  #: None for an approval
    choices: tuple[str, ...] = ()  #: codes of those that may be chosen; none named: each that the record offers
    default_choice: str = ""  #: what a plain approval takes: a code, or ASK; empty: what the record offers first

    @property
    def counts_time(self) -> bool:
        """Whether anybody looks at how long an answer takes."""
        return bool(self.steps) or any(stage.sla is not None for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Revision:
    """A case's version of the seen values. Buttons carry its number."""

    number: int
    event: Event
    at: datetime
    #: Against the revision before; after a change within the tolerance, against the figures it opened with.
    changed: tuple[Change, ...] = ()
    opened_with: Figures | None = None  #: None: as the event has them
    in_odoo: AsInOdoo | None = None  #: as it was read, where the event is what was agreed of it; else None


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's answer, on one revision."""

    revision: int
    stage: int
    person: str
    email: str  #: lower case, as at the click: whoever becomes a maker afterwards is known by it
    name: str
    as_role: str
    verdict: Verdict
    reason: str
    at: datetime
    value: Money | None = None  #: as it was when this was answered
    roles: tuple[str, ...] = ()  #: all that this voice could answer for; ``as_role`` is one of them
    behalf: tuple[str, ...] = ()  #: addresses of those whose stand-in this was, the holder of the role last
    behalf_name: str = ""  #: the name of that holder
    code: str = ""  #: the chosen reason of a rejection, where the policy names some
    changes: tuple[LineChange, ...] = ()  #: what was made smaller by it
    choice: str = ""  #: the code of what was chosen; empty where there was nothing to choose

    @property
    def identities(self) -> frozenset[str]:
        """Addresses of everybody whose voice this is: none of them has another one."""
        return frozenset((self.email, *self.behalf))

    @property
    def why(self) -> str:
        """The chosen reason and the text, as far as there are any."""
        return ": ".join(filter(None, (self.code, self.reason)))


@dataclass(frozen=True, slots=True)
class Intended:
    """An answer that would end the case, held so that whoever gave it can take it back."""

    decision: Decision
    until: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One thing in Odoo that needs people."""

    id: int
    kind: Kind
    status: Status
    write_back: WriteBackState
    revision: Revision
    plan: Plan
    opened_at: datetime
    channels: tuple[str, ...]  #: every channel that was ever told to show a copy
    version: int = 0
    decisions: tuple[Decision, ...] = ()
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    predecessor: int | None = None
    successor: int | None = None
    covers: bool = False  #: closed, and still the answer while the record qualifies with these figures
    ending: str = ""  #: how it ended, for people
    problem: str = ""  #: what stands in the way of the write-back, for people
    settle_until: datetime | None = None  #: until when a lost answer is looked for
    forwards: tuple[Delegation, ...] = ()  #: who may stand in for whom on this case alone
    chase: Chase = NOBODY_COUNTS  #: how long it has been waiting
    remarks: tuple[Remark, ...] = ()
    intended: Intended | None = None  #: only while it is pending
    activities: tuple[str, ...] = ()  #: addresses of those who have an activity in Odoo, because Slack was away
    files: tuple[File, ...] = ()  #: given as evidence, in their order
    care: Care | None = None  #: None for an approval
    listed: tuple[Listed, ...] = ()  #: of an approval: the lists it is on
    overtaken: Way | None = None  #: ODOO or BREACH where Odoo itself has decided it, past the open case

    @property
    def record(self) -> RecordRef:
        """The record in Odoo."""
        return self.revision.event.record

    @property
    def event(self) -> Event:
        """What was last read of the record."""
        return self.revision.event

    @property
    def pin(self) -> str:
        """What ties a button to the record with these figures and, once that is done, to what was chosen of it."""
        chosen = next((one.choice for one in self.standing if one.choice), "")
        if not chosen or self.status is not Status.PENDING:
            return self.event.pin
        return hashlib.sha256(f"{self.event.pin} {chosen}".encode()).hexdigest()[:PIN]

    @property
    def opening(self) -> Figures:
        """With which figures the revision opened."""
        return self.revision.opened_with or self.event.figures

    @property
    def is_approved(self) -> bool:
        """Whether it was approved, as it was or with changes."""
        return self.status in APPROVED

    @property
    def is_waiting(self) -> bool:
        """Whether somebody is waited for."""
        return self.status in WAITING

    @property
    def is_stuck(self) -> bool:
        """Whether the write-back waits for a person."""
        lost = self.write_back is WriteBackState.UNCERTAIN and self.settle_until is None
        return self.write_back is WriteBackState.FAILED or lost

    @property
    def standing(self) -> tuple[Decision, ...]:
        """Decisions on the newest revision; earlier ones are void."""
        return tuple(given for given in self.decisions if given.revision == self.revision.number)


__all__ = [
    "APPROVED",
    "NOBODY_KNOWN",
    "PIN",
    "SETTLED",
    "WAITING",
    "Case",
    "Change",
    "Choice",
    "Decision",
    "Event",
    "Figures",
    "Finding",
    "Intended",
    "Kind",
    "Maker",
    "Person",
    "Plan",
    "PlanStage",
    "RecordRef",
    "Revision",
    "Seen",
    "Severity",
    "Status",
    "Verdict",
    "WriteBackState",
    "changes",
    "fingerprint",
]
