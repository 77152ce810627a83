"""A lost answer stays lost while Odoo cannot be asked: what may still be under way there is not written again.

On 19.0 a count that was applied twice set the stock to zero: the first call was still waiting for a lock when its
connection broke, Odoo did not answer the next reading, and the second call ran right after the first.
"""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story


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
