"""Stand-ins over HTTP: named in a modal, used on a card, told to both, ended early; and one case forwarded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.config.model import Config
from bot.sandbox.slack import Conversation, View
from bot.sandbox.world import World
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Story

CLERK, MAKER = "clerk@example.com", "buyer@example.com"


class Office(World):
    """Clerks are not in the role that decides about purchases, and may name stand-ins for those who are absent."""

    @property
    def config(self) -> Config:
        """The usual config with a role that delegates for others."""
        return replace(super().config, delegation_by="clerks")


@pytest.fixture
async def office_story(database_url: str) -> AsyncIterator[Story]:
    """A world with such a role, on each engine."""
    async with told(database_url, "18.0", kind=Office) as story:
        yield story


async def modal(story: Story, typed: str, *, by: str) -> View:
    """The modal that a slash command opens."""
    return await story.slack.opened(await story.slack.command(f"/approvals {typed}", by=by, channel="#purchasing"))


async def name_stand_in(story: Story, taker: str, *, by: str, giver: str = "", days: int = 7) -> Any:
    """Fill in the modal and send it off."""
    view = await modal(story, "delegate", by=by)
    now = story.world.clock.now()
    values = {
        "taker": story.slack.person(taker).id,
        "start": str(int(now.timestamp())),
        "end": str(int((now + timedelta(days=days)).timestamp())),
    }
    if giver:
        values["giver"] = story.slack.person(giver).id
    return await story.slack.submit(view, values, by=by)


async def test_a_stand_in_decides_until_the_delegation_ends(quick_story: Story) -> None:
    story = quick_story
    first, second = await story.order(), await story.order()
    card = await story.card(first, "Waiting")
    await story.click(card, "Approve", by=CLERK)
    await story.told(CLERK, "not in that role")
    await name_stand_in(story, CLERK, by=ANN)
    await story.click(card, "Approve", by=CLERK)
    done = await story.card(first, "Confirmed in Odoo")
    assert done.says("on behalf of")
    (approved,) = await story.audited("case.approved")
    assert approved.detail["on_behalf_of"] == [ANN]
    story.advance(days=7)
    await story.click(await story.card(second, "Waiting"), "Approve", by=CLERK)
    await story.until(lambda: len(story.slack.ephemerals(CLERK)) > 2, "a second refusal")
    assert story.state(second) == "to approve"


async def test_a_delegation_is_ended_early_by_its_number(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order, "Waiting")
    await name_stand_in(story, CLERK, by=ANN)
    await story.slack.command("/approvals delegations", by=CLERK, channel="#purchasing")
    await story.told(CLERK, "stands in for")
    await story.slack.command("/approvals revoke 1", by=ANN, channel="#purchasing")
    await story.told(ANN, "Ended")
    await story.click(card, "Approve", by=CLERK)
    await story.told(CLERK, "not in that role")
    assert [one.entry.action for one in await story.audited() if one.entry.action.startswith("delegation")] == [
        "delegation.given",
        "delegation.revoked",
    ]


async def test_for_an_absent_one_the_role_that_is_named_for_it_delegates(office_story: Story) -> None:
    story = office_story
    order = await story.order()
    card = await story.card(order, "Waiting")
    await name_stand_in(story, "clerk2@example.com", by=CLERK, giver=BOB)
    await story.click(card, "Approve", by="clerk2@example.com")
    await story.card(order, "Confirmed in Odoo")


async def test_nobody_delegates_to_oneself_and_the_modal_says_so(quick_story: Story) -> None:
    story = quick_story
    sent = await name_stand_in(story, ANN, by=ANN)
    assert "Nobody stands in for himself" in str(sent.errors)
    (refused,) = await story.audited("delegation.refused")
    assert refused.detail["reason"] == "to_oneself"


async def test_one_case_is_forwarded_to_somebody_who_gets_a_card_of_it(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order, "Waiting")
    view = await modal(story, "forward 1", by=ANN)
    await story.slack.submit(view, {"taker": story.slack.person(CLERK).id}, by=ANN)
    clerk = story.slack.person(CLERK).id
    direct = [one for one in story.slack.workspace.channels.values() if one.is_direct]
    await story.quiet()
    direct = [one for one in story.slack.workspace.channels.values() if one.is_direct and clerk in one.members]
    card = await story.until(lambda: next(iter(Conversation(direct[0]).messages), None), "a card in a direct message")
    await story.slack.command("/approvals take-back 1", by=ANN, channel="#purchasing")
    await story.told(ANN, "Taken back")
    await story.card(order, "took back that")
    await story.click(card, "Approve", by=CLERK)
    await story.until(lambda: story.state(order) == "to approve" and len(story.slack.dms(CLERK)) > 1, "a letter")
    view = await modal(story, "forward 1", by=ANN)
    await story.slack.submit(view, {"taker": story.slack.person(CLERK).id}, by=ANN)
    await story.click(card, "Approve", by=CLERK)
    await story.card(order, "Confirmed in Odoo")
    assert [one.entry.action for one in await story.audited() if "forward" in one.entry.action] == [
        "case.forwarded",
        "case.forward_taken_back",
        "case.forwarded",
    ]
    assert len(await story.audited("case.refused")) == 1


@pytest.mark.over_http
async def test_a_modal_that_was_sent_twice_names_one_stand_in(quick_story: Story) -> None:
    """As after "We had some trouble connecting. Try again?"; also where a restart has forgotten what was answered."""
    story = quick_story
    await name_stand_in(story, CLERK, by=ANN)
    sent = story.slack.deliveries[-1]
    await story.slack.replay(sent)
    assert await story.audited("delegation.refused") == []
    await story.world.restart()
    await story.slack.replay(sent)
    assert len(await story.audited("delegation.given")) == 1
    assert len([one for one in story.slack.dms(CLERK) if "stand in for" in one.text]) == 1
