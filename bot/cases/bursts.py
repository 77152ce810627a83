"""Many approvals at once: those that come into one channel close together are listed in one card there.

Core. The list is a case that asks for nothing: each approval keeps its own audit trail, clock and authority, and is
decided by itself. Who is asked by name (a direct message, a step of the escalation) gets a card as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

from bot.approvals.quorum import current_stage, current_stage_number
from bot.audit.chain import Entry
from bot.cases.answers import Transition, entry, post_cards, tell_story, update_cards
from bot.cases.burst_commands import (
    BurstCommand,
    Enlist,
    Enlisted,
    ListChanged,
    ListCommand,
    ListGrew,
    ListLeft,
    ListNudged,
)
from bot.cases.event import Event, Finding, RecordRef
from bot.cases.listed import Listed
from bot.cases.model import Case, Kind, Plan, PlanStage, Revision, Status, WriteBackState
from bot.cases.planning import Rules
from bot.config.durations import write_duration
from bot.config.model import USUAL, Burst
from bot.effects import DIRECT, Effect, EffectKind
from bot.exceptions.care import NOT_YET, Care
from bot.exceptions.commands import Alike
from bot.text import one_line

#: Records that a reminder names; the list has all of them.
_NAMED: Final = 5

_ABOUT_CARDS = frozenset({EffectKind.UPDATE_CARD, EffectKind.TELL_STORY})


def place_of(case: Case, channel: str) -> RecordRef:
    """What the lists of one policy in one channel are about: no two of them are open at once."""
    return RecordRef.ours(case.record.source, "burst", case.plan.policy, channel)


def opens(command: Enlist, rule: Burst) -> bool:
    """Whether it takes a new list."""
    return not command.list_id and len(command.alike) + 1 >= rule.count


def apply(case: Case, command: BurstCommand, rules: Rules, now: datetime) -> Transition | None:
    """What ``command`` does to an approval, or to a list."""
    match command:
        case Enlist():
            return _enlist(case, command, rules, now)
        case Enlisted():
            return _enlisted(case, command, rules, now)
        case ListGrew() | ListLeft() | ListChanged() | ListNudged():
            return _kept(case, command, rules, now)
        case _:
            assert_never(command)


def _enlist(case: Case, command: Enlist, rules: Rules, now: datetime) -> Transition | None:
    rule = case.plan.manner.burst
    if not _is_asked_in(case, command.channel):
        return None
    if rule is not None and command.list_id:
        on_it = (Enlisted(case.id, command.channel, command.list_id, alone=False),)
        return Transition(case, (), then=(*on_it, ListGrew(command.list_id, (case.id,))))
    if rule is None or not opens(command, rule):
        return Transition(case, (), post_cards(case, (command.channel,)))
    return _open(case, command, rule, rules, now)


def _open(case: Case, command: Enlist, rule: Burst, rules: Rules, now: datetime) -> Transition:
    members = (*command.alike, Alike(case.id, case.event.title))
    ids = tuple(one.case_id for one in members)
    opened = Case(
        id=0,
        kind=Kind.LIST,
        status=Status.OPEN,
        write_back=WriteBackState.NONE,
        revision=Revision(1, _event(case, command.channel, len(ids), rule), now),
        plan=_plan(case.plan, current_stage(case), command.channel),
        opened_at=now,
        channels=(command.channel,),
        care=Care(members=ids, gathered=len(ids)),
    )
    told = {"ref": str(opened.record), "policy": case.plan.policy, "channel": command.channel}
    made = _entry(opened, "list.opened", rules, now, members=ids, **told)
    then = tuple(Enlisted(one, command.channel, 0, one in command.shown) for one in ids)
    return Transition(opened, made, post_cards(opened, opened.channels), then=then)


def _plan(plan: Plan, stage: PlanStage, channel: str) -> Plan:
    """Who is asked, for who may look at it; nothing falls due on a list, and nothing can be answered on it."""
    asked = replace(stage, channels=(channel,), sla=None)
    return replace(
        plan,
        stages=(asked,),
        steps=(),
        escalation="",
        expires=None,
        calendar=None,
        manner=USUAL,
        pause=None,
        reassign=None,
        missing=(),
        photo=False,
    )


def _event(case: Case, channel: str, number: int, rule: Burst) -> Event:
    why = f"{rule.count} or more came within {write_duration(rule.window)}, so they are listed here"
    return replace(
        case.event,
        record=place_of(case, channel),
        findings=(Finding(case.event.event_type, why),),
        title=_title(number, case.plan.policy),
        value=None,
        makers=(),
        seen=(),
        context=(),
        link="",
        partner=None,
        customer_class=None,
        category=None,
        product=None,
        place=None,
        deadline=None,
        deadline_what="",
        lines=None,
        apart=(),
    )


def _title(number: int, policy: str) -> str:
    return one_line(f"{number} approvals: {policy.replace('_', ' ')}", 150)


def _enlisted(case: Case, command: Enlisted, rules: Rules, now: datetime) -> Transition | None:
    if not _is_asked_in(case, command.channel):
        return None
    others = tuple(one for one in case.listed if one.channel != command.channel)
    after = replace(case, listed=(*others, Listed(command.channel, command.list_id, command.alone)))
    told = {"record": case.event.title, "list": command.list_id, "channel": command.channel}
    return Transition(after, (entry(after, "case.listed", "signoff", now, rules, told),))


def _is_asked_in(case: Case, channel: str) -> bool:
    return case.status is Status.PENDING and channel in current_stage(case).channels


def _kept(group: Case, command: ListCommand, rules: Rules, now: datetime) -> Transition | None:
    if group.kind is not Kind.LIST or not group.is_waiting:
        return None
    match command:
        case ListGrew():
            return _grown(group, command.members, rules, now)
        case ListLeft():
            return _left(group, command.members, rules, now)
        case ListChanged():
            return Transition(group, (), _drawn(group))
        case ListNudged():
            return _nudged(group, command, rules, now)
        case _:
            assert_never(command)


def _grown(group: Case, members: tuple[int, ...], rules: Rules, now: datetime) -> Transition | None:
    care = group.care or NOT_YET
    fresh = tuple(dict.fromkeys(one for one in members if one not in care.members))
    if not fresh:
        return None
    grown = replace(care, members=(*care.members, *fresh), gathered=care.gathered + len(fresh))
    event = replace(group.event, title=_title(grown.gathered, group.plan.policy))
    after = replace(group, care=grown, revision=replace(group.revision, event=event))
    return Transition(after, _entry(after, "list.gathered", rules, now, members=fresh), _drawn(after))


def _left(group: Case, members: tuple[int, ...], rules: Rules, now: datetime) -> Transition | None:
    care = group.care or NOT_YET
    gone = tuple(one for one in care.members if one in members)
    if not gone:
        return None
    after = replace(group, care=replace(care, members=tuple(one for one in care.members if one not in gone)))
    made = _entry(after, "list.left", rules, now, members=gone)
    if (after.care or NOT_YET).members:
        return Transition(after, made, _drawn(after))
    over = replace(after, status=Status.WITHDRAWN, closed_at=now, ending=f"none of {care.gathered} waits here any more")
    return Transition(over, (*made, *_entry(over, "list.closed", rules, now)), update_cards(over))


def _nudged(group: Case, command: ListNudged, rules: Rules, now: datetime) -> Transition:
    names = [one_line(one, 60) for one in command.records[:_NAMED]]
    told = {"records": names, "number": len(command.records), "mention": list(command.mention)}
    return Transition(
        group, _entry(group, "list.reminded", rules, now, members=command.members, **told), tell_story(group)
    )


def _entry(
    group: Case, action: str, rules: Rules, now: datetime, *, members: Iterable[int] = (), **more: object
) -> tuple[Entry, ...]:
    care = group.care or NOT_YET
    told = {"record": group.event.title, "waiting": len(care.members), "gathered": care.gathered, **more}
    told |= {"members": list(members)} if members else {}
    return (entry(group, action, "signoff", now, rules, told),)


def _drawn(group: Case) -> tuple[Effect, ...]:
    """The card alone: what comes and goes is no news for its thread."""
    return tuple(one for one in update_cards(group) if one.kind is EffectKind.UPDATE_CARD)


def followed(before: Case | None, made: Transition) -> Transition:
    """``made`` of an approval: listed where many come, and its lists told of what became of it."""
    case = made.case
    if case.kind is not Kind.APPROVAL or (case.plan.manner.burst is None and not case.listed):
        return made
    made = _to_be_listed(before, made)
    return _tell_lists(before, made) if made.case.listed else made


def _to_be_listed(before: Case | None, made: Transition) -> Transition:
    """Cards of a stage that begins wait until it is known what else came into their channels."""
    case = made.case
    begins = before is None or current_stage_number(before) != current_stage_number(case)
    is_usual = case.plan.manner.burst is not None and not case.plan.observe and not case.record.is_ours
    if not begins or not is_usual or case.status is not Status.PENDING or case.predecessor is not None:
        return made
    posts = [one for one in made.effects if _posts(one) and one.target in current_stage(case).channels]
    if not posts:
        return made
    kept = tuple(one for one in made.effects if one not in posts)
    return replace(made, effects=kept, then=(*made.then, *(Enlist(case.id, one.target) for one in posts)))


def _posts(effect: Effect) -> bool:
    return effect.kind is EffectKind.POST_CARD and not effect.target.startswith(DIRECT)


def _tell_lists(before: Case | None, made: Transition) -> Transition:
    """What has no card in a channel is not drawn there; its list is, and what needs words gets a card after all."""
    made = _with_own_card(before, made)
    case = made.case
    hidden = {one.channel: one.list_id for one in case.listed if not one.alone}
    effects = tuple(one for one in made.effects if one.kind not in _ABOUT_CARDS or one.target not in hidden)
    return replace(made, effects=effects, then=(*made.then, *_news(before, made)))


def _with_own_card(before: Case | None, made: Transition) -> Transition:
    """A card for whatever people have to see by itself: it was said something about, or Odoo did not take it."""
    case = made.case
    posted = {one.target for one in made.effects if _posts(one)}
    said = before is not None and (len(case.remarks) > len(before.remarks) or len(case.files) > len(before.files))
    owed = {one.channel for one in case.listed if not one.alone} if case.is_stuck or said else set()
    if not owed and not posted:
        return made
    listed = tuple(replace(one, alone=one.alone or one.channel in owed | posted) for one in case.listed)
    missing = tuple(one.channel for one in listed if one.channel in owed - posted)
    return replace(made, case=replace(case, listed=listed), effects=(*made.effects, *post_cards(case, missing)))


def _news(before: Case | None, made: Transition) -> Iterable[BurstCommand]:
    case = made.case
    for one in case.listed:
        if before is not None and _is_asked_in(before, one.channel) and not _is_asked_in(case, one.channel):
            yield ListLeft(one.list_id, (case.id,))
        elif before is not None and before.event.value != case.event.value:
            yield ListChanged(one.list_id)
        mention = _chased(made) if not one.alone and _is_asked_in(case, one.channel) else None
        if mention is not None:
            yield ListNudged(one.list_id, (case.id,), (case.event.title,), mention)


def _chased(made: Transition) -> tuple[str, ...] | None:
    """Whom steps of the escalation tell by name; None where none was done."""
    steps = [one.detail for one in made.entries if one.action.startswith("escalation.")]
    named = [one.get("mention") for one in steps]
    told = [str(name) for some in named if isinstance(some, list | tuple) for name in some]
    return tuple(dict.fromkeys(told)) if told else None
