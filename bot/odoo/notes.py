"""Notes on records: who decided, when, as what, why, and which audit entry says so.

A note is looked for by its mark before it is posted, so that posting twice after a lost answer leaves one note.
It is an internal note: no follower is mailed, and Odoo escapes its text.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.audit.log import Mark, mark_of
from bot.cases import choosing
from bot.cases.changing import agreed, in_words
from bot.cases.model import Case, Decision, Status, Verdict
from bot.cases.straight import ROLE as STRAIGHT_THROUGH
from bot.coalesce import Coalescer
from bot.db import Database
from bot.errors import PermanentError
from bot.odoo.client import OdooClient
from bot.text import one_line

#: The audit entries that a note may name.
DECIDED = ("case.approved", "case.approved_with_changes", "case.rejected", "case.expired", "exception.resolved")

#: The internal subtype: followers, customers among them, are not mailed.
INTERNAL = "mail.mt_note"


class DecisionMarks:
    """Answers which audit entry decided a case; what is asked at the same time is one read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = Coalescer(self._load)

    async def of(self, case: Case) -> Mark:
        """The mark of the audit entry of a case's decision. Raises PermanentError when there is none."""
        mark = await self._asked.get(case.id)
        if mark is None:
            msg = "There is no audit entry of a decision on this case, so nothing is written to Odoo."
            raise PermanentError(msg, kind="no_audit_entry")
        return mark

    async def _load(self, case_ids: Sequence[int]) -> dict[int, Mark]:
        async with self._database.read() as session:
            found = [(one, await mark_of(session, one, DECIDED)) for one in case_ids]
        return {one: mark for one, mark in found if mark is not None}


def note(case: Case, mark: Mark, *, writer: str = "") -> str:
    """The text of the note, on one line: Odoo would join the lines anyway.

    ``writer`` says, as a sentence, who writes it as whom, where it is not the bot as itself.
    """
    if case.status is Status.EXPIRED:
        return one_line(f"Expired in Slack: {case.ending}, {case.closed_at:%Y-%m-%d %H:%M} UTC. {mark}", 1500)
    if case.care is not None and (resolved := case.care.resolved) is not None:
        said = f"Resolved in Slack by {resolved.name}, {resolved.at:%Y-%m-%d %H:%M} UTC: {resolved.said}."
        return one_line(f"{one_line(said, 1300)} {mark}", 1500)
    given = [one for one in case.standing if _counts(one.verdict, case)]
    who = ", ".join(f"{one.name} ({one.as_role.replace('_', ' ')}{_behalf(one)})" for one in given)
    at = max(one.at for one in given)
    reasons = "; ".join(one.why for one in given if one.why)
    changed = "; ".join(f"{one.label}: {one.before} → {one.after}" for one in in_words(agreed(case)))
    how = f" Changed: {one_line(changed, 600)}." if changed and case.is_approved else ""
    chosen = choosing.chosen(case)
    how += f" Chosen: {chosen.label}." if chosen and case.is_approved else ""
    why = f' Reason: "{one_line(reasons, 1000)}".' if reasons else ""
    where = "" if any(one.as_role == STRAIGHT_THROUGH for one in given) else " in Slack"
    said = case.status.replace("_", " ").capitalize()
    told = one_line(f"{said}{where} by {who}, {at:%Y-%m-%d %H:%M} UTC.{how}{why}", 1450)
    return f"{told} {writer} {mark}" if writer else f"{told} {mark}"


def _behalf(given: Decision) -> str:
    return f", on behalf of {given.behalf_name}" if given.behalf_name else ""


def _counts(verdict: Verdict, case: Case) -> bool:
    return (verdict is Verdict.APPROVE) == case.is_approved


async def is_posted(client: OdooClient, case: Case, mark: Mark) -> bool:
    """Whether the record has the note already."""
    domain = [("model", "=", case.record.model), ("res_id", "=", case.record.id), ("body", "ilike", str(mark))]
    return bool(await client.search("mail.message", domain, limit=1))


async def post(client: OdooClient, case: Case, mark: Mark, *, sign: str = "") -> None:
    """Put the note on the record; ``sign`` is what releases a held one."""
    text = note(case, mark)
    await client.act(
        case.record.model,
        "message_post",
        [case.record.id],
        kwargs={"body": f"{text} {sign}" if sign else text, "subtype_xmlid": INTERNAL},
    )
