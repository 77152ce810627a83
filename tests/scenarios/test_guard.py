"""Write-backs by the guard: what only a transaction inside Odoo can promise."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.config.model import Secret
from bot.odoo.setup.run import Administrator, Asked, set_up
from bot.sandbox.odoo.orm import Env
from tests import odoo_code
from tests.scenarios.story import QUANT, Story

VERSIONS = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
async def guarded(quick_story: Story) -> Story:
    """A story in whose Odoo the guards are installed."""
    quick_story.odoo.engine.coder = odoo_code.run
    source = quick_story.world.config.sources["main"]
    async with httpx.AsyncClient() as http:
        outcome = await set_up(source, Administrator("admin", Secret("admin")), Asked(guard=True), http)
    assert outcome.problems == []
    return quick_story


def runs(story: Story) -> int:
    """How often the bot ran a guard."""
    return len(story.odoo.calls.of("run", login="bot"))


@VERSIONS
async def test_an_approval_goes_by_the_guard_and_leaves_one_note(guarded: Story) -> None:
    order = await guarded.order()
    await guarded.approve(order)
    await guarded.card(order, "Confirmed in Odoo")
    await guarded.rest()
    assert (guarded.state(order), len(guarded.notes(order)), runs(guarded)) == ("purchase", 1, 1)
    assert guarded.calls("button_approve", order) == 0


@VERSIONS
async def test_a_count_whose_answer_was_lost_is_repeated_by_the_bot_alone_and_applied_once(guarded: Story) -> None:
    """Without the guard a person has to look: on 19.0 a second call would set the stock to zero."""
    count = await guarded.count(60.0, on_hand=100.0)
    guarded.odoo.faults.lose_answer(method="run", applied=False)
    await guarded.approve(count)
    await guarded.card(count, "answer of Odoo was lost")
    guarded.advance(minutes=5)
    await guarded.card(count, "Confirmed in Odoo")
    assert (guarded.field(count, "quantity"), runs(guarded)) == (60.0, 1)


@VERSIONS
async def test_a_record_that_changes_in_the_very_moment_of_the_write_is_asked_about_again(guarded: Story) -> None:
    count = await guarded.count(60.0, on_hand=100.0)
    raced: list[int] = []

    def too_late(env: Env, code: str, model: str, record_id: int) -> Any:
        """Somebody counts again between the bot's reading and its writing."""
        if model == QUANT and not raced:
            raced.append(record_id)
            other = guarded.odoo.engine.begin(env.people[guarded.odoo.uid("stocku")])
            other.write(QUANT, [record_id], {"inventory_quantity": 55.0})
            assert other.tx.commit()
        return odoo_code.run(env, code, model, record_id)

    guarded.odoo.engine.coder = too_late
    await guarded.approve(count)
    await guarded.card(count, "please decide again")
    assert (len(raced), guarded.field(count, "quantity"), runs(guarded)) == (1, 100.0, 1)


@VERSIONS
async def test_an_answer_that_was_lost_after_the_write_is_found_and_nothing_is_repeated(guarded: Story) -> None:
    count = await guarded.count(60.0, on_hand=100.0)
    guarded.odoo.faults.lose_answer(method="run")
    await guarded.approve(count)
    await guarded.card(count, "Confirmed in Odoo")
    assert (guarded.field(count, "quantity"), runs(guarded)) == (60.0, 1)
