"""``/exceptions`` and ``/approvals``: what is open, late or whose; one case at length; the history of a record."""

from __future__ import annotations

from bot.approvals.holders import everybody
from bot.approvals.sight import View, view_of
from bot.cases.model import Kind
from bot.cases.planning import Rules
from bot.cases.rules_now import rules_now
from bot.db import Database, Read
from bot.handlers.counter import Counter
from bot.handlers.slash import Asked, Handler, case_number
from bot.handlers.typed import mentions, naming
from bot.reports.question import Known
from bot.reports.reading import read
from bot.reports.register import MOST_COUNTED, Page, answer, history, one
from bot.slack.listing import at_length, listed, past_line
from bot.slack.notice import Notice, notice

FILTERS = "[mine|overdue|unowned] [SITE] [TYPE] [over 500 USD] [older 2h] [owner NAME] [WORDS] [page 2]"
WAITING = "[waiting @PERSON|ROLE] [overdue] [SITE] [TYPE] [over 500 USD] [older 2h] [WORDS] [page 2]"
#: People who are looked up in Slack for one question.
_MENTIONS = 3
#: Lines of a history.
_SHOWN = 25


class RegisterDesk:
    """Answers the subcommands."""

    def __init__(self, database: Database, counter: Counter) -> None:
        self._database = database
        self._people = counter.people
        self._service = counter.service
        self._clock = counter.clock

    def list_of(self, kind: Kind, *first: str) -> Handler:
        """Lists open cases of a kind; ``first`` are words that are asked before those which were typed."""

        async def listing(asked: Asked) -> Notice:
            now, words = self._clock.now(), await self._named(asked)
            async with self._database.read() as session:
                rules = await rules_now(session, self._service.rules, now)
                understood = read((*first, *words), kind, _known(rules, asked))
                view = view_of(asked.person.email, rules, now)
                page = await answer(session, understood.question, view, now, rules)
            return listed(kind, page.cases, _counted(page), understood.hints, _turning(page, asked, first), now)

        return listing

    async def show(self, asked: Asked) -> Notice | str:
        """One case, as its card says it."""
        number = case_number(asked)
        if number is None:
            return f"Please name a case by its number, as its card does: {asked.command} show 12"
        async with self._database.read() as session:
            case = await one(session, number, await self._view(session, asked))
        return at_length(case) if case else f"There is no case {number} that you may see."

    async def history(self, asked: Asked) -> Notice | str:
        """Every case about a record, by its name in Odoo."""
        if not asked.rest:
            return f"Please name a record as Odoo does: {asked.command} history P00042"
        async with self._database.read() as session:
            found = await history(session, asked.rest, await self._view(session, asked))
        lines = [past_line(case, self._clock.now()) for case in found[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(f"… and {len(found) - _SHOWN} older ones")
        return notice(lines or ["No case that you may see is about a record of this name."], title="History")

    async def _named(self, asked: Asked) -> tuple[str, ...]:
        """What was typed, with addresses in place of mentions. Raises TransientError where Slack does not say whose."""
        people = {one: await self._people.person(one, asked.whom.team_id) for one in mentions(asked.words)[:_MENTIONS]}
        return naming(asked.words, {one: person.email for one, person in people.items()})

    async def _view(self, session: Read, asked: Asked) -> View:
        now = self._clock.now()
        return view_of(asked.person.email, await rules_now(session, self._service.rules, now), now)


def _known(rules: Rules, asked: Asked) -> Known:
    config = rules.config
    return Known(tuple(config.sites), tuple(rules.traits), tuple(config.roles), everybody(rules), me=asked.person.email)


def _counted(page: Page) -> str:
    if not page.whole:
        return f"At least {page.total}"
    return f"More than {MOST_COUNTED:,}" if page.total > MOST_COUNTED else str(page.total)


def _turning(page: Page, asked: Asked, first: tuple[str, ...]) -> str:
    if page.number >= page.pages:
        return ""
    typed = [*first, *asked.words]
    while "page" in typed:
        del typed[typed.index("page") : typed.index("page") + 2]
    following = " ".join((asked.command, *typed, "page", str(page.number + 1)))
    return f"Page {page.number} of {page.pages}. Next: {following}"
