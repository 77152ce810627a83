"""What one step of an escalation does to a case: a reminder, a copy of the card, another role, an end. Core.

People and channels are looked up when the step comes: whoever has left a role is not asked any more. A step that finds
nobody says so in its audit entry instead of passing in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.approvals.quorum import current_stage, current_stage_number
from bot.cases.answers import Transition, entry, post_cards
from bot.cases.audience import Audience, reminded, site_of, written_to
from bot.cases.changing import approval_of
from bot.cases.expiry import expire
from bot.cases.model import Case, Decision, Person, PlanStage, Status, Verdict
from bot.cases.observing import would_have
from bot.cases.outcome import decided
from bot.cases.planning import Rules
from bot.config.match import channel_for, fill
from bot.config.model import ASSIGNEES, Act, Step
from bot.effects import DIRECT, Effect, EffectKind
from bot.money import CurrencyMismatch

#: Who acts where nobody does.
NOBODY = Person(key="signoff", email="", name="Signoff")

Detail = Mapping[str, object]


def act(case: Case, step: Step, told: Detail, rules: Rules, now: datetime) -> Transition:
    """``case`` after ``step``, with its audit entry; ``told`` is what the entry says of the step itself."""
    match step.act:
        case Act.REMIND:
            found = reminded(case, rules, now) if step.to == ASSIGNEES else Audience(())
            detail = {**told, **found.told(), "mention": list(found.mention)}
            return _told(case, "escalation.reminded", detail, rules, now)
        case Act.DM:
            return _messaged(case, step, told, rules, now)
        case Act.POST:
            channel = fill(step.to, site=site_of(case, rules), company=case.event.company)
            return _shown(case, (channel,), "escalation.posted", {**told, "channel": channel}, rules, now)
        case Act.REASSIGN | Act.WIDEN:
            return _moved(case, step, told, rules, now)
        case Act.EXPIRE | Act.REJECT | Act.APPROVE:
            return _ended(case, step, told, rules, now)
        case _:
            assert_never(step.act)


def moves(case: Case, step: Step, rules: Rules) -> Case:
    """What a step that was passed over changes in who is asked; nobody is told of it separately."""
    if step.act not in {Act.REASSIGN, Act.WIDEN} or _hindered(case, step, rules):
        return case
    return _with_stage(case, _widened(case, step, rules))


def _messaged(case: Case, step: Step, told: Detail, rules: Rules, now: datetime) -> Transition:
    found = written_to(case, step.to, _index(told), rules, now)
    people = list(found.people)
    detail = {**told, **found.told(), "people": people, "mention": list(found.mention) if step.also_channel else []}
    channels = tuple(f"{DIRECT}{email}" for email in people)
    made = _shown(case, channels, "escalation.messaged", detail, rules, now)
    # Who has the card already is told below it: an edit alone notifies nobody.
    woken = [email for email in people if not case.chase.is_quiet_for(email, now)]
    again = tuple(Effect(EffectKind.TELL_STORY, case.id, one) for one in _there(case, woken))
    return replace(made, effects=made.effects + again)


def _there(case: Case, people: Sequence[str]) -> list[str]:
    """Where these people have their copies of the card."""
    return [place for email in people if (place := f"{DIRECT}{email}") in case.channels]


def _index(told: Detail) -> int:
    """Which step of the escalation it is, from 0."""
    return int(str(told["step"])) - 1


def _moved(case: Case, step: Step, told: Detail, rules: Rules, now: datetime) -> Transition:
    action = "escalation.reassigned" if step.act is Act.REASSIGN else "escalation.widened"
    hindered = _hindered(case, step, rules)
    if hindered:
        return _told(case, "escalation.skipped", {**told, "role": step.to, "skipped": hindered}, rules, now)
    after = _with_stage(case, _widened(case, step, rules))
    found = reminded(after, rules, now)
    detail = {
        **told,
        **found.told(),
        "role": step.to,
        "roles": list(current_stage(after).roles),
        "mention": list(found.mention),
    }
    return _shown(after, current_stage(after).channels, action, detail, rules, now)


def _hindered(case: Case, step: Step, rules: Rules) -> str:
    """Why nobody else can be asked; empty where somebody can."""
    if step.to not in rules.config.roles:
        return f"the role {step.to} is no longer in the config"
    if current_stage(case).every:
        return "each of the stage's roles has to answer, so none can be replaced"
    return ""


def handed_to(case: Case, role: str, rules: Rules) -> Case:
    """``case`` with ``role`` asked instead. Raises KeyError for a role that the config does not have."""
    return _with_stage(case, _handed(case, role, rules))


def _handed(case: Case, role: str, rules: Rules) -> PlanStage:
    stage = current_stage(case)
    channel = channel_for(rules.config, role, site=site_of(case, rules), company=case.event.company)
    return replace(stage, roles=(role,), channels=(channel,), first_roles=stage.first_roles or stage.roles)


def _widened(case: Case, step: Step, rules: Rules) -> PlanStage:
    if step.act is Act.REASSIGN:
        return _handed(case, step.to, rules)
    stage = current_stage(case)
    channel = channel_for(rules.config, step.to, site=site_of(case, rules), company=case.event.company)
    first = stage.first_roles or stage.roles
    roles, channels = dict.fromkeys((*stage.roles, step.to)), dict.fromkeys((*stage.channels, channel))
    return replace(stage, roles=tuple(roles), channels=tuple(channels), first_roles=first)


def _with_stage(case: Case, stage: PlanStage) -> Case:
    number = current_stage_number(case)
    later = case.plan.stages[number + 1 :]
    if case.care is not None:  # whoever takes it goes on with it
        later = tuple(replace(stage, sla=one.sla) for one in later)
    stages = (*case.plan.stages[:number], stage, *later)
    return replace(case, plan=replace(case.plan, stages=stages))


def _shown(case: Case, channels: tuple[str, ...], action: str, told: Detail, rules: Rules, now: datetime) -> Transition:
    """The card in further channels, where it can be answered like in the first ones."""
    stage = current_stage(case)
    asked = replace(stage, channels=tuple(dict.fromkeys((*stage.channels, *channels))))
    new = tuple(one for one in channels if one not in case.channels)
    after = replace(_with_stage(case, asked), channels=case.channels + new)
    return Transition(after, (entry(after, action, NOBODY.key, now, rules, told),), post_cards(after, new))


def _told(case: Case, action: str, told: Detail, rules: Rules, now: datetime) -> Transition:
    return Transition(case, (entry(case, action, NOBODY.key, now, rules, told),))


def _ended(case: Case, step: Step, told: Detail, rules: Rules, now: datetime) -> Transition:
    if case.care is not None:
        why = "an exception ends when somebody resolves it"
        return _told(case, "escalation.skipped", {**told, "skipped": why}, rules, now)
    if step.act is Act.EXPIRE:
        return expire(case, rules, now, told=told)
    if step.act is Act.APPROVE and not _within(case, step):
        why = f"the value is not known to be at most {step.limit}"
        return _told(case, "escalation.withheld", {**told, "skipped": why}, rules, now)
    if case.plan.observe:
        return would_have(case, f"{'approved' if step.act is Act.APPROVE else 'rejected'}: nobody answered", rules, now)
    verdict = Verdict.APPROVE if step.act is Act.APPROVE else Verdict.REJECT
    status = approval_of(case) if verdict is Verdict.APPROVE else Status.REJECTED
    given = Decision(
        revision=case.revision.number,
        stage=current_stage_number(case),
        person=NOBODY.key,
        email=NOBODY.email,
        name=NOBODY.name,
        as_role="escalation",
        verdict=verdict,
        reason=f"nobody answered ({case.plan.escalation}, step {told['step']})",
        at=now,
    )
    return decided(replace(case, decisions=(*case.decisions, given)), status, NOBODY, told, rules, now)


def _within(case: Case, step: Step) -> bool:
    if step.limit is None or case.event.value is None:
        return False
    try:
        return not case.event.value.exceeds(step.limit)
    except CurrencyMismatch:
        return False
