"""Performs KEEP_ACTIVITIES: makes the activities on a case's record in Odoo what the case says they ought to be.

Ours are known by the mark in their summary. Whose activity is missing gets one, and one that nobody needs any more is
marked as done with the reason, never deleted: whoever saw it can read why it went away.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import structlog

from bot.approvals.quorum import current_stage
from bot.cases.model import Case
from bot.coalesce import Coalescer
from bot.config.model import Source
from bot.errors import PermanentError
from bot.odoo.client import OdooClient, Row
from bot.odoo.sources import Sources
from bot.outbox import Claimed
from bot.text import either, one_line

log = structlog.get_logger(__name__)

_MODEL = "mail.activity"
_TYPE = "mail.mail_activity_data_todo"
_LONGEST = 120


class Activities:
    """The sender of KEEP_ACTIVITIES effects."""

    def __init__(self, sources: Sources, *, cases: Coalescer[int, Case]) -> None:
        self._sources = sources
        self._cases = cases

    async def keep(self, claimed: Claimed) -> None:
        """Make Odoo say what the case says.

        A second run is harmless: it looks first, and finds what the one before has made or done.
        Raises PermanentError where nobody of those it is meant for is a user of that Odoo.
        """
        case = await self._cases.get(claimed.case_id)
        if case is None:
            return
        source = self._sources.get(case.record.source)
        if source is None:
            msg = f"The config has no source {case.record.source} any more."
            raise PermanentError(msg, kind="no_source")
        wanted = await _users(source.client, source.settings, case)
        standing = await _standing(source.client, case)
        for user in sorted(set(wanted.values()) - {_user(one) for one in standing}):
            await _add(source.client, case, user)
        for one in standing:
            if _user(one) not in wanted.values():
                await source.client.act(_MODEL, "action_feedback", [one["id"]], kwargs={"feedback": _why_done(case)})
        if case.activities and not wanted:
            msg = "Nobody who may decide this is a user of Odoo by that address; name them under users of the source."
            raise PermanentError(msg, kind="no_user")


async def _users(client: OdooClient, settings: Source, case: Case) -> Mapping[str, int]:
    """The users of Odoo behind the addresses that are to have an activity; who is none is left out."""
    logins = {email: login for login, email in settings.users.items()}
    names = {logins.get(email, email): email for email in case.activities}
    if not names:
        return {}
    rows = await client.search_read("res.users", [("login", "in", sorted(names))], ["login"])
    found = {names[str(row["login"])]: int(row["id"]) for row in rows if row["login"] in names}
    if len(found) < len(names):
        log.warning("no user in odoo for an activity", case_id=case.id, missing=len(names) - len(found))
    return found


async def _standing(client: OdooClient, case: Case) -> list[Row]:
    """Our activities on the record that are not done yet (Odoo 19 keeps those that are, archived)."""
    domain = [
        ("res_model", "=", case.record.model),
        ("res_id", "=", case.record.id),
        ("summary", "ilike", _mark(case)),
    ]
    return await client.search_read(_MODEL, domain, ["user_id"], order="id")


async def _add(client: OdooClient, case: Case, user: int) -> None:
    """Odoo finds the kind of record by itself; what it answers proves nothing and is not looked at."""
    note = (
        f"{one_line(case.event.title, _LONGEST)}, {case.event.value or 'value unknown'}: waits for "
        f"{either(current_stage(case).roles)} since "
        f"{case.opened_at:%Y-%m-%d %H:%M} UTC. Slack could not show it. Decide it here in Odoo, or in Slack once it is "
        "back; this activity is then marked as done by itself."
    )
    values = {
        "act_type_xmlid": _TYPE,
        "summary": f"Decide {one_line(case.event.title, _LONGEST)} {_mark(case)}",
        "note": f"<p>{escape(note)}</p>",
        "user_id": user,
    }
    await client.act(case.record.model, "activity_schedule", [case.record.id], kwargs=values)


def _mark(case: Case) -> str:
    return f"[Signoff case {case.id}]"


def _user(row: Row) -> int:
    return int(row["user_id"][0]) if row["user_id"] else 0


def _why_done(case: Case) -> str:
    if case.is_waiting:
        return "Signoff: somebody else is asked now, or you have answered."
    how = f": {case.ending}" if case.ending else ""
    return one_line(f"Signoff: {case.status}{how}", 500)
