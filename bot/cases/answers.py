"""What a transition answers: a new state with what it owes, or a named refusal.

Core. A refusal is a value and is audited like a decision; exceptions are for I/O and bugs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.approvals.authority import Reason, Refused
from bot.audit.chain import Entry
from bot.cases.burst_commands import BurstCommand
from bot.cases.commands import FallBack, PersonCommand, Say, StewardCommand
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.quotas import Use
from bot.effects import DIRECT, Effect, EffectKind
from bot.exceptions.commands import CareCommand, GroupCommand, TakeFile

#: What follows from a transition for other cases.
Following = GroupCommand | CareCommand | BurstCommand | FallBack | Say | TakeFile


@dataclass(frozen=True, slots=True)
class Transition:
    """A case's new state, its audit entries, and the effects that the world is owed.

    ``case.id`` 0 opens a case; ``successor`` is a case to be opened in the same breath, linked to this one.
    """

    case: Case
    entries: tuple[Entry, ...]
    effects: tuple[Effect, ...] = ()
    successor: Transition | None = None
    then: tuple[Following, ...] = ()  #: what follows for other cases, in the same transaction
    spends: tuple[Use, ...] = ()  #: what rules that approve alone have used up by it


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing changed, and why; the sentence is told to the person alone."""

    reason: Reason
    sentence: str
    entries: tuple[Entry, ...]
    beside: tuple[tuple[str, str], ...] = ()  #: the same told at what was typed, where it can be mended there


Answer = Transition | Refusal | None


def refuse(
    case: Case | None, command: PersonCommand | StewardCommand, refused: Refused, rules: Rules, now: datetime
) -> Refusal:
    """A refusal with its audit entry."""
    person = command.person
    entry = Entry(
        action="case.refused",
        actor=person.key,
        at=now,
        case_id=case.id if case else None,
        origin="slack",
        revision=case.revision.number if case else None,
        fingerprint=case.event.fingerprint if case else None,
        config=rules.config.digest,
        detail={
            "reason": refused.reason.value,
            "command": type(command).__name__,
            "name": person.name,
            "email": person.email,
            "asked_for_case": command.case_id,
        },
    )
    return Refusal(refused.reason, refused.sentence, (entry,), refused.beside)


def entry(
    case: Case,
    action: str,
    actor: str,
    now: datetime,
    rules: Rules,
    detail: Mapping[str, object],
    *,
    origin: str = "signoff",
) -> Entry:
    """An audit entry about ``case`` as it stands."""
    return Entry(
        action, actor, now, case.id, origin, case.revision.number, case.event.fingerprint, rules.config.digest, detail
    )


def post_cards(case: Case, channels: tuple[str, ...]) -> tuple[Effect, ...]:
    """Put a card into each of ``channels``."""
    return tuple(Effect(EffectKind.POST_CARD, case.id, channel) for channel in channels)


def update_cards(case: Case, patience: timedelta = timedelta(0)) -> tuple[Effect, ...]:
    """Make every copy true again, and tell the threads what happened.

    With ``patience`` the copies may wait so long: what comes meanwhile is drawn with it, and at once.
    """
    drawn = (Effect(EffectKind.UPDATE_CARD, case.id, channel, patience) for channel in case.channels)
    return (*drawn, *tell_story(case))


def tell_story(case: Case) -> tuple[Effect, ...]:
    """Tell the threads what happened, where no card changes by it. Direct messages have no thread of ours."""
    channels = (channel for channel in case.channels if not channel.startswith(DIRECT))
    return tuple(Effect(EffectKind.TELL_STORY, case.id, channel) for channel in channels)
