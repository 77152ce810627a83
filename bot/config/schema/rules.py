"""``rules`` and ``materiality``: which record falls under which policy, and what is too small to ask about.

Core but for pydantic.
"""

from __future__ import annotations

from pydantic import TypeAdapter

from bot.config import model
from bot.config.fields.figures import MoneyAmount
from bot.config.fields.names import EventType, EventTypePatterns, Patterns, PolicyName, SitePatterns, SourcePatterns
from bot.config.fields.text import Text
from bot.config.schema.part import Part
from bot.money import Money


class RuleMatch(Part):
    """``rules[n].match``: the canonical fields a rule can look at, each a name, a glob or a list of them."""

    event_type: EventTypePatterns | None = None
    source: SourcePatterns | None = None
    site: SitePatterns | None = None
    company: Patterns | None = None
    warehouse: Patterns | None = None
    model: Patterns | None = None
    currency: Patterns | None = None
    partner: Patterns | None = None

    def build(self) -> dict[str, tuple[str, ...]]:
        """Only the fields that the rule names."""
        named = (field for field in type(self).model_fields if field in self.model_fields_set)
        return {field: tuple(getattr(self, field)) for field in named}


class Rule(Part):
    """``rules[n]``: one routing line."""

    name: Text
    policy: PolicyName
    match: RuleMatch = RuleMatch()
    over: MoneyAmount | None = None
    under: MoneyAmount | None = None

    def build(self, line: int) -> model.Rule:
        """The frozen value."""
        return model.Rule(self.name, self.policy, line, self.match.build(), self.over, self.under)


#: ``materiality``: below which value no case opens.
MATERIALITY: TypeAdapter[dict[str, Money]] = TypeAdapter(dict[EventType, MoneyAmount])
