"""When a card cannot be shown where people are asked: it is recorded, and the next place is asked instead.

Core. Who may decide is not touched: another place shows the card, nobody gains power by it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.quorum import current_stage, current_stage_number
from bot.cases.answers import Transition, post_cards, update_cards
from bot.cases.commands import Undelivered
from bot.cases.model import Case
from bot.cases.outcome import entry
from bot.cases.planning import Rules
from bot.config.match import channel_for
from bot.effects import DIRECT


def undelivered(case: Case, command: Undelivered, rules: Rules, now: datetime) -> Transition:
    """The case with the next place in the lost one's stead, where there is one."""
    instead = next_place(case, command.channel, rules)
    detail = {"channel": command.channel, "cause": command.cause, "problem": command.sentence, "instead": instead}
    told = entry(case, "card.undeliverable", "signoff", now, rules, detail, origin="slack")
    if not instead:
        return Transition(case, (told,))
    after = replace(_moved(case, command.channel, instead), channels=(*case.channels, instead))
    return Transition(after, (told,), (*update_cards(case), *post_cards(after, (instead,))))


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


def _moved(case: Case, lost: str, instead: str) -> Case:
    number = current_stage_number(case)
    stage = case.plan.stages[number]
    asked = tuple(instead if channel == lost else channel for channel in stage.channels)
    stages = (*case.plan.stages[:number], replace(stage, channels=asked), *case.plan.stages[number + 1 :])
    return replace(case, plan=replace(case.plan, stages=stages))
