"""App Home through the whole program: drawn when it is opened, true afterwards, and its buttons do what cards do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox.slack import View
from bot.sandbox.slack.blocks import Block
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Story

CONFIG = Path(__file__).with_name("home.yaml").read_text(encoding="utf-8")
CLERK, GUEST = "clerk@example.com", "guest@example.com"


@pytest.fixture
async def desks(sqlite_url: str, transport: str) -> AsyncIterator[Story]:
    """Ann decides purchases, Bob owns counts, the clerk sees everything but values."""
    async with told(sqlite_url, config=CONFIG, sockets=transport == "socket") as story:
        yield story


def plain(view: View) -> str:
    """Every word of a view."""

    def words(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [str(value["text"])] if isinstance(value.get("text"), str) else []
            return own + [word for key, one in value.items() if key != "text" or not own for word in words(one)]
        return [word for one in value for word in words(one)] if isinstance(value, list) else []

    return "\n".join(words(view.blocks))


async def home(story: Story, who: str, *says: str, without: str = "") -> View:
    """Somebody's Home once it says all of these."""

    def seen() -> View | None:
        view = story.slack.home(of=who)
        found = plain(view) if view else ""
        there = all(one in found for one in says) and not (without and without in found)
        return replace(view) if view is not None and there else None  # the tab itself changes under our hands

    return await story.until(seen, f"a home of {who} that says {says}")


async def opened(story: Story, who: str, *says: str) -> View:
    """The same, after it was opened."""
    assert [one.status for one in await story.slack.open_home(by=who)] == [200]
    return await home(story, who, *says)


def button(view: View, label: str, about: str) -> tuple[Block, Block]:
    """The block and the element of a button, of the case whose record is named."""
    for place, block in enumerate(view.blocks):
        above = plain(View("", "", {"blocks": view.blocks[max(0, place - 1) : place + 1]}, "", ""))
        offered = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
        for element in offered:
            if element["type"] == "button" and element["text"]["text"].startswith(label) and about in above:
                return block, element
    msg = f"there is no {label} about {about}"
    raise LookupError(msg)


async def press(story: Story, view: View, label: str, about: str, *, by: str) -> View:
    """Press a button of a Home: the modal that answers."""
    block, element = button(view, label, about)
    acted = await story.slack.interactions.act_in_view(story.slack.person(by), view, block["block_id"], element=element)
    assert acted.trouble == ""
    return await story.slack.opened(acted)


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_a_home_is_worked_from_and_stays_true(desks: Story, transport: str) -> None:
    story = desks
    await opened(story, ANN, "Nothing waits for you, and you have nothing in hand.")
    first, second, third = [await story.order(amount) for amount in (9_000, 12_500, 6_000)]
    view = await home(story, ANN, "Waiting for your answer: 3", "3 of one kind")
    if transport == "socket":
        return
    assert plain(view).index(second.words) < plain(view).index(first.words) < plain(view).index(third.words)

    # One is decided, and the answer is told in a modal: there is no channel to tell it in.
    answer = await press(story, view, "Approve", second.words, by=ANN)
    assert f"{second.words}. It is being written to Odoo." in plain(answer)
    view = await home(story, ANN, "Waiting for your answer: 2", without=second.words)
    await story.card(second, "Confirmed in Odoo")

    # A rejection owes a reason, as on the card.
    reason = await press(story, view, "Reject", first.words, by=ANN)
    assert (await story.slack.submit(reason, {"reason": "too dear"}, by=ANN)).closed
    await home(story, ANN, "Waiting for your answer: 1", without=first.words)

    # Two alike are approved in one go.
    fourth = await story.order(7_000)
    view = await home(story, ANN, "Approve several of 2 together")
    several = await press(story, view, "Approve several", "2 of one kind", by=ANN)
    assert "2 of 2 approved." in str((await story.slack.submit(several, {}, by=ANN)).view)
    await home(story, ANN, "Nothing waits for you", without=fourth.words)
    assert [story.state(one) for one in (second, first, third, fourth)] == ["purchase", "cancel", *["purchase"] * 2]


async def test_what_is_in_hand_late_and_delegated_and_what_nobody_else_sees(desks: Story) -> None:
    story = desks
    count, order = await story.count(40.0), await story.order(9_000)
    view = await opened(story, BOB, "Nobody has these in hand: 1", count.words)
    assert order.words not in plain(view)
    await press(story, view, "I’m on it", count.words, by=BOB)
    await home(story, BOB, "In your hand: 1", "in the hand of Bob")

    # The lead looks on: what is late is there, how much it is about is not.
    view = await opened(story, CLERK, "Nothing waits for you")
    story.advance(hours=2)
    late = await opened(story, CLERK, "Late elsewhere: 1", order.words, "Of all that your roles see")
    assert ("9,000" not in plain(late), "At risk" in plain(late)) == (True, False)
    assert "At risk: 9,000.00 USD" in plain(await opened(story, ANN, order.words))
    details = await press(story, late, "Details", order.words, by=CLERK)
    assert (order.words in plain(details), "9,000" in plain(details)) == (True, False)

    # Ann names a stand-in from her Home; both see it, and either ends it.
    view = await opened(story, ANN, "Nobody stands in for you")
    asked = await press(story, view, "Name a stand-in", "Nobody stands in", by=ANN)
    taker = story.slack.person(BOB).id
    assert (await story.slack.submit(asked, {"taker": taker}, by=ANN)).closed
    await home(story, ANN, "You are stood in for by Bob")
    view = await home(story, BOB, "You stand in for Ann", "Waiting for your answer: 1", order.words)
    ended = await press(story, view, "End it", "You stand in for Ann", by=BOB)
    assert "Ended" in plain(ended)
    await home(story, BOB, "nor you for anybody", without=order.words)

    # A button of a Home that is no longer true is judged like any other.
    refused = await press(story, view, "Approve", order.words, by=BOB)
    assert "not in that role" in plain(refused)
    assert story.state(order) == "to approve"


async def test_strangers_see_a_sentence_and_a_restart_or_a_lost_publish_is_made_up_for(desks: Story) -> None:
    story = desks
    story.slack.change_person(GUEST, is_restricted=True)
    await story.order()
    view = await opened(story, GUEST, "Signoff shows nothing here to guests")
    assert len(view.blocks) == 1
    await opened(story, ANN, "Waiting for your answer: 1")

    story.slack.faults.rate_limit("views.publish", 7)
    await story.order()
    await home(story, ANN, "Waiting for your answer: 2")
    published = len(story.slack.calls_of("views.publish"))
    story.advance(minutes=11)  # nothing has changed: it is compared, and nothing is published
    await story.world.app.posted.homes.look()
    await story.quiet()
    assert len(story.slack.calls_of("views.publish")) == published

    await story.world.stop_app()
    await story.order()
    await story.world.start_app()
    await story.reconcile()
    await home(story, ANN, "Waiting for your answer: 3")

    story.slack.faults.error("views.publish", "not_enabled")
    await story.slack.open_home(by=BOB)
    await story.quiet()
    assert story.slack.home(of=BOB) is None
    await opened(story, BOB, "Nothing waits for you")
