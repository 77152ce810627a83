"""The story of a case: what its thread is told, a line for each audit entry that people want to hear of.

Core: pure. One table, ``LINES``; to tell of a new action, add its function there. Texts of Odoo and of people are shown
literally, and only whom an entry's ``mention`` names (addresses, and Slack's ids of user groups) is told by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.slack import caring, chasing
from bot.slack.notice import Notice
from bot.slack.text import Piece, inert, mention, mention_markup, moment, piece, rich
from bot.text import either, one_line

_LINE = 300
#: Characters of one reply; what does not fit is told in the next one.
_REPLY = 5000
_MOST_CHANGES = 5
_MOST_MENTIONS = 20
#: A line that comes later than this says when it was.
_LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Happened:
    """An audit entry with its detail as it was read (empty once erased)."""

    seq: int
    action: str
    at: datetime
    detail: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A text of the detail; empty where there is none."""
        return str(self.detail.get(name) or "")

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Those who are to be told by name: addresses, and Slack's ids of user groups."""
        named = self.detail.get("mention") or ()
        return tuple(str(one) for one in named)[:_MOST_MENTIONS] if isinstance(named, list | tuple) else ()


#: What an entry says, as one line for people; empty where it has nothing to say.
Line = Callable[[Happened], str]


def is_told(happened: Happened) -> bool:
    """Whether the thread hears of it."""
    return happened.action in LINES and bool(LINES[happened.action](happened))


def reply(happened: Sequence[Happened], people: Mapping[str, str], now: datetime) -> tuple[Notice, int]:
    """One reply of as many lines as fit, and the number of the last entry that is in it.

    ``happened`` holds entries that are told, the oldest first, one at least; ``people`` leads from addresses to Slack
    ids; an id of a user group is one already.
    """
    fitting = _fitting(happened)
    drawn: list[Piece] = []
    heard: list[str] = []
    for one in fitting:
        ids = [people.get(name, "") if is_address(name) else name for name in one.mentioned]
        ids = [one for one in ids if one]
        line = ("Only observed, not done: " if one.detail.get("observed") else "") + LINES[one.action](one)
        drawn += _drawn(line, one, ids, now=now, last=one is fitting[-1])
        heard.append(" ".join([inert(line, _LINE), *map(mention_markup, ids)]))
    return Notice(" ".join(heard), (rich(*drawn),)), fitting[-1].seq


def is_address(name: str) -> bool:
    """Whether a name under ``mention`` is a person's; else it is the id of a user group."""
    return "@" in name


