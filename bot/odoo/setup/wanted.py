"""What of ours should stand in an Odoo database, from the config and the catalog.

Core. Must not ask whether it stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from bot.config.model import Source
from bot.odoo import guard, hold
from bot.odoo.catalog import catalog_of
from bot.odoo.catalog.entry import EventType
from bot.odoo.setup.pieces import Group, Guard, Kind, Piece, Rule


@dataclass(frozen=True, slots=True)
class Missing:
    """A watched model that this server does not have."""

    model: str
    event_types: tuple[str, ...]

    def line(self) -> str:
        """For people."""
        return f"Odoo has no {self.model}, so {', '.join(self.event_types)} cannot happen there (a module is missing)."


def watched(source: Source) -> dict[str, tuple[EventType, ...]]:
    """The configured entries of each model."""
    found: dict[str, tuple[EventType, ...]] = {}
    catalog = catalog_of(source.types)
    for name in source.events:
        entry = catalog[name]
        found[entry.model] = (*found.get(entry.model, ()), entry)
    return found


def wanted(
    source: Source,
    fields: Mapping[str, frozenset[str]],
    *,
    guards: bool = False,
    holds: Mapping[str, Decimal] = MappingProxyType({}),
) -> list[Piece]:
    """Every piece for ``source`` on a server whose models have these ``fields``; ``holds``: event type -> limit."""
    here = [(model, entries) for model, entries in sorted(watched(source).items()) if model in fields]
    pieces: list[Piece] = [group(source), *(webhook(source, model, each, fields[model]) for model, each in here)]
    if guards:
        pieces += [guarding(source, model, entries) for model, entries in here if guard.can_guard(entries)]
    held = (
        holding(source, entry, holds[entry.name])
        for model, each in here
        for entry in each
        if entry.name in holds and entry.hold is not None and set(entry.hold.needs) <= fields[model]
    )
    return pieces + [rule for rule in held if rule is not None]


def guarding(source: Source, model: str, entries: Sequence[EventType]) -> Guard:
    """The guard of ``model``."""
    code = guard.code_of(model, entries, acts_as_people=source.act_as_user)
    return Guard(source.name, model, guard.digest_of(code), code, (group(source).name,))


def holding(source: Source, entry: EventType, limit: Decimal) -> Rule | None:
    """The rule that holds ``entry``; None where it cannot be held."""
    if entry.hold is None:
        return None
    return Rule(
        source=source.name,
        kind=Kind.HOLD,
        subject=entry.name,
        model=entry.model,
        fields=(entry.hold.field,),
        before=hold.condition(entry.hold, entry.hold.before),
        after=hold.condition(entry.hold, entry.hold.after),
        code=hold.code_of(entry, entry.hold, source.login, limit),
    )


def group(source: Source) -> Group:
    """The bot's group."""
    return Group(source.name, (source.login,), sees_rules=True)


def webhook(source: Source, model: str, entries: Sequence[EventType], known: frozenset[str]) -> Rule:
    """The rule that tells of changes of ``model``: only of the fields that one of ``entries`` looks at."""
    fields = {name for entry in entries for name in entry.trigger_fields} & known
    return Rule(
        source=source.name,
        kind=Kind.WEBHOOK,
        subject=model,
        model=model,
        fields=tuple(sorted(fields)),
        address=address(source),
    )


def address(source: Source) -> str:
    """Where this Odoo calls; it ends in a secret. The first token is the one in use, others are on their way out."""
    return f"{source.signoff_url}/odoo/{source.name}/{source.webhook_tokens[0].reveal()}"


def missing(source: Source, fields: Mapping[str, frozenset[str]]) -> list[Missing]:
    """The watched models that the server does not have."""
    return [
        Missing(model, tuple(entry.name for entry in entries))
        for model, entries in sorted(watched(source).items())
        if model not in fields
    ]
