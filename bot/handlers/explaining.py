"""``/signoff explain CASE``: why a case came, what its plan is, and who may answer it now.

Reads, and puts into words what ``config/explain`` found.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.approvals.sight import Sight, sight, view_of
from bot.cases import choosing, store
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.rules_now import rules_now
from bot.cases.service import Service
from bot.clock import Clock
from bot.config.explain import StageTold, explain, stages_of, zone_of
from bot.config.explain_text import choice_line, steps
from bot.db import Database
from bot.handlers.slash import Asked, case_number
from bot.slack.notice import Notice, notice
from bot.text import either, one_line

_NO_NUMBER = "Please name a case by its number, as its card does: /signoff explain 12"

#: People named for each stage who may not; whoever misses somebody asks with the command line.
_SHOWN = 15


class ExplainDesk:
    """Answers the subcommand."""

    def __init__(self, database: Database, service: Service, clock: Clock) -> None:
        self._database = database
        self._service = service
        self._clock = clock

    async def explain(self, asked: Asked) -> Notice | str:
        """The rule that the case fell under, why not those above it, its stages, and everybody's say in them."""
        number = case_number(asked)
        if number is None:
            return _NO_NUMBER
        async with self._database.read() as session:
            case = (await store.by_id(session, [number])).get(number)
            rules = await rules_now(session, self._service.rules, self._clock.now())
        view = view_of(asked.person.email, rules, self._clock.now())
        if case is None or sight(case, view) is not Sight.WHOLE:
            return f"There is no case {number} that you may see whole."
        return notice(list(_lines(case, rules, self._clock)), title=f"Case {case.id}: {one_line(case.event.title, 80)}")


def _lines(case: Case, rules: Rules, clock: Clock) -> Iterator[str]:
    now, plan = clock.now(), case.plan
    yield f'Rule "{plan.rule}", policy "{plan.policy}", site {plan.site or "none"}; it keeps this plan until it ends.'
    told = explain(case.event, rules, now)
    leading = told.rulings[0]
    yield from (f'Passed over "{one.rule.name}": {one.reason}' for one in leading.passed[:_SHOWN])
    if told.plan is not None and not told.alone and (told.plan.rule, told.plan.policy) != (plan.rule, plan.policy):
        yield f'Under the config as it is now it would be rule "{told.plan.rule}", policy "{told.plan.policy}".'
    if plan.observe:
        yield "It is only observed: nobody is asked, and nothing is written to Odoo."
    if plan.missing:
        yield f"Not known: {', '.join(plan.missing)}."
    if not case.is_waiting:
        yield f"It is {case.status}; nobody is asked any more."
        return
    if choices := choosing.offered(case):
        yield choice_line(choices, choosing.usual(case))
    stages = stages_of(case, rules, now)
    for place, stage in enumerate(stages, start=1):
        yield from _stage(stage, place, len(stages))
        yield from steps(stage, zone_of(plan))


def _stage(stage: StageTold, place: int, of: int) -> Iterator[str]:
    asked = " and ".join(stage.roles) if stage.every else either(stage.roles)
    yield f"Stage {place} of {of}: {stage.count} of {asked}, in {', '.join(stage.channels)}"
    for group in stage.untold:
        yield f"  whoever is in {group.told} as well, which could not be read"
    yield f"  may: {', '.join(f'{one.email} ({one.why})' for one in stage.people if one.may) or 'nobody'}"
    refused = [one for one in stage.people if not one.may]
    yield from (f"  may not: {one.email}: {one.why}" for one in refused[:_SHOWN])
    if len(refused) > _SHOWN:
        yield f"  and {len(refused) - _SHOWN} more may not"
