"""``policies``: how a decision is taken.

Core but for pydantic.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config import model
from bot.config.fields.figures import Expiry
from bot.config.fields.names import RoleName
from bot.config.fields.text import Unique
from bot.config.schema.manner import Tolerance
from bot.config.schema.part import Part


class Stage(Part):
    """``policies.<name>.stages[n]``: ``count`` distinct people out of any of the roles."""

    any_of: Unique[RoleName]
    """People of any of these roles may decide."""
    count: Annotated[int, Field(ge=1)] = 1
    """How many different people must approve; one rejection is enough."""


class Reason(Part):
    """``policies.<name>.reason``: which decisions owe a reason."""

    approve: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.OPTIONAL
    """Whether an approval owes a reason."""
    reject: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.REQUIRED
    """Whether a rejection owes a reason."""


class Policy(Part):
    """``policies.<name>``: a named approval process."""

    stages: Annotated[list[Stage], Field(min_length=1, max_length=1)]
    """Who decides."""
    execution: Annotated[model.Execution, Field(strict=False)] | None = None
    """`release`: note the approval on the record, a person or an automation goes on in Odoo; `carry_out`: do it in Odoo
    (confirm the order, apply the count). Else the event type's own."""
    on_reject: Annotated[model.OnReject, Field(strict=False)] = model.OnReject.NOTE
    """What a rejection does where the event type leaves a choice: say so on the record, or cancel the document."""
    reason: Reason = Reason()
    """Which decisions owe a reason."""
    self_approval: bool = False
    """Whether those who made the record may decide it."""
    expires: Expiry | None = None
    """Wall time from the opening of the case; whoever has not decided by then cannot any more. Else never."""
    tolerance: Tolerance | None = None
    """How far figures may move in Odoo while given answers stand."""

    def build(self, name: str) -> model.Policy:
        """The frozen value."""
        return model.Policy(
            name=name,
            stages=tuple(model.Stage(tuple(stage.any_of), stage.count) for stage in self.stages),
            execution=self.execution,
            on_reject=self.on_reject,
            approve_reason=self.reason.approve,
            reject_reason=self.reason.reject,
            self_approval=self.self_approval,
            expires=self.expires,
            manner=model.Manner(tolerance=self.tolerance.value if self.tolerance else None),
        )