def _fitting(happened: Sequence[Happened]) -> Sequence[Happened]:
    most = max(1, _REPLY // _LINE)
    return happened[:most]


def _drawn(line: str, happened: Happened, ids: Sequence[str], *, now: datetime, last: bool) -> list[Piece]:
    late = now - happened.at > _LATE
    when = [piece("·", 1, end=" "), moment(happened.at)] if late else []
    named = [one for known in ids for one in (piece("·", 1, end=" "), mention(known))]
    more = [*when, *named]
    end = "" if last else "\n"
    if not more:
        return [piece(line, _LINE, end=end)]
    return [piece(line, _LINE, end=" "), *more, *([{"type": "text", "text": end}] if end else [])]


def _approved(happened: Happened) -> str:
    if happened.detail.get("break_glass"):
        return f"BREAK-GLASS: approved by {happened.text('name')} alone.{_because(happened)} A review is owed."
    how = " with changes" if happened.detail.get("changes") else ""
    chosen = f": {happened.text('chosen')}" if happened.text("chosen") else ""
    return f"Approved{how} by {_whom(happened)}{chosen}{_smaller(happened)}.{_because(happened)}{_turn(happened)}"


def _smaller(happened: Happened) -> str:
    """What was made smaller, before and after; the rest of a stored change names its line."""
    changes = happened.detail.get("changes")
    known = [one[:3] for one in changes if isinstance(one, list | tuple)] if isinstance(changes, list) else []
    return _figures(replace(happened, detail={"changed": known})) if known else ""


def _rejected(happened: Happened) -> str:
    return f"Rejected by {_whom(happened)}.{_because(happened)}"


def _turn(happened: Happened) -> str:
    """Whose turn it is, where the next stage begins."""
    asked = happened.detail.get("asked_now")
    roles = [str(role) for role in asked] if isinstance(asked, list | tuple) else []
    return f" Now it is the turn of {either(roles)}." if roles and happened.mentioned else ""


def _whom(happened: Happened) -> str:
    role = happened.text("role").replace("_", " ")
    holder = happened.text("holder")
    role += f", on behalf of {one_line(holder, 80)}" if holder else ""
    return f"{happened.text('name') or 'somebody'}{f' ({role})' if role else ''}"


def _because(happened: Happened) -> str:
    reason = one_line(": ".join(filter(None, (happened.text("code"), happened.text("reason")))), 180)
    return f" “{reason}”" if reason else ""


def _figures(happened: Happened) -> str:
    changed = happened.detail.get("changed")
    known = [one for one in changed if isinstance(one, list | tuple)] if isinstance(changed, list | tuple) else []
    figures = [f"{label}: {before} → {after}" for label, before, after in known[:_MOST_CHANGES]]
    more = [f"and {len(known) - _MOST_CHANGES} more"] if len(known) > _MOST_CHANGES else []
    return f": {'; '.join(one_line(one, 90) for one in [*figures, *more])}" if known else ""


def _revised(happened: Happened) -> str:
    return f"Changed in Odoo{_figures(happened)}. Earlier answers are void."


def _amended(happened: Happened) -> str:
    return f"Changed in Odoo{_figures(happened)}. Within the tolerance, so answers given before stand."


def _said(kind: str) -> Line:
    return lambda happened: f"{kind} by {_whom(happened)}: “{one_line(happened.text('text'), 220)}”"


def _received(happened: Happened) -> str:
    return f"Evidence from {happened.text('name')}: {one_line(happened.text('file'), 100)}."


def _no_evidence(happened: Happened) -> str:
    return f"A file from {happened.text('name')} does not count: {one_line(happened.text('problem'), 150)}"


def _withdrawn(happened: Happened) -> str:
    return f"Over: {happened.text('ending') or 'it is over in Odoo'}."


def _gained(happened: Happened) -> str:
    stages = happened.detail.get("stages")
    asked = len(stages) if isinstance(stages, list) else 0
    more = f" {asked} stages are asked now." if asked > 1 else ""
    return f"One more reason to ask: {happened.text('rule')}.{more}"


def _rerouted(happened: Happened) -> str:
    void = " Answers given before are void." if happened.detail.get("void") else ""
    under = f"rule “{one_line(happened.text('rule'), 80)}”, policy “{one_line(happened.text('policy'), 80)}”"
    return f"Rerouted by {happened.text('name')} under {under}.{_because(happened)}{void}"


def _review_owed(happened: Happened) -> str:
    role = happened.text("role").replace("_", " ") or "nobody that the config names"
    return f"The review of {happened.text('name')}'s BREAK-GLASS approval is still owed, by {role}."


def _nobody_left(happened: Happened) -> str:
    role = happened.text("last_resort").replace("_", " ")
    instead = f" {role.capitalize()} is asked besides." if role else " Please tell your admin."
    return f"Too few people are left who may decide this.{instead}"


def _forwarded(happened: Happened) -> str:
    return f"{happened.text('name')} lets {happened.text('taker_name')} answer in that name."


def _taken_back(happened: Happened) -> str:
    names = happened.detail.get("taker_names")
    who = ", ".join(one_line(str(one), 80) for one in names) if isinstance(names, list | tuple) else "somebody"
    return f"{happened.text('name')} took back that {who} may answer in that name."


def _breached(happened: Happened) -> str:
    return f"CONTROL BREACH: {happened.text('ending')}."


def _superseded(happened: Happened) -> str:
    return f"Nothing was written: {happened.text('ending')}. {happened.text('problem')}".rstrip()


def _confirmed(happened: Happened) -> str:
    return f"Confirmed in Odoo: {happened.text('ending')}."


def _delayed(happened: Happened) -> str:
    return f"Not yet written to Odoo: {happened.text('problem')} It is tried again by itself."


def _failed(happened: Happened) -> str:
    return f"NOT written to Odoo: {happened.text('problem') or 'it refused'}"


def _uncertain(_happened: Happened) -> str:
    return "The answer of Odoo was lost; the bot is looking whether it was written."


def _asked(happened: Happened) -> str:
    return f"A person has to look in Odoo whether it was written. {happened.text('problem')}".rstrip()


def _retried(happened: Happened) -> str:
    return f"{happened.text('name')} has it written to Odoo again."


def _by_hand(happened: Happened) -> str:
    return f"Done in Odoo by hand, says {happened.text('name')}.{_because(happened)}"


def _given_up(happened: Happened) -> str:
    return f"Not carried out, says {happened.text('name')}.{_because(happened)}"


def _undeliverable(happened: Happened) -> str:
    instead = happened.text("instead")
    if happened.text("channel").startswith("@"):
        who = f" {instead} is written to instead." if instead else ""
        return f"{happened.text('channel')[1:]} cannot be written to: {happened.text('problem')}{who}"
    where = f" It is asked in {instead} instead." if instead else ""
    return f"{happened.text('channel')} cannot be reached: {happened.text('problem')}{where}"


#: Audit action -> its line. What is not here is not told: openings are the card, refusals concern one person alone.
LINES: Mapping[str, Line] = {
    "case.revised": _revised,
    "case.amended": _amended,
    "case.asked": _said("Question"),
    "case.answered": _said("Answer"),
    "case.commented": _said("Comment"),
    "case.undone": lambda happened: f"{happened.text('name')} took the answer back; it is asked again.",
    "case.reviewed": _said("Review"),
    "case.review_owed": _review_owed,
    "case.stage_approved": _approved,
    "case.approved": _approved,
    "case.approved_with_changes": _approved,
    "case.rejected": _rejected,
    "case.finding_gained": _gained,
    "case.forwarded": _forwarded,
    "case.forward_taken_back": _taken_back,
    "case.nobody_left": _nobody_left,
    "case.withdrawn": _withdrawn,
    "case.decided_in_odoo": _withdrawn,
    "case.control_breach": _breached,
    "evidence.received": _received,
    "evidence.refused": _no_evidence,
    "case.superseded": _superseded,
    "write_back.confirmed": _confirmed,
    "write_back.delayed": _delayed,
    "write_back.failed": _failed,
    "write_back.uncertain": _uncertain,
    "write_back.asked": _asked,
    "write_back.retried": _retried,
    "write_back.by_hand": _by_hand,
    "write_back.given_up": _given_up,
    "card.undeliverable": _undeliverable,
    "case.observed": lambda happened: f"It {happened.text('ending')}.",
    "case.rerouted": _rerouted,
    "case.went_live": lambda _happened: "It is observed no longer: people are asked from here on.",
    "case.expired": chasing.expired,
    "fallback.activities": chasing.fell_back,
    "self_audit.gap": chasing.missed,
    "case.reassigned": chasing.handed_by_hand,
    "reminder.due": chasing.woken,
    "clock.paused": chasing.paused,
    "clock.resumed": chasing.resumed,
    "escalation.reminded": chasing.reminded,
    "escalation.messaged": chasing.messaged,
    "escalation.posted": chasing.posted,
    "escalation.reassigned": chasing.reassigned,
    "escalation.widened": chasing.widened,
    "escalation.skipped": chasing.skipped,
    "escalation.withheld": chasing.withheld,
    **caring.LINES,
}
