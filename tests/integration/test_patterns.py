"""What repeats, over many cases: by each subject, within the window, once, whatever is open and what is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from bot.cases.commands import Observed, Over
from bot.cases.event import OURS
from bot.cases.model import Case, Event, Status
from bot.cases.planning import Rules
from bot.clock import Clock
from bot.config.model import CareRule, Pattern, Policy, Stage
from bot.exceptions.commands import Resolve
from bot.odoo.catalog.repeats import REPEATS
from bot.tables import cases
from tests.factories import COUNT, TRAITS, a_config, a_person, a_policy, a_record, a_rule, an_event, seen
from tests.factories import rules as dull_rules
from tests.integration.stack import Stack, stack

ANN = a_person("ann@example.com")
BY = ("product", "location", "zone", "counter", "partner")
PATTERN = Pattern("repeat.variance", (COUNT,), BY, 3, timedelta(days=30), "why_again")
WHY = Policy("why_again", (Stage(("finance",)), Stage(("finance",))), care=CareRule())
#: Nothing in common with another one but what a test names.
NOTHING: dict[str, Any] = {"partner": None, "product": None, "place": None}


def watching(**pattern: Any) -> Rules:
    """Rules under which counts that differ may repeat."""
    found = replace(PATTERN, **pattern)
    config = a_config(policies=[a_policy(), WHY], rules=[a_rule(policy=a_policy().name)], patterns={found.name: found})
    return replace(dull_rules(config), traits={**TRAITS, **REPEATS})


async def differs(replica: Stack, number: int, **about: Any) -> Event:
    """A count that differs; it is about what is named, and nothing else."""
    record = a_record(number, model="stock.quant")
    event = an_event(record=record, event_type=COUNT, title=f"Count {number}", **{**NOTHING, **about})
    await replica.service.execute(Observed(record, event))
    return event


async def asked(replica: Stack) -> Sequence[Case]:
    """The cases that ask why, in their order."""
    found = await replica.rows(select(cases.c.id).where(cases.c.model == OURS).order_by(cases.c.id))
    return [await replica.case(row.id) for row in found]


#: What three cases have in common, how the second of them says it, and what is asked then.
SUBJECTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"product": "BOLT"}, {"products": ("BOLT",)}, "Repeats: BOLT"),
    ({"products": ("PIPE", "NUT")}, {"product": "NUT"}, "Repeats: NUT"),
    ({"place": "CHI/Stock/A/1"}, {}, "Repeats: CHI/Stock/A/1"),
    ({"zone": "CHI/Stock/A"}, {}, "Repeats: CHI/Stock/A"),
    ({"counter": "Ann (ann)"}, {}, "Repeats: Ann (ann) counted"),
    ({"partner": "Globex"}, {}, "Repeats: Globex"),
]


async def test_the_third_about_one_subject_asks_why_once(database_url: str) -> None:
    async with stack(database_url, rules=watching()) as one:
        for start, (about, other, title) in enumerate(SUBJECTS):
            first, second, third, fourth = range(10 * start + 1, 10 * start + 5)
            closed = await differs(one, first, **about)
            await one.service.execute(Observed(closed.record, Over("applied in Odoo")))
            await differs(one, second, **(other or about))
            assert len(await asked(one)) == start
            await differs(one, third, **about)
            parent = (await asked(one))[-1]
            assert (parent.event.title, parent.status) == (title, Status.OPEN)
            listed = [f"Count {number}" for number in (third, second, first)]
            assert [related.title for related in parent.event.related] == listed
            await differs(one, fourth, **(other or about))
            assert len(await asked(one)) == start + 1
        assert (await one.audit()).sound


async def test_each_product_of_a_record_counts_and_each_is_asked_about_once(database_url: str) -> None:
    async with stack(database_url, rules=watching(by=("product",))) as one:
        for number in (1, 2):
            await differs(one, number, products=("BOLT", "NUT"))
        first = await differs(one, 3, products=("NUT",))
        assert [case.event.title for case in await asked(one)] == ["Repeats: NUT"]
        more = replace(first, products=("BOLT", "NUT"), seen=seen(goods="changed"))
        await one.service.execute(Observed(first.record, more))
        assert [case.event.title for case in await asked(one)] == ["Repeats: NUT", "Repeats: BOLT"]
        for number in (4, 5, 6, 7):
            await differs(one, number, products=("BOLT", "NUT"))
        assert len(await asked(one)) == 2


async def test_the_count_begins_anew_after_a_case_and_goes_by_the_config_of_the_day(database_url: str) -> None:
    clock = Clock()
    async with stack(database_url, rules=watching(by=("partner",)), clock=clock) as one:
        for number in (1, 2, 3):
            clock.advance(timedelta(minutes=1))
            await differs(one, number, partner="Globex")
        (parent,) = await asked(one)
        settled = Resolve(parent.id, 1, ANN, "supplier short", "supplier told")
        await one.service.execute(settled)
        for number in (4, 5):
            clock.advance(timedelta(minutes=1))
            await differs(one, number, partner="Globex")
        assert len(await asked(one)) == 1
        one.service.rules = watching(by=("partner",), count=2)
        clock.advance(timedelta(minutes=1))
        await differs(one, 6, partner="Globex")
        assert [one.case_id for one in (await asked(one))[1].event.related] == [7, 6, 5]
        one.service.rules = watching(by=("partner",), count=2, window=timedelta(seconds=30))
        await one.service.execute(replace(settled, case_id=(await asked(one))[1].id))
        clock.advance(timedelta(minutes=1))
        await differs(one, 7, partner="Globex")
        assert len(await asked(one)) == 2
        one.service.rules = watching(by=("partner",), event_types=("inventory.scrap",))
        await differs(one, 8, partner="Globex")
        assert len(await asked(one)) == 2


async def test_what_does_not_match_is_not_read(sqlite_url: str) -> None:
    async with stack(sqlite_url) as one:
        questions = {
            "noted": "SELECT case_id FROM case_subjects WHERE source='' AND kind='zone' AND name='A' AND opened_at>0",
            "own": "SELECT id FROM cases WHERE product='BOLT' AND opened_at>0 AND source=''",
        }
        plans = {
            name: " ".join(row.detail for row in await one.rows(text(f"EXPLAIN QUERY PLAN {statement}")))
            for name, statement in questions.items()
        }
        assert "ix_case_subjects_name (source=? AND kind=? AND name=? AND opened_at>?)" in plans["noted"]
        assert "ix_cases_product_opened_at (product=? AND opened_at>?)" in plans["own"]
