"""``policies`` of ``kind: exception``: who owns what is not a question of yes or no, and how it may end.

Core but for pydantic.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bot.config import model
from bot.config.fields.figures import Buffer, Expiry
from bot.config.fields.names import EscalationName, EventType, PolicyName, RoleName
from bot.config.fields.text import OneOrMany, ReasonCode, Unique
from bot.config.fields.times import WorkingSpan
from bot.config.schema.part import Part
from bot.config.schema.pauses import Pause, Reassign

#: The repeats that can be looked for.
PatternName = Literal["repeat.variance", "repeat.shortage", "repeat.supplier_delay", "repeat.quality"]

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

    event_types: Unique[EventType]
    """The cases that count, whether approvals or exceptions, open or over."""
    by: OneOrMany[Subject]
    """What they are about; each counts by itself. `bin` is a `location`, `zone` the part of the warehouse it lies in,
    `counter` whoever counted; `supplier` and `customer` are the `partner` of the event type."""
    count: Annotated[int, Field(ge=2)] = 3
    """The case opens with the one that makes up this number."""
    window: Expiry
    """Wall time that is looked back from it. A case about a repeat starts the count anew."""
    policy: PolicyName
    """Who owns the case: usually a policy of `kind: exception`."""

    def build(self, name: str) -> model.Pattern:
        """The frozen value."""
        by = tuple(dict.fromkeys(_MEANT.get(one, one) for one in self.by))
        return model.Pattern(name, tuple(self.event_types), by, self.count, self.window, self.policy)


#: ``patterns``: the names are those of the catalog's own repeats.
PATTERNS: TypeAdapter[dict[PatternName, Pattern]] = TypeAdapter(dict[PatternName, Pattern])


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
