"""Performs KEEP_ACTIVITIES: makes the activities on a case's record in Odoo what the case says they ought to be.

Ours are known by the mark in their summary. Whose activity is missing gets one, and one that nobody needs any more is
marked as done with the reason, never deleted: whoever saw it can read why it went away. Records that Odoo has no
activities for (counts, scrap orders) have theirs on the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import structlog

from bot.approvals.quorum import current_stage
from bot.cases.model import Case
from bot.coalesce import Coalescer
from bot.config.model import Source
from bot.errors import PermanentError
from bot.odoo.classify import ACCESS_ERROR
from bot.odoo.client import OdooClient, Row
from bot.odoo.sources import OdooSource, Sources, source_of
from bot.outbox import Claimed
from bot.text import either, one_line

log = structlog.get_logger(__name__)

_MODEL = "mail.activity"
_TYPE = "mail.mail_activity_data_todo"
_PRODUCT = "product.product"
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class _Place:
    """The record in Odoo that a case's activities hang on, and the sign by which they are known there."""

    model: str
    record_id: int
    mark: str


class Activities:
    """The sender of KEEP_ACTIVITIES effects."""

    def __init__(self, sources: Sources, *, cases: Coalescer[int, Case]) -> None:
        self._sources = sources
        self._cases = cases

    async def keep(self, claimed: Claimed) -> None:
        """Make Odoo say what the case says; where it knows no activities for such records, nothing is owed.

        A second run is harmless: it looks first, and finds what the one before has made or done.
        Raises PermanentError where nobody of those it is meant for is a user of that Odoo, or where the bot may not
        plan activities there.
        """
        case = await self._cases.get(claimed.case_id)
        if case is None:
            return
        source = source_of(self._sources, case)
        place = _place(source, case)
        if place is None or not await _has_activities(source.client, place.model):
            log.warning("odoo has no activities for such a record", case_id=case.id, model=case.record.model)
            return
        await self._at(place, source, case)

    async def _at(self, place: _Place, source: OdooSource, case: Case) -> None:
        wanted = await _users(source.client, source.settings, case)
        standing = await _standing(source.client, place)
        for user in sorted(set(wanted.values()) - {_user(one) for one in standing}):
            await _add(source.client, place, case, user)
        for one in standing:
            if _user(one) not in wanted.values():
                await source.client.act(_MODEL, "action_feedback", [one["id"]], kwargs={"feedback": _why_done(case)})
        if case.activities and not wanted:
            msg = "Nobody who may decide this is a user of Odoo by that address; name them under users of the source."
            raise PermanentError(msg, kind="no_user")


def _place(source: OdooSource, case: Case) -> _Place | None:
    """Where they hang; None where the record should have a product and has none."""
    entries = source.by_model.get(case.record.model, ())
    field = next((one.activities_on for one in entries if one.name == case.event.event_type), "")
    if not field:
        return _Place(case.record.model, case.record.id, f"[Signoff case {case.id}]")
    product = next((one.value for one in case.event.seen if one.field == field), "")
    if not product.isdecimal():
        return None
    mark = f"[Signoff case {case.id}: {case.record.model} {case.record.id}]"
    return _Place(_PRODUCT, int(product), mark)


async def _has_activities(client: OdooClient, model: str) -> bool:
    """Whether activities can be planned on this model; some have a chatter alone."""
    return "activity_ids" in await client.query(model, "fields_get", allfields=["activity_ids"], attributes=["type"])


async def finish_own(client: OdooClient, case: Case) -> None:
    """Mark as done what Odoo has planned on the record for the bot itself, such as by an automation rule: its part is
    done. What is planned for people is theirs.

    A second run finds nothing. Raises SignoffError.
    """
    mine = [
        ("res_model", "=", case.record.model),
        ("res_id", "=", case.record.id),
        ("user_id", "=", await client.uid()),
    ]
    for one in await client.search(_MODEL, mine):
        await client.act(_MODEL, "action_feedback", [one], kwargs={"feedback": _why_done(case)})


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


async def _standing(client: OdooClient, place: _Place) -> list[Row]:
    """Our activities there that are not done yet (Odoo 19 keeps those that are, archived)."""
    domain: list[tuple[str, str, object]] = [("res_model", "=", place.model), ("summary", "ilike", place.mark)]
    if place.model != _PRODUCT:  # on a product they are known by their mark, whichever the product was then
        domain.append(("res_id", "=", place.record_id))
    return await client.search_read(_MODEL, domain, ["user_id"], order="id")


async def _add(client: OdooClient, place: _Place, case: Case, user: int) -> None:
    """Odoo finds the kind of record by itself; what it answers proves nothing and is not looked at."""
    note = (
        f"{one_line(case.event.title, _LONGEST)}, {case.event.value or 'value unknown'}: waits for "
        f"{either(current_stage(case).roles)} since "
        f"{case.opened_at:%Y-%m-%d %H:%M} UTC. Slack could not show it. Decide it here in Odoo, or in Slack once it is "
        "back; this activity is then marked as done by itself."
    )
    values = {
        "act_type_xmlid": _TYPE,
        "summary": f"Decide {one_line(case.event.title, _LONGEST)} {place.mark}",
        "note": f"<p>{escape(note)}</p>",
        "user_id": user,
    }
    try:
        await client.act(place.model, "activity_schedule", [place.record_id], kwargs=values)
    except PermanentError as error:
        if error.kind != ACCESS_ERROR or place.model != _PRODUCT:
            raise
        msg = "Only who may edit products can plan activities on them: put the bot into Inventory / Administrator."
        raise PermanentError(msg, kind=ACCESS_ERROR) from error


def _user(row: Row) -> int:
    return int(row["user_id"][0]) if row["user_id"] else 0


def _why_done(case: Case) -> str:
    if case.is_waiting:
        return "Signoff: somebody else is asked now, or you have answered."
    how = f": {case.ending}" if case.ending else ""
    return one_line(f"Signoff: {case.status}{how}", 500)
