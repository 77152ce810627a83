"""As whom a decision is written to Odoo where the source says ``act_as_user``: the Odoo user of whoever decided last.

Refuses with a sentence for the card where there is nobody to act as: nothing is ever written as the bot in a person's
stead. Must not write, and knows nothing of the guard that does.
"""

from __future__ import annotations

from bot.cases.model import Case, Decision, Verdict
from bot.cases.straight import ROLE as STRAIGHT_THROUGH
from bot.config.model import Source
from bot.db import Database
from bot.errors import PermanentError
from bot.identities import known
from bot.odoo.client import OdooClient
from bot.odoo.doer import Doer, user_of


def decider(case: Case) -> Decision | None:
    """Whoever decided last, of those whose answers made the outcome; None where a rule or the time did."""
    wanted = Verdict.APPROVE if case.is_approved else Verdict.REJECT
    given = [one for one in case.standing if one.verdict is wanted and one.as_role != STRAIGHT_THROUGH]
    return max(given, key=lambda one: (one.at, one.stage), default=None)


class Acting:
    """Looks up as whom a decision is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, case: Case, settings: Source, client: OdooClient) -> Doer | None:
        """The user to act as; None where the bot writes as itself: nobody decided, or the source does not ask for it.

        Raises TransientError, and PermanentError where there is nobody to act as.
        """
        given = decider(case) if settings.act_as_user else None
        if given is None:
            return None
        async with self._database.read() as session:
            found = (await known(session, settings.name)).get(given.email)
        doer = await user_of(given.email, found, settings, client)
        if isinstance(doer, Doer):
            return doer
        msg = f"{doer} Nothing was written: decisions are written as whoever decided (act_as_user)."
        raise PermanentError(msg, kind="nobody_to_act_as")
