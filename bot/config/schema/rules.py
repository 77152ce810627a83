"""``rules`` and ``materiality``: which record falls under which policy, and what is too small to ask about.

Core but for pydantic.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from bot.config import model
from bot.config.fields.expressions import When
from bot.config.fields.figures import MoneyAmount
from bot.config.fields.known import refuse
from bot.config.fields.names import (
    EventType,
    EventTypePatterns,
    Patterns,
    PolicyName,
    SeverityPatterns,
    SitePatterns,
    SourcePatterns,
)
from bot.config.fields.text import Text
from bot.config.schema.part import Part
from bot.money import Money


class RuleMatch(Part):
    """``rules[n].match``: the canonical fields a rule can look at, each a name, a glob or a list of them."""

    event_type: EventTypePatterns | None = None
    """One of the event types; `"purchase.*"` works."""
    source: SourcePatterns | None = None
    """A name under `odoo`."""
    site: SitePatterns | None = None
    """A name under `sites`."""
    company: Patterns | None = None
    """The company's name in Odoo."""
    warehouse: Patterns | None = None
    """The warehouse's code in Odoo."""
    model: Patterns | None = None
    """The record's model in Odoo."""
    currency: Patterns | None = None
    """The currency of the value, such as `USD`."""
    partner: Patterns | None = None
    """The vendor's or customer's name in Odoo."""
    category: Patterns | None = None
    """The product category in full, such as `All / Saleable`, where all goods of the record share one."""
    severity: SeverityPatterns | None = None
    """`high` where the record is marked as urgent in Odoo, else `normal`."""

    def build(self) -> dict[str, tuple[str, ...]]:
        """Only the fields that the rule names."""
        named = (field for field in type(self).model_fields if field in self.model_fields_set)
        return {field: tuple(getattr(self, field)) for field in named}


#: ``mode``, of a rule, a site or a source.
ModeKey = Annotated[model.Mode, Field(strict=False)]


class Rule(Part):
    """``rules[n]``: one routing line."""

    name: Text
    """Shown when it is explained why a card came; unique."""
    policy: PolicyName | None = None
    """How it is decided. A rule has either this or `decide`."""
    decide: Literal["ignore"] | None = None
    """`ignore`: nobody is asked, and no case opens. Not for the last rule."""
    reason: Text | None = None
    """With `decide`: why, for whoever asks why no card came."""
    match: RuleMatch = RuleMatch()
    """Every named field must be one of the values."""
    over: MoneyAmount | None = None
    """The value is strictly more than this."""
    under: MoneyAmount | None = None
    """The value is strictly less than this."""
    when: When | None = None
    """A condition that must be true; what it may name is told under [conditions](config.md#conditions)."""

    mode: ModeKey = model.Mode.LIVE
    """`observe`: cases open and are timed, but they are only shown in the `pilot_channel`
    ([observing](config.md#observing-first))."""

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        """Somebody is asked, or nobody, and then for a reason."""
        if (self.policy is None) == (self.decide is None):
            refuse("needs either policy or decide", "policy: who decides; decide: ignore, with a reason")
        if (self.decide is None) != (self.reason is None):
            refuse("decide: ignore and reason go together", "say why nobody is asked")
        if self.decide == "ignore" and self.mode is model.Mode.OBSERVE:
            refuse("what is ignored opens no case, so there is nothing to observe", "leave mode out")
        return self

    def build(self, line: int) -> model.Rule:
        """The frozen value."""
        return model.Rule(
            name=self.name,
            policy=self.policy or "",
            line=line,
            match=self.match.build(),
            over=self.over,
            under=self.under,
            when=self.when,
            ignored_because=self.reason or "",
            mode=self.mode,
        )


#: ``materiality``: below which value no case opens.
MATERIALITY: TypeAdapter[dict[str, Money]] = TypeAdapter(dict[EventType, MoneyAmount])
