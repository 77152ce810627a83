"""Calling the guard where an administrator has installed it, and reading its answers.

A guard is used only if its name says that its code is what this program would make: after an update of Signoff an old
one is left alone, and writing goes on without it, until ``signoff odoo setup --guard`` has run again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.config.model import Source
from bot.errors import PermanentError, TransientError
from bot.odoo import guard
from bot.odoo.catalog.entry import EventType
from bot.odoo.classify import ACCESS_ERROR, MISSING
from bot.odoo.client import OdooClient
from bot.odoo.guard import Refused
from bot.odoo.setup.wanted import guarding

#: A guard that was installed, renewed or taken away is noticed after this.
LASTS: Final = timedelta(minutes=10)

ACTIONS: Final = "ir.actions.server"

_CHANGED = "The record changed while it was being written; nothing was written, it is looked at again."
_GONE = "The guard in Odoo was taken away; nothing was written, and the bot looks for another way."

_WORDS: Final[Mapping[Refused, str]] = {
    Refused.NO_EFFECT: (
        "Odoo took the call, but the record did not change, so all of it was taken back. Usually {doer} lacks the "
        "right for this step; please look at the record in Odoo."
    ),
    Refused.OTHERWISE: (
        "With the smaller figures Odoo made others of them than were agreed on (it rounds, or taxes and rules of price "
        "come in), so all of it was taken back; please look at the record in Odoo."
    ),
    Refused.ASKS: "Odoo asks a person first: “{said}”. Please open the record in Odoo.",
    Refused.PERSON: (
        "The guard in Odoo does not write as {doer}: that user is archived, an administrator, the bot, or not the one "
        "who was found before. Nothing was written."
    ),
    Refused.MISUSE: "The guard in Odoo did not understand the call; an administrator should run signoff odoo setup.",
}

#: {said} is Odoo's own reason.
_NOT_ALLOWED = "Odoo does not let {doer} do this, as whom the decision is written: {said}"

_BOT = "the bot's user"

log = structlog.get_logger(__name__)


async def bound_to(client: OdooClient, source: str, model: str) -> dict[str, int]:
    """The guards of ``model`` that this user may run, of whatever release: name -> id. Raises SignoffError."""
    bound = await client.query("ir.actions.actions", "get_bindings", model)
    begins = f"Signoff {source} guard: {model} "
    return {one["name"]: one["id"] for one in bound.get("action", ()) if str(one["name"]).startswith(begins)}


class Guards:
    """The guards of one source."""

    def __init__(self, settings: Source, client: OdooClient, clock: Clock) -> None:
        self._settings = settings
        self._source = settings.name
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[datetime, int | None]] = {}

    async def of(self, model: str, entries: Sequence[EventType]) -> int | None:
        """The id of the action that guards ``model``; None where there is none that can be used.

        Raises TransientError: a record that should be guarded is not written without it because nobody answered.
        """
        now = self._clock.now()
        until, action = self._known.get(model, (now, None))
        if until <= now:
            action = await self._find(model, entries)
            self._known[model] = (now + LASTS, action)
        return action

    async def _find(self, model: str, entries: Sequence[EventType]) -> int | None:
        if not guard.can_guard(entries):
            return None
        try:
            found = await bound_to(self._client, self._source, model)
        except PermanentError as error:
            log.warning("guard not looked for", source=self._source, model=model, error=error.kind)
            return None
        return found.get(guarding(self._settings, model, entries).name)

    async def run(self, action: int, model: str, record_id: int, given: Mapping[str, object]) -> None:
        """Carry out one outcome by the guard. ``given``: method, mark, note, the fields as they were read, and as whom.

        Raises as ``OdooClient.act``; TransientError when nothing was written because the record is not what was
        read; PermanentError with the kind of a ``Refused``.
        """
        context = {"active_model": model, "active_id": record_id, "active_ids": [record_id], **given}
        try:
            await self._client.act(ACTIONS, "run", [action], context=context)
        except PermanentError as error:
            raise self._meant(error, model, str(given.get(guard.LOGIN) or _BOT)) from error

    def _meant(self, error: PermanentError, model: str, doer: str) -> PermanentError | TransientError:
        if error.kind == MISSING:
            self._known.pop(model, None)
            return TransientError(_GONE, kind="guard_gone")
        refused = Refused.of(error.sentence)
        if refused is None:
            return error if doer == _BOT else _of(error, doer)
        log.info("guard refused", source=self._source, model=model, refused=refused)
        if refused is Refused.STALE:
            return TransientError(_CHANGED, kind=refused)
        said = error.sentence.partition(refused.sign)[2].strip()
        return PermanentError(_WORDS[refused].format(said=said, doer=doer), kind=refused)


def _of(error: PermanentError, doer: str) -> PermanentError:
    """What Odoo does not let a person do is that person's, not the bot's."""
    if error.kind != ACCESS_ERROR:
        return error
    said = error.sentence.partition(": ")[2]
    return PermanentError(_NOT_ALLOWED.format(doer=doer, said=said), kind=error.kind)
