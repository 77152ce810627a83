"""Write-backs by the guard: what only a transaction inside Odoo can promise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.config.model import Config, Secret
from bot.odoo.setup.run import Administrator, Asked, set_up
from bot.sandbox.odoo.access import ACCESS_RIGHTS, PURCHASE_MANAGER
from bot.sandbox.odoo.orm import Env
from bot.sandbox.world import World
from tests import odoo_code
from tests.scenarios.conftest import told
from tests.scenarios.story import BOB, CONFIG, QUANT, Story

LEAD = "buyer.lead@example.com"
#: Ann may do nothing in Odoo; Bob is not in it; the lead is its purchase manager.
AS_PEOPLE = CONFIG.replace("    events:", "    act_as_user: true\n    users: {low: ann@example.com}\n    events:")


class AsPeople(World):
    """A world in which decisions are written as whoever decided."""

    @property
    def config(self) -> Config:
        """As it was written: the sandbox itself has no guards, and leaves this key out."""
        usual = super().config
        return replace(usual, sources={"main": replace(usual.sources["main"], act_as_user=True)})


VERSIONS = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
async def guarded(quick_story: Story) -> Story:
    """A story in whose Odoo the guards are installed."""
    await install(quick_story)
    return quick_story


async def install(story: Story) -> None:
    """What ``signoff odoo setup --guard`` does."""
    story.odoo.engine.coder = odoo_code.run
    source = story.world.config.sources["main"]
    async with httpx.AsyncClient() as http:
        outcome = await set_up(source, Administrator("admin", Secret("admin")), Asked(guard=True), http)
    assert outcome.problems == []


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


@VERSIONS
async def test_a_decision_is_written_as_whoever_made_it_or_not_at_all(sqlite_url: str, odoo_version: str) -> None:
    async with told(sqlite_url, odoo_version, kind=AsPeople, config=AS_PEOPLE) as story:
        purm = story.odoo.uid("purm")
        order = await story.order()
        await story.approve(order, by=LEAD)
        await story.card(order, "signoff odoo setup --guard")  # none stands yet, and nothing is written as the bot
        await install(story)
        story.advance(minutes=11)
        await story.click(await story.card(order, "NOT written"), "Retry", by=LEAD)
        await story.card(order, f"written as {story.name('purm')}")
        assert story.field(order, "write_uid")[0] == purm
        (note,) = [one for one in story.odoo.messages(order.model, order.id) if "[Signoff #" in str(one["body"])]
        assert note["create_uid"][0] == purm
        assert f"Written by Signoff (bot) as purm (Odoo user {purm})." in note["body"]
        assert [one.detail.get("as") for one in await story.audited("write_back.started")] == [
            f"purm (Odoo user {purm})"
        ]

        count = await story.count(60.0, on_hand=100.0)
        await story.approve(count)
        await story.card(count, "Odoo does not let low do this")
        nobodys = await story.order(13_000)
        await story.approve(nobodys, by=BOB)
        await story.card(nobodys, "Odoo has no user for bob@example.com")
        story.odoo.put_into("purm", ACCESS_RIGHTS, PURCHASE_MANAGER)
        administrators = await story.order(14_000)
        await story.approve(administrators, by=LEAD)
        card = await story.card(administrators, "administrator of Odoo")
        assert (story.field(count, "quantity"), story.state(nobodys), story.state(administrators)) == (
            100.0, "to approve", "to approve",
        )  # fmt: skip
        assert runs(story) == 2  # Ann's, which Odoo refused, was the second
        story.odoo.put_into("purm", PURCHASE_MANAGER)
        await story.click(card, "Retry", by=LEAD)
        await story.card(administrators, "Confirmed in Odoo")
        assert story.calls("button_approve", administrators) == 0
