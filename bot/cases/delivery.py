"""When a card cannot be shown where people are asked: it is recorded, and the next place is asked instead.

Core. Who may decide is not touched: another place shows the card, nobody gains power by it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.quorum import current_stage, current_stage_number
from bot.cases.answers import Transition, post_cards, tell_story, update_cards
from bot.cases.audience import next_in_line
from bot.cases.commands import FallBack, Undelivered
from bot.cases.fallback import fall_back
from bot.cases.model import Case
from bot.cases.outcome import entry
from bot.cases.planning import Rules
from bot.config.match import channel_for
from bot.effects import DIRECT, Effect, EffectKind
from bot.exceptions.handling import hand_back, is_owned_by


def not_shown(case: Case, command: Undelivered | FallBack, rules: Rules, now: datetime) -> Transition | None:
    """What it does to a case that Slack shows it nowhere, or has not shown it yet."""
    if isinstance(command, FallBack):
        return fall_back(case, command, rules, now)
    return undelivered(case, command, rules, now)


def undelivered(case: Case, command: Undelivered, rules: Rules, now: datetime) -> Transition:
    """The case with the next place in the lost one's stead, where there is one."""
    if command.channel.startswith(DIRECT):
        return _nobody_there(case, command, rules, now)
    instead = next_place(case, command.channel, rules)
    detail = {"channel": command.channel, "cause": command.cause, "problem": command.sentence, "instead": instead}
    told = entry(case, "card.undeliverable", "signoff", now, rules, detail, origin="slack")
    news = _news(case, command, rules)
    if not instead:
        return Transition(case, (told,), news)
    after = replace(_moved(case, command.channel, instead), channels=(*case.channels, instead))
    return Transition(after, (told,), (*update_cards(case), *post_cards(after, (instead,)), *news))


def _nobody_there(case: Case, command: Undelivered, rules: Rules, now: datetime) -> Transition:
    """Somebody cannot be written to: skipped, the next one is, and the admins hear of it.

    An exception in the hands of somebody whom Slack does not reach is in nobody's: it is everybody's again.
    """
    if is_owned_by(case, command.channel.removeprefix(DIRECT)):
        return _handed_back(case, command, rules, now)
    people = next_in_line(case, command.channel, rules, now)
    detail = {
        "channel": command.channel,
        "cause": command.cause,
        "problem": command.sentence,
        "instead": ", ".join(people),
    }
    told = entry(case, "card.undeliverable", "signoff", now, rules, detail, origin="slack")
    places = tuple(f"{DIRECT}{email}" for email in people)
    after = replace(_without(case, command.channel, places), channels=(*case.channels, *places))
    return Transition(after, (told,), (*tell_story(case), *post_cards(after, places), *_news(case, command, rules)))


def _handed_back(case: Case, command: Undelivered, rules: Rules, now: datetime) -> Transition:
    back = hand_back(case, rules, now, why=command.sentence)
    detail = {"channel": command.channel, "cause": command.cause, "problem": command.sentence, "instead": ""}
    lost = entry(back.case, "card.undeliverable", "signoff", now, rules, detail, origin="slack")
    after = replace(back.case, channels=tuple(one for one in back.case.channels if one != command.channel))
    return Transition(after, (lost, *back.entries), (*back.effects, *_news(case, command, rules)))


def _news(case: Case, command: Undelivered, rules: Rules) -> tuple[Effect, ...]:
    """What the admins are owed, unless it is their own channel that is lost."""
    to = rules.config.admin_channel
    return (Effect(EffectKind.TELL_ADMINS, case.id, command.channel),) if to not in ("", command.channel) else ()


def next_place(case: Case, lost: str, rules: Rules) -> str:
    """The channel after ``lost``: the plan's other ones in their order, then where everything else goes.

    Empty where nothing is left, where people are not asked at ``lost`` (any more), and for a direct message, beside
    which there always is a channel.
    """
    if case.closed_at is not None or lost not in current_stage(case).channels or lost.startswith(DIRECT):
        return ""
    named = [channel for stage in case.plan.stages for channel in stage.channels]
    return next((one for one in (*named, *_catch_all(case, rules)) if one not in case.channels), "")


def _catch_all(case: Case, rules: Rules) -> list[str]:
    """The channels of the config's last rule, which every event meets."""
    config = rules.config
    policy = config.policies.get(config.rules[-1].policy)
    site = config.sites.get(case.plan.site or "")
    roles = [role for stage in policy.stages for role in stage.roles] if policy else []
    return [channel_for(config, role, site=site, company=case.event.company) for role in roles]


def _without(case: Case, lost: str, places: tuple[str, ...]) -> Case:
    """The stage asked at ``places`` and no longer at ``lost``; its last place stays."""
    stage = current_stage(case)
    asked = tuple(channel for channel in (*stage.channels, *places) if channel != lost)
    return _asked_at(case, asked or stage.channels)


def _moved(case: Case, lost: str, instead: str) -> Case:
    return _asked_at(case, tuple(instead if one == lost else one for one in current_stage(case).channels))


def _asked_at(case: Case, channels: tuple[str, ...]) -> Case:
    number = current_stage_number(case)
    stage = replace(case.plan.stages[number], channels=channels)
    stages = (*case.plan.stages[:number], stage, *case.plan.stages[number + 1 :])
    return replace(case, plan=replace(case.plan, stages=stages))
