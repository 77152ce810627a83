"""Quotas under way at once: however many replicas come for the last of one, it is used once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from bot.cases.commands import Observed
from bot.config.model import Quota
from bot.tables import cases, quota_uses
from tests.factories import a_record, a_rule, an_event, rules, usd
from tests.integration.stack import Stack, replicas

RECORDS = 24


def of(number: int) -> Observed:
    """Record ``number``, worth 10 USD."""
    record = a_record(number)
    return Observed(record, an_event(record=record, value=usd("10")))


async def statuses(one: Stack) -> Counter[str]:
    return Counter(row.status for row in await one.rows(select(cases.c.status)))


@pytest.mark.parametrize(
    ("quota", "approved"),
    [(Quota(per_day=5), 5), (Quota(per_person=3), 3), (Quota(value_per_day=usd("75")), 7), (Quota(), RECORDS)],
    ids=str,
)
async def test_no_two_replicas_use_the_same_of_a_quota(database_url: str, quota: Quota, approved: int) -> None:
    config = rules(rules=[a_rule("small", policy="", approves=True, quota=quota, under=usd("100")), a_rule()])
    async with replicas(database_url, rules=config) as four:
        asked = (four[number % len(four)].service.execute(of(number)) for number in range(1, RECORDS + 1))
        await asyncio.gather(*asked)
        wanted = {"approved": approved, "pending": RECORDS - approved}
        assert await statuses(four[0]) == {status: number for status, number in wanted.items() if number}
        assert (await four[0].audit()).sound


async def test_what_is_used_up_outlives_a_restart(database_url: str) -> None:
    config = rules(rules=[a_rule("small", policy="", approves=True, quota=Quota(per_day=1)), a_rule()])
    for number in (1, 2):
        async with replicas(database_url, 1, rules=config) as (one,):
            await one.service.execute(of(number))
            found = await statuses(one)
    assert found == {"approved": 1, "pending": 1}


async def test_a_rule_approved_case_is_stored_whole(database_url: str) -> None:
    config = rules(rules=[a_rule("small", policy="", approves=True, quota=Quota(per_day=1)), a_rule()])
    async with replicas(database_url, 1, rules=config) as (one,):
        await one.service.execute(of(1))
        (given,) = (await one.case()).decisions
        assert (given.name, given.as_role) == ("rule “small”", "straight-through")
        rows = await one.rows(select(quota_uses.c.person, quota_uses.c.used).order_by(quota_uses.c.person))
        assert [tuple(row) for row in rows] == [("", 1), ("mia@example.com", 1)]
