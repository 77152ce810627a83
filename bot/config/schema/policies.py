"""``policies``: how a decision is taken.

Core but for pydantic.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.config import model
from bot.config.fields.expressions import When
from bot.config.fields.figures import Buffer, Expiry, Grace, MoneyAmount
from bot.config.fields.known import refuse
from bot.config.fields.names import ChoiceName, DefaultChoice, EscalationName, RoleName
from bot.config.fields.text import ReasonCode, Unique
from bot.config.fields.times import WorkingSpan
from bot.config.schema.evidence import Evidence
from bot.config.schema.manner import Burst, Tolerance
from bot.config.schema.part import Part
from bot.config.schema.pauses import Pause, Reassign
from bot.config.schema.rules import RuleMatch

#: More people than this are never asked to approve one thing; proofs go through them one by one.
MOST_ASKED = 100


class Faster(Part):
    """``policies.<name>.stages[n].faster[m]``: a shorter SLA for some records.

    What it names must all hold; a value or a field that is not known counts as holding.
    """

    over: MoneyAmount | None = None
    """The value is strictly more than this; one that is not known, or in another currency, counts as more."""
    match: RuleMatch = RuleMatch()
    """Every named field must be one of the values, as in a rule: `severity: high`, `customer_class: VIP`."""
    when: When | None = None
    """A condition that is true, or cannot be judged ([conditions](config.md#conditions))."""
    sla: WorkingSpan
    """How long an answer may take then."""

    @model_validator(mode="after")
    def names_something(self) -> Self:
        """Without a condition the stage's own SLA would never hold."""
        if self.over is None and self.when is None and not self.match.model_fields_set:
            refuse("names nothing that makes it urgent", "give it over, match or when")
        return self

    def build(self) -> model.Faster:
        """The frozen value."""
        match = tuple(model.Accepted.of(name, given) for name, given in self.match.build().items())
        return model.Faster(self.over, self.sla, match, self.when)


class Stage(Part):
    """``policies.<name>.stages[n]``: ``count`` distinct people out of any of the roles, or one of each role."""

    any_of: Unique[RoleName] | None = None
    """People of any of these roles may decide. A stage has either `any_of` or `all_of`."""
    all_of: Unique[RoleName] | None = None
    """Each of these roles must approve, each by another person."""
    count: Annotated[int, Field(ge=1, le=MOST_ASKED)] = 1
    """With `any_of`: how many different people must approve; one rejection is enough."""
    over: MoneyAmount | None = None
    """The stage is asked only where the value is strictly more than this, or cannot be compared with it."""
    under: MoneyAmount | None = None
    """The stage is asked only where the value is strictly less than this, or cannot be compared with it."""
    when: When | None = None
    """The stage is asked only where this is true, or cannot be judged ([conditions](config.md#conditions))."""
    sla: WorkingSpan | None = None
    """How long an answer may take, in working time of the record's site: `30m`, or `2h wall` around the clock."""
    faster: list[Faster] = Field(default_factory=list)
    """Shorter times for larger values, urgent records, some customers; the shortest that holds counts."""

    @model_validator(mode="after")
    def asks_one_way(self) -> Self:
        """Either any of some roles, or each of them."""
        if (self.any_of is None) == (self.all_of is None):
            hint = "any_of: any of these roles; all_of: each of them, by different people"
            refuse("needs either any_of or all_of", hint)
        if self.all_of is not None and "count" in self.model_fields_set:
            refuse("count goes with any_of", "with all_of each role gives one person")
        return self

    def build(self) -> model.Stage:
        """The frozen value."""
        every = self.all_of is not None
        roles = tuple(self.all_of or self.any_of or ())
        return model.Stage(
            roles=roles,
            count=len(roles) if every else self.count,
            every=every,
            over=self.over,
            under=self.under,
            sla=self.sla,
            faster=tuple(one.build() for one in self.faster),
            when=self.when,
        )


class Reason(Part):
    """``policies.<name>.reason``: which decisions owe a reason."""

    approve: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.OPTIONAL
    """Whether an approval owes a reason."""
    reject: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.REQUIRED
    """Whether a rejection owes a reason."""
    reject_codes: Annotated[Unique[ReasonCode], Field(max_length=100)] | None = None
    """Reasons of at most 75 characters; whoever rejects chooses one, besides the text. Else there is no choice."""


class Policy(Part):
    """``policies.<name>``: a named approval process."""

    kind: Literal["approval"] = "approval"
    """`approval`: people decide; `exception`: somebody owns it until it is resolved, and other keys say how."""
    stages: Annotated[list[Stage], Field(min_length=1)]
    """Who decides, one stage after the other."""
    execution: Annotated[model.Execution, Field(strict=False)] | None = None
    """`release`: note the approval on the record, a person or an automation goes on in Odoo; `carry_out`: do it in Odoo
    (confirm the order, apply the count). Else the event type's own."""
    on_reject: Annotated[model.OnReject, Field(strict=False)] = model.OnReject.NOTE
    """What a rejection does where the event type leaves a choice: say so on the record, or cancel the document."""
    reason: Reason = Reason()
    """Which decisions owe a reason."""
    self_approval: bool = False
    """Whether those who made the record may decide it."""
    distinct_people: bool = True
    """Whether somebody who has answered in one stage is left out of the others."""
    unknown_maker: Annotated[model.UnknownMaker, Field(strict=False)] = model.UnknownMaker.SECOND_PERSON
    """What is asked where it is not known who in Slack made or changed the record: two people, nobody until it is
    known, or nothing more."""
    expires: Expiry | None = None
    """Wall time from the opening of the case; whoever has not decided by then cannot any more. Else never."""
    evidence: Evidence | None = None
    """What has to be shown before an approval; a rejection owes nothing."""
    tolerance: Tolerance | None = None
    """How far figures may move in Odoo while given answers stand."""
    pause: Pause | None = None
    """Who may stop the clock of a case. Else nobody."""
    reassign: Reassign | None = None
    """Who may have another role asked by hand, and which. Else nobody."""
    escalation: EscalationName | None = None
    """What happens when nobody answers: a name under `escalations`. Else nothing."""
    deadline_buffer: Buffer = timedelta(0)
    """How long before the record's own date (the truck leaves, the delivery was promised) an answer is needed; the
    earlier of that and the SLA counts."""
    bulk: MoneyAmount | None = None
    """The sum up to which `/approvals bulk` approves cases of one type and one rule together, each judged by itself;
    the border is inside. Else never."""
    burst: Burst | None = None
    """Many that come into one channel close together are listed in one card there. Else each has its own card."""
    grace: Grace | None = None
    """For how long whoever gives the answer that ends a case can take it back; only then is it written to Odoo. Else it
    counts at once."""
    changes: Unique[Annotated[model.Changeable, Field(strict=False)]] | None = None
    """What whoever approves may make smaller on the lines of a record, where its type has such lines: `quantity`,
    `price`, or both. Else a record is approved as it is, or not at all."""
    choices: Annotated[Unique[ChoiceName], Field(min_length=1)] | None = None
    """What whoever approves may choose where a record's type has choices, as for the rest of a delivery. Else each
    of them."""
    default_choice: DefaultChoice | None = None
    """What an approval takes that names no choice, or `ask`: it has to name one. Else the first that the type has."""
    question_pauses: bool = False
    """Whether the time to `expires` waits while a question to the requester is open."""

    @model_validator(mode="after")
    def changes_are_written(self) -> Self:
        """A release writes a note and no figure."""
        if self.changes and self.execution is model.Execution.RELEASE:
            hint = "with execution: carry_out the smaller figures are written to the record before it is approved"
            refuse("changes go with execution: carry_out", hint)
        return self

    @model_validator(mode="after")
    def takes_what_may_be_chosen(self) -> Self:
        """What is taken by itself is one of those that may be chosen."""
        if self.choices and self.default_choice not in (None, model.ASK, *self.choices):
            hint = "name it there too, or leave it out"
            refuse(f"default_choice {self.default_choice} is not among the choices", hint)
        return self

    def build(self, name: str) -> model.Policy:
        """The frozen value."""
        return model.Policy(
            name=name,
            stages=tuple(stage.build() for stage in self.stages),
            execution=self.execution,
            on_reject=self.on_reject,
            approve_reason=self.reason.approve,
            reject_reason=self.reason.reject,
            self_approval=self.self_approval,
            distinct_people=self.distinct_people,
            unknown_maker=self.unknown_maker,
            expires=self.expires,
            photo=self.evidence.build() if self.evidence else None,
            manner=model.Manner(
                tolerance=self.tolerance.value if self.tolerance else None,
                reject_codes=tuple(self.reason.reject_codes or ()),
                question_pauses=self.question_pauses,
                grace=self.grace or timedelta(0),
                bulk=self.bulk,
                burst=self.burst.build() if self.burst else None,
                changes=tuple(self.changes or ()),
            ),
            reassign=self.reassign.build() if self.reassign else None,
            pause=model.PauseRule(tuple(self.pause.by), self.pause.longest) if self.pause else None,
            escalation=self.escalation,
            choices=tuple(self.choices or ()),
            default_choice=self.default_choice or "",
            deadline_buffer=self.deadline_buffer,
        )
