"""Stopping and starting at every stage: a restart knows from its database alone what is owed, and does it once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import App
from bot.errors import ConfigError
from bot.lock import Purpose
from bot.sandbox.world import World
from tests.scenarios.story import CONFIG, Story


async def test_a_restart_at_every_quiet_stage_changes_nothing(story: Story) -> None:
    order = await story.order()
    await story.card(order)
    await story.world.restart()
    await story.approve(order)
    await story.world.restart()
    await story.card(order, "Confirmed in Odoo")
    await story.world.restart()
    await story.reconcile()
    await story.rest()
    assert (len(story.cards(order)), story.calls("button_approve", order), len(story.notes(order))) == (1, 1, 1)


async def test_a_signal_that_was_stored_before_the_stop_becomes_a_card_after_the_start(story: Story) -> None:
    story.odoo.faults.down()
    order = await story.order()
    await story.quiet()
    await story.world.stop_app()
    story.odoo.faults.up()
    story.odoo.webhooks.muted = True
    await story.world.start_app()
    await story.card(order, "Waiting")


async def test_a_card_that_waited_for_slack_is_posted_after_the_start(quick_story: Story) -> None:
    story = quick_story
    story.slack.faults.down()
    order = await story.order()
    await story.quiet()
    await story.world.restart()
    story.slack.faults.up()
    await story.card(order, "Waiting")
    await story.rest()
    assert len(story.cards(order)) == 1


async def test_a_write_back_that_waited_for_odoo_is_written_after_the_start(story: Story) -> None:
    order = await story.order()
    await story.card(order)
    story.odoo.faults.down()
    await story.approve(order)
    await story.card(order, "Not yet written")
    await story.world.restart()
    story.odoo.faults.up()
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_approve", order) == 1


async def test_a_lost_answer_is_looked_for_across_a_restart(story: Story) -> None:
    count = await story.count()
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=False)
    await story.approve(count)
    await story.card(count, "the bot is looking")
    await story.world.restart()
    story.advance(minutes=5)
    await story.card(count, "a person has to look")
    await story.world.restart()
    card = await story.card(count, "a person has to look")
    assert story.calls("action_apply_inventory", count) == 0
    await story.click(card, "Retry")
    await story.card(count, "Confirmed in Odoo")
    assert story.calls("action_apply_inventory", count) == 1


async def test_a_stop_while_odoo_is_being_written_waits_for_its_answer(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    story.odoo.faults.slow(0.5, method="button_approve", times=1)
    await story.approve(order)
    await story.card(order, "It is being written to Odoo")
    await story.world.restart()
    await story.card(order, "Confirmed in Odoo")
    await story.rest()
    assert (story.calls("button_approve", order), await story.audited("write_back.uncertain")) == (1, [])


async def test_what_happened_while_the_program_was_away_is_found(story: Story) -> None:
    done, fresh = await story.order(), None
    await story.card(done)
    await story.world.stop_app()
    await story.people.approve_purchase(done.id)
    fresh = await story.quotation()
    await story.world.start_app()
    await story.card(done, f"approved in Odoo by {story.name('purm')}")
    await story.card(fresh, "Waiting")


async def test_a_second_program_on_the_same_file_is_refused(quick_story: Story) -> None:
    """Two programs would both post, and both write."""
    world = quick_story.world
    second = App(world.app.settings, world.config, world.clock, purpose=Purpose.SANDBOX)
    with pytest.raises(ConfigError, match="another signoff"):
        await second.start()


async def test_play_and_real_decisions_never_share_a_database(quick_story: Story) -> None:
    world = quick_story.world
    await world.stop_app()
    real = App(world.app.settings, world.config, world.clock, purpose=Purpose.SERVE)
    with pytest.raises(ConfigError, match="belongs to signoff sandbox"):
        await real.start()
    await world.start_app()


async def test_a_database_in_no_directory_is_told_in_a_sentence(tmp_path: Path) -> None:
    world = World(CONFIG, f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'signoff.db'}")
    with pytest.raises(ConfigError, match="no database can be kept at"):
        await world.start()


async def test_an_address_that_is_taken_is_told_in_a_sentence(quick_story: Story, tmp_path: Path) -> None:
    taken = quick_story.world.app.address
    world = World(CONFIG, f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", listen=taken)
    with pytest.raises(ConfigError, match=f"cannot listen on {taken}"):
        await world.start()
