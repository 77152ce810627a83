"""``policies`` of ``kind: exception``: who owns what is not a question of yes or no, and how it may end.

Core but for pydantic.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from bot.config import model
from bot.config.fields.figures import Buffer, Expiry
from bot.config.fields.names import EscalationName, EventTypePatterns, PolicyName, RoleName
from bot.config.fields.text import OneOrMany, ReasonCode, Unique
from bot.config.fields.times import WorkingSpan
from bot.config.schema.part import Part
from bot.config.schema.pauses import Pause, Reassign

#: The repeats that can be looked for.
REPEATS = ("repeat.variance", "repeat.shortage", "repeat.supplier_delay", "repeat.quality")
#: Those, and what Signoff can notice of itself.
PatternName = Literal[
    "repeat.variance",
    "repeat.shortage",
    "repeat.supplier_delay",
    "repeat.quality",
    "system.stuck_approval",
    "system.webhook_silent",
    "system.queue_backlog",
    "system.writeback_failed",
    "system.orphan",
    "system.config_rejected",
]

#: What cases can repeat about.
Subject = Literal["product", "location", "bin", "zone", "counter", "partner", "supplier", "customer"]

#: Other words for the same.
_MEANT = {"bin": "location", "supplier": "partner", "customer": "partner"}


class Group(Part):
    """``policies.<name>.group``: a storm as one card."""

    by: Literal["partner", "product", "site"]
    """What they have in common besides their event type and site; `site`: nothing more."""
    window: Expiry
    """Wall time within which one follows the other."""
    count: Annotated[int, Field(ge=2)] = 3
    """From so many on they are one card. The ones before keep theirs, which then say where they are looked after."""


class Pattern(Part):
    """``patterns.<name>``: what repeats. The name is the event type of the case that it opens."""

    event_types: EventTypePatterns
    """The cases that count, whether approvals or exceptions, open or over. Globs such as `receiving.*` are taken."""
    by: OneOrMany[Subject]
    """What they are about; each counts by itself. `bin` is a `location`, `zone` the part of the warehouse it lies in,
    `counter` whoever counted; `supplier` and `customer` are the `partner` of the event type."""
    count: Annotated[int, Field(ge=2)] = 3
    """The case opens with the one that makes up this number."""
    window: Expiry
    """Wall time that is looked back from it. A case about a repeat starts the count anew."""
    policy: PolicyName
    """Who owns the case: usually a policy of `kind: exception`."""

    def build(self, name: str, known: Iterable[str]) -> model.Pattern:
        """The frozen value; ``known`` are the event types that there are."""
        counted = tuple(one for one in known if any(fnmatchcase(one, glob) for glob in self.event_types))
        by = tuple(dict.fromkeys(_MEANT.get(one, one) for one in self.by))
        return model.Pattern(name, counted, by, self.count, self.window, self.policy)


class Alarm(Part):
    """``patterns.<name>`` of a name that begins with ``system``: what Signoff notices of itself."""

    after: WorkingSpan | None = None
    """For how long it has to be so. Working time for `system.stuck_approval` (of the record's site; else `8h`) and
    `system.webhook_silent` (of `calendar`; else `4h`); wall time for `system.queue_backlog` and
    `system.writeback_failed` (else `15m`). The others are told of at once: `debounce` in the policy lets them wait."""
    policy: PolicyName
    """Who owns the case: usually a policy of `kind: exception`."""

    def build(self, name: model.System) -> model.Alarm:
        """The frozen value."""
        usual = _AFTER.get(name, timedelta(0))
        return model.Alarm(name, self.after or model.Span(usual, wall=name not in _WORKING), self.policy)


_AFTER = {
    model.System.STUCK_APPROVAL: timedelta(hours=8),
    model.System.WEBHOOK_SILENT: timedelta(hours=4),
    model.System.QUEUE_BACKLOG: timedelta(minutes=15),
    model.System.WRITEBACK_FAILED: timedelta(minutes=15),
}
#: Whose time is counted in working hours unless it says otherwise.
_WORKING = frozenset({model.System.STUCK_APPROVAL, model.System.WEBHOOK_SILENT})

#: Those that are told of as soon as they are noticed.
AT_ONCE = frozenset(model.System) - set(_AFTER)


class ExceptionPolicy(Part):
    """``policies.<name>`` with ``kind: exception``: somebody owns it until it is resolved."""

    kind: Literal["exception"]
    """Nobody approves or rejects: somebody takes it in hand and says in the end why it was and what was done."""
    owners: Unique[RoleName]
    """The roles whose people are asked to take it, and who may resolve it."""
    acknowledge: WorkingSpan | None = None
    """How long it may take until somebody has it in hand, in working time of the record's site, or `2h wall`."""
    resolve: WorkingSpan | None = None
    """How long it may take from then on until it is resolved."""
    unacknowledge: Expiry | None = None
    """Wall time after which an owner of whom nothing more was heard loses it: everybody is asked again. Else never."""
    debounce: Expiry | None = None
    """People are told only if it is still true after so much wall time. Else at once."""
    root_causes: Annotated[Unique[ReasonCode], Field(max_length=100)] | None = None
    """The causes to choose from when it is resolved; `other` owes a text. Else the usual ones (exceptions.md)."""
    resolutions: Annotated[Unique[ReasonCode], Field(max_length=100)] | None = None
    """What may have been done about it. Else what its event type names (exceptions.md)."""
    group: Group | None = None
    """Several that come close together become one card, which counts and is looked after as a whole. Else never."""
    approvals: Unique[PolicyName] = Field(default_factory=list)
    """The policies under which an approval can be asked for from the card. Else none can."""
    pause: Pause | None = None
    """Who else may stop the clock, and for how long in all. Else those who may take it, for 30 days."""
    reassign: Reassign | None = None
    """Who may have another role asked to take it, while nobody has it in hand, and which. Else nobody."""
    escalation: EscalationName | None = None
    """What happens while nobody has it in hand, and once more while it is not resolved: a name under `escalations`."""
    deadline_buffer: Buffer = timedelta(0)
    """How long before the record's own date it has to be settled."""

    def build(self, name: str) -> model.Policy:
        """The frozen value."""
        owners = tuple(self.owners)
        return model.Policy(
            name=name,
            stages=(model.Stage(owners, sla=self.acknowledge), model.Stage(owners, sla=self.resolve)),
            self_approval=True,
            pause=model.PauseRule(tuple(self.pause.by), self.pause.longest) if self.pause else None,
            reassign=self.reassign.build() if self.reassign else None,
            escalation=self.escalation,
            deadline_buffer=self.deadline_buffer,
            care=model.CareRule(
                unacknowledge=self.unacknowledge,
                debounce=self.debounce or timedelta(0),
                root_causes=tuple(self.root_causes or model.ROOT_CAUSES),
                resolutions=tuple(self.resolutions or ()),
                approvals=tuple(self.approvals),
                group=model.GroupRule(self.group.by, self.group.window, self.group.count) if self.group else None,
            ),
        )
