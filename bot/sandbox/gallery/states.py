"""One case in each state that people can meet. Core: a case in, the same case in that state out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cases.changing import with_changes
from bot.cases.chase import Chase
from bot.cases.event import OURS, Finding, RecordRef, Related
from bot.cases.lines import LineChange
from bot.cases.model import Case, Change, Decision, Intended, Status, Verdict, WriteBackState
from bot.cases.remark import Remark, RemarkKind
from bot.config.model import Changeable
from bot.exceptions.care import NOT_YET, Care, Owner, Resolved
from bot.money import Money

_PERSON = ("slack:T0SANDBOX1:U0000GRACE", "grace.lind@example.com", "Grace Lind")
_MAKER = ("slack:T0SANDBOX1:U00000ANA", "buyer@example.com", "Ana Ruiz")
_REFUSED = "Odoo says: You cannot approve an order of a locked period."


def _given(case: Case, verdict: Verdict = Verdict.APPROVE, reason: str = "") -> Decision:
    number = len(case.plan.stages) - 1
    at = case.opened_at + timedelta(minutes=4)
    role = case.plan.stages[number].roles[0]
    return Decision(case.revision.number, number, *_PERSON, role, verdict, reason, at)


def _question(case: Case) -> Remark:
    asked = case.opened_at + timedelta(minutes=3)
    role = case.plan.stages[0].roles[0]
    return Remark(RemarkKind.QUESTION, *_PERSON, role, "Is this for the winter stock, or for a customer?", asked)


def _asked(case: Case) -> Case:
    return replace(case, remarks=(_question(case),))


def _answered(case: Case) -> Case:
    at = case.opened_at + timedelta(minutes=7)
    return replace(
        case, remarks=(_question(case), Remark(RemarkKind.ANSWER, *_MAKER, "", "For Lakeside; they wait.", at))
    )


def _revised(case: Case) -> Case:
    event, was = case.event, str(case.event.value)
    dearer = replace(event, value=Money(event.value.amount * 2, event.value.currency)) if event.value else event
    changed = (Change("Value", was, str(dearer.value)),)
    at = case.opened_at + timedelta(minutes=6)
    revision = replace(case.revision, number=2, event=dearer, changed=changed, at=at)
    return replace(case, decisions=(_given(case),), revision=revision)


def _held(case: Case) -> Case:
    return replace(case, intended=Intended(_given(case), case.opened_at + timedelta(minutes=5)))


def _decided(case: Case, state: WriteBackState, **more: object) -> Case:
    dull = {"status": Status.APPROVED, "decisions": (_given(case),), "decided_at": case.opened_at}
    return replace(case, **{**dull, "write_back": state, **more})  # type: ignore[arg-type]  # fields of Case, by name


def _closed(case: Case, state: WriteBackState, ending: str) -> Case:
    return _decided(case, state, ending=ending, closed_at=case.opened_at + timedelta(minutes=5))


def _rejected(case: Case) -> Case:
    given = _given(case, Verdict.REJECT, "Too dear; ask for another offer")
    return _decided(case, WriteBackState.QUEUED, status=Status.REJECTED, decisions=(given,))


def _over(case: Case, status: Status, ending: str) -> Case:
    return replace(case, status=status, ending=ending, closed_at=case.opened_at + timedelta(hours=5))


def _superseded(case: Case) -> Case:
    ending = "the record changed in Odoo before it was written"
    return replace(_closed(case, WriteBackState.CONFLICT, ending), status=Status.SUPERSEDED, successor=case.id + 1)


def _in_hand(case: Case) -> Case:
    return replace(case, status=Status.ACKNOWLEDGED, care=Care(owner=Owner(*_PERSON), acknowledged=True))


def _asking(case: Case) -> Case:
    taken = _in_hand(case)
    return replace(taken, care=replace(taken.care or NOT_YET, request=480))


def _resolved(case: Case) -> Case:
    at = case.opened_at + timedelta(hours=1)
    how = Resolved("supplier", "sent again", "On the truck of tomorrow", _PERSON[0], _PERSON[2], at)
    care = Care(owner=Owner(*_PERSON), acknowledged=True, resolved=how)
    return replace(case, status=Status.RESOLVED, care=care, ending=how.said, closed_at=at)


def _sent(case: Case, state: WriteBackState, **more: object) -> Case:
    how = Resolved("damage in house", "move to quarantine", "", _PERSON[0], _PERSON[2], case.opened_at)
    care = Care(owner=Owner(*_PERSON), acknowledged=True, resolved=how)
    after = replace(case, status=Status.RESOLVED, care=care, decided_at=case.opened_at, write_back=state)
    return replace(after, **more)  # type: ignore[arg-type]  # the fields of a case, by name


def _moved(case: Case) -> Case:
    ending = "transfer CHI/INT/00012 made in Odoo: ready, the goods are still to be moved by a person"
    return _sent(case, WriteBackState.CONFIRMED, ending=ending, closed_at=case.opened_at + timedelta(hours=1))


def _still(case: Case, cause: str, *, snoozed: bool) -> Case:
    """The clock stands still for a while."""
    chase = replace(case.chase, paused=cause, paused_until=case.opened_at + timedelta(hours=20))
    taken = _in_hand(case)
    return replace(taken, chase=chase, care=replace(taken.care or NOT_YET, snoozed=snoozed))


def _storm(case: Case) -> Case:
    event, kind = case.event, case.event.event_type.replace(".", " ").replace("_", " ")
    alike = replace(
        event,
        record=RecordRef(event.record.source, OURS, case.id),
        title=f"6 × {kind}: {event.partner or event.product or ''}",
        findings=(Finding(event.event_type, "6 alike came close together"),),
        makers=(),
        seen=(),
        context=(("Still open", "5 of 6"), ("Newest", "; ".join([event.title, "four more"]))),
        link="",
        deadline=None,
        deadline_what="",
    )
    care = Care(members=(472, 473, 474, 475, 476), gathered=6)
    return replace(case, revision=replace(case.revision, event=alike), care=care)


def _repeat(case: Case) -> Case:
    event, about = case.event, case.event.partner or case.event.title
    again = Related(case.id, event.title, event.link)
    pattern = replace(
        event,
        record=RecordRef(event.record.source, OURS, case.id),
        event_type="repeat.shortage",
        findings=(Finding("repeat.shortage", "3 times within 30d"),),
        title=f"Repeats: {about}",
        value=None,
        makers=(),
        seen=(),
        context=(("What repeats", event.event_type), ("Partner", about)),
        related=(again, replace(again, case_id=472), replace(again, case_id=473)),
        link="",
        deadline=None,
        deadline_what="",
    )
    return replace(case, revision=replace(case.revision, event=pattern))


def _changed(case: Case) -> Case:
    lines = case.event.lines
    if lines is None:
        return case
    line = lines.lines[0]
    less = LineChange(line.id, Changeable.QUANTITY, line.label, line.quantity, line.quantity - 8)
    given = replace(_given(case, reason="The rest can wait"), changes=(less,))
    after = with_changes(case, (less,))
    return _decided(after, WriteBackState.QUEUED, status=Status.APPROVED_WITH_CHANGES, decisions=(given,))


_W = WriteBackState

#: What a record with lines that may become less can be in besides.
CHANGED: Mapping[str, Callable[[Case], Case]] = {"approved with changes, on its way to Odoo": _changed}

#: What an exception can be in.
OWNED: Mapping[str, Callable[[Case], Case]] = {
    "waiting": lambda case: case,
    "somebody is asked to take it": lambda case: replace(case, care=Care(owner=Owner(*_PERSON))),
    "in somebody's hands": _in_hand,
    "put off": lambda case: _still(case, "put off by Grace Lind", snoozed=True),
    "standing still": lambda case: _still(case, "waiting for the supplier", snoozed=False),
    "an approval is asked for": _asking,
    "resolved": _resolved,
    "goods sent to quarantine": _moved,
    "quarantine refused, a person has to choose": lambda case: _sent(
        case, _W.FAILED, problem="3 of 25 are reserved for other transfers in Odoo: a person has to choose."
    ),
    "opened again": lambda case: replace(case, care=Care(reopened=1)),
    "a storm, as one card": _storm,
    "what repeats, as a case of its own": _repeat,
    "one of a storm": lambda case: replace(case, care=Care(parent=470), chase=Chase()),
    "over in Odoo": lambda case: _over(case, Status.WITHDRAWN, "put right in Odoo by Ana Ruiz"),
}

#: Name of the state, as the gallery shows it -> the approval in it.
STATES: Mapping[str, Callable[[Case], Case]] = {
    "waiting": lambda case: case,
    "changed while waiting": _revised,
    "a question is open": _asked,
    "the question was answered": _answered,
    "answered, can be taken back": _held,
    "approved, on its way to Odoo": lambda case: _decided(case, _W.QUEUED),
    "approved, Odoo is away": lambda case: _decided(case, _W.QUEUED, problem="Odoo cannot be reached."),
    "confirmed in Odoo": lambda case: _closed(case, _W.CONFIRMED, case.plan.approve_does),
    "rejected": _rejected,
    "expired": lambda case: _over(case, Status.EXPIRED, "nobody decided it within 7d"),
    "over in Odoo": lambda case: _over(case, Status.WITHDRAWN, "cancelled in Odoo by Ana Ruiz"),
    "overtaken": _superseded,
    "answer of Odoo lost, being looked for": lambda case: _decided(
        case, _W.UNCERTAIN, settle_until=case.opened_at + timedelta(minutes=9)
    ),
    "answer of Odoo lost, a person has to look": lambda case: _decided(
        case, _W.UNCERTAIN, problem="The record did not change within the settling time."
    ),
    "refused by Odoo": lambda case: _decided(case, _W.FAILED, problem=_REFUSED),
    "done by hand": lambda case: _closed(case, _W.BY_HAND, "done in Odoo by hand, says Grace Lind: booked there"),
    "not carried out": lambda case: _closed(case, _W.GIVEN_UP, "not carried out, says Grace Lind: ordered elsewhere"),
}
