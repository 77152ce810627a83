"""``policies``: how a decision is taken.

Core but for pydantic.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config import model
from bot.config.fields.names import RoleName
from bot.config.fields.text import Unique
from bot.config.schema.part import Part


class Stage(Part):
    """``policies.<name>.stages[n]``: ``count`` distinct people out of any of the roles."""

    any_of: Unique[RoleName]
    count: Annotated[int, Field(ge=1)] = 1


class Reason(Part):
    """``policies.<name>.reason``: which decisions owe a reason."""

    approve: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.OPTIONAL
    reject: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.REQUIRED


class Policy(Part):
    """``policies.<name>``: a named approval process."""

    stages: Annotated[list[Stage], Field(min_length=1, max_length=1)]
    execution: Annotated[model.Execution, Field(strict=False)] | None = None
    on_reject: Annotated[model.OnReject, Field(strict=False)] = model.OnReject.NOTE
    reason: Reason = Reason()
    self_approval: bool = False

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
        )
