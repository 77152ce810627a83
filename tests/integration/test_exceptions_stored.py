"""Exceptions as both engines keep them: what comes together, what time brings back, what is asked for and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.cases.commands import Decide, Observed, Over
from bot.cases.event import OURS
from bot.cases.model import Case, Kind, Status, Verdict
from bot.cases.planning import Rules
from bot.clock import Clock
from bot.config.model import CareRule, GroupRule, Policy, Stage
from bot.effects import EffectKind
from bot.escalation.due import DueCases
from bot.exceptions.commands import Acknowledge, AskApproval, Resolve, Snooze
from bot.tables import cases, effects
from tests.factories import LATE, a_config, a_person, a_record, a_rule, an_event
from tests.factories import rules as dull_rules
from tests.integration.stack import Stack, stack

ANN, BOB = a_person("ann@example.com"), a_person("bob@example.com")
STAGE = Stage(("finance",))


def looked_after(**care: Any) -> Rules:
    """Rules under which late receipts are looked after."""
    owned = Policy("owned", (STAGE, STAGE), care=CareRule(approvals=("asked",), **care))
    return dull_rules(a_config(policies=[owned, Policy("asked", (STAGE,))], rules=[a_rule(policy="owned")]))


async def late(one: Stack, *numbers: int) -> None:
    """Receipts that are late, all of one supplier, seen at the same time."""
    events = [an_event(record=a_record(number), event_type=LATE, title=f"IN{number}") for number in numbers]
    await asyncio.gather(*(one.service.execute(Observed(event.record, event)) for event in events))


async def pass_time(one: Stack, **span: float) -> None:
    """Time passes, and what is due is done once."""
    one.clock.advance(timedelta(**span))
    due = DueCases(one.service, one.database, one.writer, one.clock)
    for claimed in await due.claim(10):
        await due.perform(claimed)


async def of_model(one: Stack, model: str) -> Sequence[Case]:
    """The cases about records of a model, in their order."""
    rows = await one.rows(select(cases.c.id).where(cases.c.model == model).order_by(cases.c.id))
    return [await one.case(row.id) for row in rows]


async def cards(one: Stack) -> list[int]:
    """The cases of which a card is owed."""
    posted = select(effects.c.case_id).where(effects.c.kind == EffectKind.POST_CARD).order_by(effects.c.case_id)
    return [row.case_id for row in await one.rows(posted)]


async def test_a_storm_is_one_group_however_it_comes_and_ends_with_its_last_member(database_url: str) -> None:
    storm = looked_after(group=GroupRule("partner", timedelta(minutes=15), 3))
    async with stack(database_url, rules=storm) as one:
        await late(one, 1, 2, 3, 4)
        await late(one, 5)
        (group,) = await of_model(one, OURS)
        members = await of_model(one, "purchase.order")
        assert group.care is not None
        assert set(group.care.members) == {member.id for member in members}
        assert await cards(one) == [group.id]
        await one.service.execute(Observed(a_record(5), Over("received in Odoo")))
        await one.service.execute(Resolve(group.id, 1, ANN, "supplier late", "new date agreed"))
        assert [member.status for member in await of_model(one, "purchase.order")] == [
            *[Status.RESOLVED] * 4,
            Status.WITHDRAWN,
        ]
        assert (await one.audit()).sound


async def test_time_tells_hands_back_and_wakes(database_url: str) -> None:
    patient = looked_after(debounce=timedelta(minutes=10), unacknowledge=timedelta(hours=2))
    async with stack(database_url, rules=patient, clock=Clock()) as one:
        await late(one, 1, 2)
        assert await cards(one) == []
        await one.service.execute(Observed(a_record(2), Over("received in Odoo")))
        await pass_time(one, minutes=10)
        first, second = await of_model(one, "purchase.order")
        assert await cards(one) == [first.id]
        assert (second.status, second.channels) == (Status.WITHDRAWN, ())
        await one.service.execute(Acknowledge(first.id, ANN))
        await one.service.execute(Snooze(first.id, ANN, one.clock.now() + timedelta(hours=5)))
        await pass_time(one, hours=4)
        assert (await one.case(first.id)).status is Status.ACKNOWLEDGED
        await pass_time(one, hours=1)
        woken = await one.case(first.id)
        assert (woken.status, woken.chase.paused) == (Status.ACKNOWLEDGED, "")
        await pass_time(one, hours=2)
        back = await one.case(first.id)
        assert (back.status, back.care and back.care.owner) == (Status.OPEN, None)


async def test_what_an_exception_asks_for_comes_back_or_ends_with_it(database_url: str) -> None:
    async with stack(database_url, rules=looked_after()) as one:
        await late(one, 1)
        for number, verdict, said in ((2, Verdict.APPROVE, "approved"), (3, Verdict.REJECT, "rejected")):
            await one.service.execute(AskApproval(1, ANN, "asked", "ten boxes"))
            request = await one.case(number)
            assert (request.kind, request.plan.policy) == (Kind.APPROVAL, "asked")
            await one.service.execute(Decide(number, 1, BOB, verdict, "as I said"))
            asker = await one.case(1)
            assert asker.care is not None
            assert (asker.care.request, asker.care.answer) == (0, f"{said} by Bob: as I said")
        await one.service.execute(AskApproval(1, ANN, "asked", "ten boxes"))
        await one.service.execute(Resolve(1, 1, ANN, "supplier late", "cancelled"))
        dropped = await one.case(4)
        assert (dropped.status, dropped.ending) == (Status.WITHDRAWN, "case 1, which asked for it, is over")
        refused = await one.service.execute(replace(Decide(4, 1, BOB, Verdict.APPROVE), reason="late"))
        assert "over" in getattr(refused, "sentence", "")
        assert (await one.audit()).sound
