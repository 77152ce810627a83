"""Slack in trouble: no card is lost, none is doubled, and no copy keeps live buttons after the end."""

from __future__ import annotations

import pytest

from tests.scenarios.story import ANN, Story


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is told here, the engine has no say in."""
    return sqlite_url


@pytest.mark.parametrize("applied", [True, False], ids=["posted", "not posted"])
async def test_a_post_whose_answer_was_lost_leaves_one_card_that_works(story: Story, applied: bool) -> None:
    story.slack.faults.lose_answer("chat.postMessage", applied=applied)
    order = await story.order()
    await story.card(order, "Waiting")
    await story.rest()
    assert len(story.cards(order)) == 1
    await story.approve(order)
    card = await story.card(order, "Confirmed in Odoo")
    assert card.labels == ["Open in Odoo"]


async def test_a_card_whose_post_was_lost_works_before_the_bot_knows_of_it(quick_story: Story) -> None:
    """Somebody clicks on it while the bot still waits to look for it."""
    story = quick_story
    story.slack.faults.lose_answer("chat.postMessage", applied=True)
    order = await story.order()
    card = await story.slack.until(lambda: story.cards(order))
    await story.click(card[0], "Approve")
    await story.card(order, "Confirmed in Odoo")
    await story.rest()
    assert [one.labels for one in story.cards(order)] == [["Open in Odoo"]]


async def test_when_slack_says_later_for_a_while_no_card_is_lost_or_doubled(story: Story) -> None:
    story.slack.faults.rate_limit("chat.postMessage", retry_after=5, times=10)
    orders = [await story.order(6_000 + number) for number in range(12)]
    await story.all_say(orders, "Waiting")
    await story.rest()
    assert len(story.cards()) == 12


async def test_at_slacks_own_pace_a_storm_arrives_whole(quick_story: Story) -> None:
    story = quick_story
    story.slack.limits.on()
    orders = [await story.order(6_000 + number) for number in range(15)]
    await story.all_say(orders, "Waiting")
    await story.rest()
    assert len(story.cards()) == 15


async def test_while_slack_is_down_cards_wait(quick_story: Story) -> None:
    story = quick_story
    story.slack.faults.down()
    order = await story.order()
    await story.quiet()
    story.advance(minutes=30)
    await story.quiet()
    assert story.cards() == []
    story.slack.faults.up()
    await story.card(order, "Waiting")
    await story.rest()
    assert len(story.cards(order)) == 1


async def test_the_program_starts_while_slack_is_down(quick_story: Story) -> None:
    story = quick_story
    await story.world.stop_app()
    story.slack.faults.down()
    await story.world.start_app()
    order = await story.order()
    await story.quiet()
    story.slack.faults.up()
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")


async def test_a_card_somebody_deleted_comes_back_once_when_the_case_moves(story: Story) -> None:
    order = await story.order()
    card = await story.card(order)
    await story.quiet()
    conversation = story.slack.channel("purchasing").channel
    story.slack.workspace.delete(conversation.messages[card.ts])
    assert story.cards(order) == []
    await story.people.reprice_purchase(order.id, amount=20_000)
    await story.card(order, "20,000.00")
    await story.rest()
    assert len(story.cards(order)) == 1
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")


@pytest.mark.over_http
async def test_a_deleted_card_comes_back_at_once_and_a_finished_one_stays_away(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    await story.quiet()
    await story.slack.delete(card)
    await story.until(lambda: story.cards(order), "the card again")
    await story.slack.replay(story.slack.deliveries[-1])
    await story.rest()
    assert len(story.cards(order)) == 1, "though Slack told of it twice"
    await story.approve(order)
    await story.slack.delete(await story.card(order, "Confirmed in Odoo"))
    await story.rest()
    assert story.cards(order) == []


@pytest.mark.parametrize("fault", ["fatal_error", "ratelimited", "invalid_blocks", "msg_too_long"])
async def test_when_the_last_update_fails_at_first_the_buttons_are_gone_in_the_end(
    quick_story: Story, fault: str
) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    story.odoo.faults.slow(0.3, method="button_approve", times=1)
    await story.approve(order)
    await story.card(order, "It is being written to Odoo")
    story.slack.faults.error("chat.update", fault)
    card = await story.card(order, "Confirmed in Odoo")
    assert card.labels == ["Open in Odoo"]


async def test_an_update_whose_answers_are_lost_for_a_while_arrives(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    story.slack.faults.lose_answer("chat.update", times=3, applied=False)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")


async def test_a_revoked_token_loses_no_card(quick_story: Story) -> None:
    story = quick_story
    story.slack.faults.error("chat.postMessage", "token_revoked", times=3)
    order = await story.order()
    await story.card(order, "Waiting")
    assert len(story.cards(order)) == 1


async def test_without_ephemerals_the_decision_stands_and_the_card_says_so(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    story.slack.workspace.response_urls.clear()
    story.slack.faults.error("chat.postEphemeral", "user_not_in_channel")
    assert (await story.approve(order)).status == 200
    await story.card(order, "Approved by Ann")
    await story.card(order, "Confirmed in Odoo")


async def test_a_modal_that_slack_opens_too_late_is_told_and_decides_nothing(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    story.slack.faults.error("views.open", "expired_trigger_id")
    await story.click(card, "Reject")
    await story.told(ANN, "did not open in time")
    assert (await story.card(order)).labels[0] == "Approve"
