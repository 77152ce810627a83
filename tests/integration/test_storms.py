"""A storm that two services see at the same time: one group, one list, and nothing that nobody is shown."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.cases.commands import Observed
from bot.cases.event import OURS
from bot.config.model import Burst, CareRule, GroupRule, Manner, Policy, Stage
from bot.effects import EffectKind
from bot.exceptions.care import NOT_YET
from bot.tables import cases, effects
from tests.factories import LATE, PURCHASE, a_config, a_record, a_rule, an_event, rules
from tests.integration.stack import replicas

WINDOW = timedelta(minutes=10)
STORM = Policy("many", (Stage(("finance",)), Stage(("finance",))), care=CareRule(group=GroupRule("partner", WINDOW, 3)))
BURST = Policy("many", (Stage(("finance",)),), manner=Manner(burst=Burst(3, WINDOW)))


@pytest.mark.parametrize(
    ("policy", "event_type", "number"), [(STORM, LATE, 300), (BURST, PURCHASE, 60)], ids=["storm", "burst"]
)
async def test_two_services_show_it_as_one(database_url: str, policy: Policy, event_type: str, number: int) -> None:
    under = rules(a_config(policies=[policy], rules=[a_rule(policy="many")]))
    seen = [Observed(a_record(one), an_event(record=a_record(one), event_type=event_type)) for one in range(number)]
    async with replicas(database_url, 2, rules=under) as two:
        await asyncio.gather(*(two[place % 2].service.execute(one) for place, one in enumerate(seen)))
        (row,) = await two[0].rows(select(cases.c.id).where(cases.c.model == OURS, cases.c.closed_at.is_(None)))
        group = await two[0].case(row.id)
        posted = {
            one.case_id for one in await two[0].rows(select(effects).where(effects.c.kind == EffectKind.POST_CARD))
        }
        everything = {one.id for one in await two[0].rows(select(cases.c.id).where(cases.c.model != OURS))}
        members = set((group.care or NOT_YET).members)
        assert len(everything) == number
        assert members | posted == everything | {group.id}
        assert len(posted) < number / 2
        assert (await two[0].audit()).sound
