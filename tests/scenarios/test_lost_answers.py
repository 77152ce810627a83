"""A lost answer stays lost while Odoo cannot be asked: what may still be under way there is not written again.

On 19.0 a count that was applied twice set the stock to zero: the first call was still waiting for a lock when its
connection broke, Odoo did not answer the next reading, and the second call ran right after the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.cases.commands import Begin
from bot.outbox import LEASE
from tests.scenarios.story import Record, Story


@pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])
async def test_a_count_is_not_written_again_because_odoo_was_away_after_its_answer_was_lost(
    story: Story, odoo_version: str
) -> None:
    count = await story.count(counted=60, on_hand=100)
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=False)
    await story.approve(count)
    await story.card(count, "The answer of Odoo was lost; the bot is looking")
    story.odoo.faults.down()
    for _ in range(3):
        story.advance(seconds=10)
        await story.quiet()
    story.odoo.faults.up()
    story.advance(minutes=5)
    await story.card(count, "a person has to look")
    assert story.calls("action_apply_inventory", count) == 0, odoo_version


async def test_a_repeatable_write_waits_out_the_settling_time_though_odoo_was_away(story: Story) -> None:
    order = await story.order()
    story.odoo.faults.lose_answer(method="button_approve", applied=False)
    await story.approve(order)
    await story.card(order, "The answer of Odoo was lost; the bot is looking")
    story.odoo.faults.down()
    story.advance(seconds=10)
    await story.quiet()
    story.odoo.faults.up()
    story.advance(minutes=2)
    await story.quiet()
    assert story.calls("button_approve", order) == 0
    story.advance(minutes=3)
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_approve", order) == 1


async def test_a_proxy_that_refuses_the_look_after_a_lost_answer_does_not_settle_it(quick_story: Story) -> None:
    """A proxy says 404 while Odoo restarts; that tells nothing of the write."""
    story = quick_story
    count = await story.count(counted=60, on_hand=100)
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=False)
    await story.approve(count)
    await story.card(count, "The answer of Odoo was lost; the bot is looking")
    story.odoo.faults.http(status=404, times=None)
    story.advance(seconds=5)
    await story.quiet()
    await story.card(count, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=5)
    card = await story.card(count, "a person has to look")
    assert (card.says("NOT written"), card.says("does not answer as Odoo does")) == (False, True)


async def test_a_proxy_that_refuses_for_a_moment_hides_no_write(quick_story: Story) -> None:
    story = quick_story
    count = await story.count(counted=60, on_hand=100)
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=True)
    await story.approve(count)
    await story.card(count, "The answer of Odoo was lost; the bot is looking")
    story.odoo.faults.http(status=404, times=1)
    await story.card(count, "Confirmed in Odoo: count applied")
    assert story.calls("action_apply_inventory", count) == 1


async def test_an_order_cancelled_after_a_lost_answer_is_not_told_as_never_written(quick_story: Story) -> None:
    """The bot approved it, the answer was lost, and somebody cancelled it before the bot looked again."""
    story = quick_story
    order = await story.order()
    story.odoo.faults.lose_answer(method="button_approve", applied=True)
    await story.approve(order)
    # Without moving the clock: the bot looks again a second after the answer was lost.
    await story.slack.until(lambda: story.calls("button_approve", order))
    await story.people.cancel_purchase(order.id)
    card = await story.card(order, f"cancelled in Odoo by {story.name('puru')}")
    assert (card.says("Nothing was written"), card.says("may have taken effect")) == (False, True)


async def test_a_write_that_waited_past_its_lease_is_left_to_whoever_took_it_up_since(quick_story: Story) -> None:
    """Two workers, one write: the late one must neither write nor take the effect away from the other."""
    story = quick_story
    order = await story.order()
    await story.card(order, "Waiting")
    async with _no_turn_left(story):
        await _approve_and_wait_for_a_turn(story, order)
        read = story.calls("read", order)
        story.advance(seconds=LEASE.total_seconds() + 1)
        await story.until(lambda: story.calls("read", order) > read, "another worker reads the order")
        story.odoo.faults.lose_answer(method="button_approve", applied=False)
    await story.card(order, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=5)
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_approve", order) == 1


async def test_a_write_that_another_worker_began_and_never_finished_is_looked_after(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order, "Waiting")
    async with _no_turn_left(story):
        await _approve_and_wait_for_a_turn(story, order)
        (opened,) = await story.audited("case.opened")
        assert opened.entry.case_id is not None
        await story.world.app.service.execute(Begin(opened.entry.case_id, 1))
    await story.card(order, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=5)
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_approve", order) == 1


@asynccontextmanager
async def _no_turn_left(story: Story) -> AsyncIterator[None]:
    """As many writes as Odoo may be given at once are on their way already."""
    source = story.world.app.sources["main"]
    async with AsyncExitStack() as turns:
        for _ in range(source.settings.concurrency):
            await turns.enter_async_context(source.writing)
        yield


async def _approve_and_wait_for_a_turn(story: Story, order: Record) -> None:
    read = story.calls("read", order)
    await story.approve(order)
    await story.until(lambda: story.calls("read", order) > read, "the write-back reads the order")
    await asyncio.sleep(0.2)
