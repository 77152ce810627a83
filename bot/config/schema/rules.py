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
    customer_class: Patterns | None = None
    """A tag that the customer or vendor has in Odoo, such as `VIP`; any of them counts
    ([customer classes](config.md#customer-classes))."""
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


class Quota(Part):
    """``rules[n].quota``: how much a rule may approve alone in one local day of the record's site."""

    per_day: Annotated[int, Field(ge=1)] | None = None
    """How many records a day."""
    per_person: Annotated[int, Field(ge=1)] | None = None
    """How many a day of one maker; a record whose maker is not known is not approved alone then."""
    value_per_day: MoneyAmount | None = None
    """Up to which sum of their absolute values a day."""

    @model_validator(mode="after")
    def limits_something(self) -> Self:
        """A quota without keys is a slip of the indentation."""
        if not self.model_fields_set:
            refuse("limits nothing", "give it per_day, per_person or value_per_day")
        return self

    def build(self) -> model.Quota:
        """The frozen value."""
        return model.Quota(self.per_day, self.per_person, self.value_per_day)


class Rule(Part):
    """``rules[n]``: one routing line."""

    name: Text
    """Shown when it is explained why a card came; unique."""
    policy: PolicyName | None = None
    """How it is decided. A rule has either this or `decide`."""
    decide: Literal["approve", "ignore"] | None = None
    """`approve`: it is approved at once, by the rule alone ([straight through](config.md#straight-through)). `ignore`:
    nobody is asked, and no case opens. Neither for the last rule."""
    quota: Quota | None = None
    """With `decide: approve`: how much of it a day; once it is used up the rule does not match."""
    reason: Text | None = None
    """With `decide`: why, for whoever asks why no card came; required with `ignore`."""
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
            refuse("needs either policy or decide", "policy: who decides; decide: approve, or ignore with a reason")
        if self.decide is None and self.reason is not None:
            refuse("reason goes with decide", "where people decide, they give the reasons")
        if self.decide == "ignore" and self.reason is None:
            refuse("decide: ignore and reason go together", "say why nobody is asked")
        if self.quota is not None and self.decide != "approve":
            refuse("quota goes with decide: approve", "what people decide has no quota")
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
            ignored_because=(self.reason or "") if self.decide == "ignore" else "",
            approves=self.decide == "approve",
            quota=self.quota.build() if self.quota else model.NO_QUOTA,
            reason=(self.reason or "") if self.decide == "approve" else "",
            mode=self.mode,
        )


#: ``materiality``: below which value no case opens.
MATERIALITY: TypeAdapter[dict[str, Money]] = TypeAdapter(dict[EventType, MoneyAmount])
