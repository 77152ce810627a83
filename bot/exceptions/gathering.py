"""A storm as one card: exceptions of one type, site and partner or product that come close together.

Core. Nothing is dropped: each stays a case of its own, without a card and a clock, while the group has both. What is
done to the group as a whole is done to each of its members; what becomes of a member shows on the group's card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from bot.approvals.quorum import current_stage
from bot.cases.answers import Following, Transition, entry, post_cards, update_cards
from bot.cases.burst_commands import ListChanged, ListGrew, ListLeft, ListNudged, joined
from bot.cases.commands import Command, KeepFile, Say
from bot.cases.event import OURS, Event, Finding, RecordRef
from bot.cases.model import Case, Kind, Status
from bot.cases.opening import seen_entry
from bot.cases.planning import Rules
from bot.cases.remark import RemarkKind
from bot.config.model import GroupRule
from bot.effects import EffectKind
from bot.exceptions.care import NOT_YET, Care
from bot.exceptions.commands import (
    Acknowledge,
    Alike,
    Assign,
    CareCommand,
    Gather,
    Gathered,
    Join,
    Left,
    Reopen,
    Resolve,
    TakeFile,
    TakenOut,
)
from bot.exceptions.showing import fresh, show
from bot.money import Money
from bot.text import one_line

#: Of these one for a group, or a list, is enough.
_HEARD_AT_ONCE = (Gathered, Left, ListGrew, ListLeft, ListChanged, ListNudged)

#: Members that a card names; the button lists all.
_NAMED = 5


def subject_of(event: Event, by: str) -> str | None:
    """What members have in common besides their type and site; None where it is not known."""
    match by:
        case "partner":
            return event.partner
        case "product":
            return event.product
        case _:
            return ""


def place_of(case: Case, rule: GroupRule) -> RecordRef:
    """What the groups of a storm are about: no two of them are open at once, whoever opens them."""
    subject = subject_of(case.event, rule.by) or ""
    return RecordRef.ours(case.record.source, "storm", rule.by, case.plan.site or "", subject)


def opens(command: Gather, rule: GroupRule) -> bool:
    """Whether it takes a new group."""
    return not command.group and len(command.alike) + 1 >= rule.count


def gather(case: Case, command: Gather, rules: Rules, now: datetime) -> Transition | None:
    """A told exception joins the group that is open, makes one with those before it, or is shown by itself."""
    rule = case.plan.care.group if case.plan.care else None
    if not case.is_waiting or rule is None or (case.care or NOT_YET).parent:
        return None
    if command.group:
        joined = _joined(case, command.group, rules, now)
        told = Gathered(command.group, (Alike(case.id, case.event.title, case.event.value),))
        return replace(joined, then=(told,))
    if not opens(command, rule):
        return show(case, rules, now)
    members = (*command.alike, Alike(case.id, case.event.title, case.event.value))
    return _open(case, place_of(case, rule), members, rules, now)


def settle(case: Case, command: Join | Gathered | Left | TakenOut, rules: Rules, now: datetime) -> Transition | None:
    """What belongs together."""
    match command:
        case Join():
            joins = case.is_waiting and not (case.care or NOT_YET).parent
            return _joined(case, command.parent, rules, now) if joins else None
        case Gathered():
            return _grown(case, command.members, rules, now)
        case Left():
            return _left(case, command.members, rules, now)
        case TakenOut():
            return _taken_out(case, command.member, rules, now)
        case _:
            assert_never(command)


def tell_group(before: Case | None, made: Transition) -> Transition:
    """``made``, and that a member of a group is over by it."""
    parent = (made.case.care or NOT_YET).parent
    if before is None or not parent or not before.is_waiting or made.case.is_waiting:
        return made
    return replace(made, then=(*made.then, Left(parent, (made.case.id,))))


def merged(commands: Sequence[Following]) -> list[Following]:
    """``commands``, in which a group hears at once of everything that joins it, and of everything that leaves it."""
    found: dict[object, Following] = {}
    for number, one in enumerate(commands):
        key = (type(one), one.case_id) if isinstance(one, _HEARD_AT_ONCE) else number
        found[key] = _both(found[key], one) if key in found else one
    return list(found.values())


def _both(first: Following, second: Following) -> Following:
    match (first, second):
        case Gathered(), Gathered():
            return Gathered(second.case_id, (*first.members, *second.members))
        case Left(), Left():
            return Left(second.case_id, (*first.members, *second.members))
        case (
            (ListGrew() | ListLeft() | ListChanged() | ListNudged()),
            (ListGrew() | ListLeft() | ListChanged() | ListNudged()),
        ):
            return joined(first, second)
        case _:
            return second


def shared(group: Case | None, command: Command, made: Transition) -> Transition:
    """``made``; what is said about a group, or shown for it, is said about and shown for each of its members.

    Time is the group's alone: while they are in it, its members have no clock that could stand still.
    """
    members = (group.care or NOT_YET).members if group is not None and group.kind is Kind.EXCEPTION else ()
    match command:
        case Say(kind=RemarkKind.COMMENT):
            then: tuple[Following, ...] = tuple(replace(command, case_id=one, pin="") for one in members)
        case KeepFile():
            then = tuple(TakeFile(one, command.kept) for one in members)
        case _:
            return made
    return replace(made, then=(*made.then, *then))


def spread(case: Case, command: CareCommand, made: Transition) -> Transition:
    """``made``, and the same for each member of the group."""
    members = (case.care or NOT_YET).members
    if not members or not isinstance(command, Acknowledge | Assign | Resolve | Reopen):
        return made
    return replace(made, then=(*made.then, *(_for_member(command, one) for one in members)))


def _for_member(command: Acknowledge | Assign | Resolve | Reopen, member: int) -> CareCommand:
    """The same of a member: whatever its figures are by now, the group is handled as a whole."""
    if isinstance(command, Reopen):
        return replace(command, case_id=member, pin="", group=command.case_id)
    if isinstance(command, Resolve):
        return replace(command, case_id=member, revision=0, pin="")
    return replace(command, case_id=member, pin="")


def _joined(case: Case, parent: int, rules: Rules, now: datetime) -> Transition:
    care = replace(case.care or NOT_YET, parent=parent, tell_at=None)
    after = replace(case, care=care)
    told = {"record": case.event.title, "group": parent}
    return Transition(after, (entry(after, "exception.grouped", "signoff", now, rules, told),), update_cards(after))


def _open(case: Case, place: RecordRef, known: tuple[Alike, ...], rules: Rules, now: datetime) -> Transition:
    event = _event(replace(case.event, record=place), known, len(known))
    care = Care(members=tuple(one.case_id for one in known), gathered=len(known))
    opened = replace(fresh(event, case.plan, care, now), channels=current_stage(case).channels)
    joins = tuple(Join(one.case_id, 0) for one in known)
    shown = post_cards(opened, opened.channels)
    return Transition(opened, (seen_entry(opened, "case.opened", now, rules),), shown, then=joins)


def _grown(group: Case, members: tuple[Alike, ...], rules: Rules, now: datetime) -> Transition | None:
    care = group.care or NOT_YET
    fresh = tuple(one for one in members if one.case_id not in care.members)
    if not group.is_waiting or not fresh:
        return None
    ids = tuple(one.case_id for one in fresh)
    grown = replace(care, members=(*care.members, *ids), gathered=care.gathered + len(ids))
    event = _event(group.event, fresh, grown.gathered)
    return _drawn(replace(group, care=grown), event, "exception.gathered", ids, rules, now)


def _left(group: Case, members: tuple[int, ...], rules: Rules, now: datetime) -> Transition | None:
    care = group.care or NOT_YET
    gone = tuple(one for one in members if one in care.members)
    if not group.is_waiting or not gone:
        return None
    left = tuple(one for one in care.members if one not in gone)
    after = replace(group, care=replace(care, members=left))
    if left:
        return _drawn(after, group.event, "exception.left", gone, rules, now)
    return _over(after, f"all {care.gathered} are over", rules, now)


def _taken_out(group: Case, member: Alike, rules: Rules, now: datetime) -> Transition | None:
    """The group counts without it: what it looks after is less by one."""
    care = group.care or NOT_YET
    if not group.is_waiting or member.case_id not in care.members:
        return None
    left = tuple(one for one in care.members if one != member.case_id)
    after = replace(group, care=replace(care, members=left, gathered=care.gathered - 1))
    if not left:
        return _over(after, "nothing is left in it", rules, now)
    event = _titled(replace(group.event, value=_without(group.event.value, member.value)), care.gathered - 1)
    return _drawn(after, event, "exception.left", (member.case_id,), rules, now)


def _without(total: Money | None, one: Money | None) -> Money | None:
    if total is None or one is None or one.currency != total.currency:
        return None
    return Money(total.amount - abs(one.amount), total.currency)


def _over(after: Case, ending: str, rules: Rules, now: datetime) -> Transition:
    over = replace(after, status=Status.WITHDRAWN, closed_at=now, ending=ending)
    told = {"ending": ending, "record": after.event.title}
    return Transition(over, (entry(over, "case.withdrawn", "signoff", now, rules, told),), update_cards(over))


def _drawn(group: Case, event: Event, action: str, members: tuple[int, ...], rules: Rules, now: datetime) -> Transition:
    care = group.care or NOT_YET
    context = (("Still open", f"{len(care.members)} of {care.gathered}"), *event.context[1:])
    after = replace(group, revision=replace(group.revision, event=replace(event, context=context)))
    told = {"record": event.title, "members": list(members), "open": len(care.members), "gathered": care.gathered}
    cards = tuple(one for one in update_cards(after) if one.kind is EffectKind.UPDATE_CARD)
    return Transition(after, (entry(after, action, "signoff", now, rules, told),), cards)


def _event(event: Event, fresh: tuple[Alike, ...], number: int) -> Event:
    """What a group says of itself: how many, of what, the newest of them, and what all of them are worth."""
    known = [text for label, text in event.context if label == "Newest"] if event.record.model == OURS else []
    earlier = known[0].split("; ") if known and number > len(fresh) else []
    newest = [*reversed([one_line(one.title, 60) for one in fresh]), *earlier][:_NAMED]
    context = (("Still open", f"{number} of {number}"), ("Newest", "; ".join(newest)))
    values = [one.value for one in fresh] if number == len(fresh) else [event.value, *(one.value for one in fresh)]
    return replace(
        _titled(event, number),
        seen=(),
        makers=(),
        context=context,
        value=_sum(values),
        link="",
        deadline=None,
        deadline_what="",
        apart=(),
    )


def _titled(event: Event, number: int) -> Event:
    kind = event.event_type.replace(".", " ").replace("_", " ")
    about = event.partner or event.product or ""
    title = one_line(f"{number} × {kind}{f': {about}' if about else ''}", 150)
    return replace(event, title=title, findings=(Finding(event.event_type, f"{number} alike came close together"),))


def _sum(values: list[Money | None]) -> Money | None:
    """What all of them are worth; None where one is not known, or they are in several currencies."""
    known = [one for one in values if one is not None]
    if len(known) < len(values) or len({one.currency for one in known}) != 1:
        return None
    return Money(sum((abs(one.amount) for one in known), Decimal(0)), known[0].currency)
