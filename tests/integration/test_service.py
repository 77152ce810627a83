"""The only writer of state: one winner whoever comes at once, batches whose members do not spoil each other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.approvals.authority import Reason
from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.commands import Begin, Confirm, Conflict, Consider, Observed, Over
from bot.cases.model import Case, Event, Seen, Status, Verdict, WriteBackState
from bot.config.model import Stage
from bot.effects import EffectKind
from bot.tables import cases, decisions, effects, plans, revisions
from tests.factories import (
    FINANCE,
    a_decide,
    a_maker,
    a_policy,
    a_record,
    a_rule,
    an_event,
    rules,
    seen,
    usd,
)
from tests.integration.stack import Stack, replicas, stack

OPEN = Observed(a_record(), an_event())


def of(number: int, total: str = "12500.00") -> Observed:
    """Record ``number`` asks for somebody."""
    record = a_record(number)
    return Observed(record, an_event(record=record, seen=seen(amount_total=total), value=usd(total)))


def kinds(answers: Iterable[Answer]) -> Counter[str]:
    """How many answers of each kind, refusals by their reason."""
    return Counter(one.reason.value if isinstance(one, Refusal) else type(one).__name__ for one in answers)


async def opened(replica: Stack, event: Event | None = None) -> Case:
    await replica.service.execute(Observed(a_record(), event or an_event()))
    return await replica.case()


async def test_an_event_becomes_a_case_with_its_card_owed_and_its_audit_entry(database_url: str) -> None:
    async with stack(database_url) as one:
        answer = await one.service.execute(OPEN)
        case = await one.case()
        assert isinstance(answer, Transition)
        assert case == replace(answer.case, id=1)
        assert [(row.kind, row.key, row.case_id) for row in await one.rows(select(effects))] == [
            ("post_card", "slack:#finance:1", 1)
        ]
        assert await one.actions() == ["case.opened"]
        assert (await one.audit()).sound


async def test_a_decision_is_stored_whole(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        answer = await one.service.execute(a_decide(verdict=Verdict.REJECT))
        assert isinstance(answer, Transition)
        stored = await one.case()
        assert stored == replace(answer.case, version=1)
        assert stored.decisions[0].reason == "too dear"


async def test_the_same_event_is_one_case_however_often_it_is_seen(database_url: str) -> None:
    async with stack(database_url) as one:
        answers = await asyncio.gather(*(one.service.execute(OPEN) for _ in range(20)))
        assert kinds(answers) == {"Transition": 1, "NoneType": 19}
        assert await one.actions() == ["case.opened"]


async def test_a_double_click_decides_once_and_is_told_the_second_time(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        answers = await asyncio.gather(one.service.execute(a_decide()), one.service.execute(a_decide()))
        assert kinds(answers) == {"Transition": 1, "already_decided": 1}
        assert await one.actions() == ["case.opened", "case.approved", "case.refused"]
        owed = await one.rows(select(effects.c.id).where(effects.c.kind == EffectKind.WRITE_BACK))
        assert len(owed) == 1


async def test_four_replicas_that_open_one_record_open_one_case(database_url: str) -> None:
    async with replicas(database_url) as four:
        answers = await asyncio.gather(*(one.service.execute(OPEN) for one in four for _ in range(3)))
        assert kinds(answers) == {"Transition": 1, "NoneType": 11}
        assert len(await four[0].rows(select(cases.c.id))) == 1
        assert await four[0].actions() == ["case.opened"]
        assert (await four[0].audit()).sound


async def test_four_replicas_that_click_one_case_have_one_winner(database_url: str) -> None:
    async with replicas(database_url) as four:
        await opened(four[0])
        clicks = [a_decide(FINANCE[place % 3]) for place in range(4)]
        answers = await asyncio.gather(*(one.service.execute(click) for one, click in zip(four, clicks, strict=True)))
        assert kinds(answers) == {"Transition": 1, "already_decided": 3}
        assert sorted(await four[0].actions()) == ["case.approved", "case.opened", *["case.refused"] * 3]
        assert (await four[0].audit()).sound


async def test_a_click_that_meets_a_change_from_another_replica_is_refused_as_stale(database_url: str) -> None:
    """Whoever waits for the row must see what the other one wrote, whole: the new revision and the new plan."""
    two_plans = rules(
        policies=[a_policy(), replace(a_policy(Stage(("finance",), 2)), name="two_approvers")],
        rules=[a_rule("large", "two_approvers", over=usd("12900")), a_rule()],
    )
    async with replicas(database_url, rules=two_plans) as four:
        for number in range(1, 21):
            await four[0].service.execute(of(number))
            ids = [row.id for row in await four[0].rows(select(cases.c.id).where(cases.c.record_id == number))]
            click = a_decide(case_id=ids[0])
            _, answer = await asyncio.gather(
                four[1].service.execute(of(number, "13000.00")), four[2].service.execute(click)
            )
            if isinstance(answer, Refusal):
                assert answer.reason is Reason.CHANGED
            else:
                assert isinstance(answer, Transition)
                assert answer.case.event == of(number).now_is


async def test_a_quorum_is_met_by_two_people_on_two_replicas(database_url: str) -> None:
    pair = rules(policies=[a_policy(Stage(("finance",), 2))])
    async with replicas(database_url, 2, rules=pair) as both:
        await opened(both[0])
        answers = await asyncio.gather(
            both[0].service.execute(a_decide(FINANCE[0])), both[1].service.execute(a_decide(FINANCE[1]))
        )
        assert kinds(answers) == {"Transition": 2}
        assert (await both[0].case()).status is Status.APPROVED
        assert len(await both[0].rows(select(decisions.c.id))) == 2


async def test_replicas_that_work_on_the_same_cases_in_any_order_do_not_stop_each_other(database_url: str) -> None:
    """Opposite orders in opposite batches are what deadlocks are made of."""
    numbers = range(1, 16)
    async with replicas(database_url) as four:
        opening = [
            one.service.execute(of(number))
            for place, one in enumerate(four)
            for number in (numbers if place % 2 else reversed(numbers))
        ]
        assert kinds(await asyncio.gather(*opening))["Transition"] == len(numbers)
        mixed = []
        for place, one in enumerate(four):
            for number in numbers if place % 2 else reversed(numbers):
                mixed.append(one.service.execute(a_decide(FINANCE[place % 3], case_id=number)))
                mixed.append(one.service.execute(of(16 - number, f"{place}99.00")))
        answers = await asyncio.gather(*mixed)
        refused = {"already_decided", "changed_since_shown"}
        assert set(kinds(answers)) <= {"Transition", "NoneType", *refused}
        assert (await four[0].audit()).sound


async def test_a_member_that_fails_is_told_and_the_rest_commits(database_url: str) -> None:
    broken = Observed(a_record(8), an_event(record=a_record(8), event_type="no.such.type"))
    async with stack(database_url) as one:
        results = await asyncio.gather(
            one.service.execute(OPEN), one.service.execute(broken), one.service.execute(of(9)), return_exceptions=True
        )
        assert isinstance(results[1], KeyError)
        assert [type(one) for one in (results[0], results[2])] == [Transition, Transition]
        assert [row.record_id for row in await one.rows(select(cases.c.record_id).order_by(cases.c.record_id))] == [
            7,
            9,
        ]
        assert await one.actions() == ["case.opened"] * 2
        assert (await one.audit()).sound


async def test_commands_of_one_batch_see_each_other_in_their_order(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        answers = await asyncio.gather(
            one.service.execute(of(7, "13000.00")),
            one.service.execute(Observed(a_record(), Over("cancelled in Odoo", "Mia"))),
            one.service.execute(of(7, "14000.00")),
        )
        assert kinds(answers) == {"Transition": 3}
        assert (await one.case(1)).status is Status.WITHDRAWN
        assert (await one.case(2)).status is Status.PENDING
        assert await one.actions() == ["case.opened", "case.revised", "case.withdrawn", "case.opened"]


async def test_a_revision_is_stored_beside_the_one_before(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        answer = await one.service.execute(of(7, "13000.00"))
        assert isinstance(answer, Transition)
        assert await one.case() == replace(answer.case, version=1)
        refused = await one.service.execute(a_decide(revision=1))
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.CHANGED


async def test_a_new_maker_is_stored_in_the_revision_that_people_see(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        await one.service.execute(Observed(a_record(), an_event(makers=(a_maker("ann@example.com"),))))
        answer = await one.service.execute(a_decide("ann@example.com"))
        assert isinstance(answer, Refusal)
        assert answer.reason is Reason.OWN_REQUEST


async def test_a_conflict_links_the_case_and_its_successor_both_ways(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        await one.service.execute(a_decide())
        changed = of(7, "13000.00").now_is
        await one.service.execute(Conflict(1, changed))
        before, after = await one.case(1), await one.case(2)
        assert (before.status, before.successor, before.decisions[0].revision) == (Status.SUPERSEDED, 2, 1)
        assert (after.predecessor, after.revision.number, after.decisions) == (1, 2, ())


async def test_the_way_into_odoo_is_told_step_by_step(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        await one.service.execute(a_decide())
        await one.service.execute(Begin(1, 1))
        await one.service.execute(Confirm(1, "approved in Odoo"))
        case = await one.case()
        assert (case.write_back, case.ending, case.version) == (WriteBackState.CONFIRMED, "approved in Odoo", 3)
        assert await one.actions() == [
            "case.opened",
            "case.approved",
            "write_back.started",
            "write_back.confirmed",
        ]


async def test_considering_writes_nothing_unless_it_is_refused(database_url: str) -> None:
    async with stack(database_url) as one:
        await opened(one)
        before = await one.case()
        assert await one.service.execute(Consider(a_decide(verdict=Verdict.REJECT))) is None
        refused = await one.service.execute(Consider(a_decide("eve@example.com", Verdict.REJECT)))
        assert isinstance(refused, Refusal)
        assert await one.case() == before
        assert await one.actions() == ["case.opened", "case.refused"]


async def test_a_click_on_a_case_that_never_was_is_audited(database_url: str) -> None:
    async with stack(database_url) as one:
        answer = await one.service.execute(a_decide(case_id=99))
        assert isinstance(answer, Refusal)
        assert (answer.reason, await one.actions()) == (Reason.UNKNOWN_CASE, ["case.refused"])


async def test_a_release_covers_until_the_figures_change(database_url: str) -> None:
    """Released at 12,500, then at 13,000 withdrawn: back at 12,500 it is a new question."""
    async with stack(database_url) as one:
        await opened(one, an_event(event_type="sale.value"))
        await one.service.execute(a_decide(verdict=Verdict.APPROVE))
        await one.service.execute(Confirm(1, "released"))
        # The dull policy leaves the execution to the event type: a sale is released, and covered from then on.
        again = Observed(a_record(), an_event(event_type="sale.value"))
        assert await one.service.execute(again) is None
        changed = an_event(event_type="sale.value", seen=seen(amount_total="13000.00"))
        assert isinstance(await one.service.execute(Observed(a_record(), changed)), Transition)
        await one.service.execute(Observed(a_record(), Over("cancelled in Odoo")))
        assert isinstance(await one.service.execute(again), Transition)


async def test_thousands_of_cases_share_one_plan(database_url: str) -> None:
    async with stack(database_url) as one:
        await asyncio.gather(*(one.service.execute(of(number)) for number in range(1, 301)))
        assert [tuple(row) for row in await one.rows(select(func.count()).select_from(plans))] == [(1,)]
        assert (await one.rows(select(func.count()).select_from(cases)))[0][0] == 300


async def test_cases_that_open_together_in_any_order_each_keep_their_own_revision(database_url: str) -> None:
    numbers = (7, 3, 9, 1)
    async with stack(database_url) as one:
        await asyncio.gather(*(one.service.execute(of(number, f"{number}4321.00")) for number in numbers))
        rows = await one.rows(select(cases.c.record_id, revisions.c.event).join(revisions))
        assert {row.record_id: f"{row.record_id}4321" in row.event for row in rows} == dict.fromkeys(numbers, True)


@pytest.mark.parametrize("text", ["naïve – 名前 🏭", 'quote " and \\ backslash', "line\nbreak", "\u0000 as text"])
async def test_any_text_comes_back_as_it_was(database_url: str, text: str) -> None:
    event = an_event(company="Acme " + text.replace("\x00", ""), seen=(Seen("note", "Note", text, text),))
    async with stack(database_url) as one:
        assert (await opened(one, event)).event == event
