"""Whose an address is in Odoo: two users who share one, and one that has come to another user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.slack import Conversation
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, CONFIG, Story

BUYER = "buyer@example.com"


@pytest.fixture(params=["18.0", "19.0"])
async def story(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Story]:
    """A world whose admins have a channel."""
    config = f'{CONFIG}admin_channel: "#signoff-admin"\n'
    async with told(sqlite_url, request.param, config=config) as story:
        yield story


def change(story: Story, who: str, **values: Any) -> None:
    """An administrator of Odoo edits a user."""
    admin = story.odoo.people_by_id[story.odoo.uid("admin")]
    story.odoo.engine.execute_silently(admin, "res.users", "write", [[story.odoo.uid(who)], values], {})


def admins_read(story: Story, words: str) -> int:
    """How many messages in the admins' channel say so."""
    (channel,) = [one for one in story.slack.workspace.channels.values() if one.name == "signoff-admin"]
    return sum(one.says(words) for one in Conversation(channel).messages)


async def looked(story: Story) -> None:
    """The next interval has passed."""
    await story.world.app.accounts.run("main")
    await story.reconcile()
    await story.quiet()


async def test_with_two_users_for_one_address_two_people_decide_and_the_admins_hear_once(story: Story) -> None:
    order = await story.order()
    await story.card(order)
    change(story, "accu", login="Buyer@Example.com")
    for _ in range(3):
        await looked(story)
    assert admins_read(story, f"{BUYER} is the address of Odoo user") == 1
    await story.card(order, "Two people have to approve")
    await story.approve(order, by=BUYER)
    await story.told(BUYER, "You asked for this or changed it")
    await story.approve(order, by=ANN)
    await story.approve(order, by=BOB)
    await story.card(order, "Confirmed in Odoo")
    change(story, "accu", login="accu")
    await looked(story)
    (settled,) = await story.audited("person.mapping_settled")
    assert list(settled.detail["people"]) == [BUYER]


async def test_an_address_of_another_user_is_refused_over_a_restart_until_the_config_confirms(story: Story) -> None:
    change(story, "puru", active=False)
    change(story, "accu", login=BUYER)
    await looked(story)
    await story.world.restart()
    assert story.world.app.sources["main"].refused == {BUYER}
    await looked(story)
    number = story.odoo.uid("accu")
    assert admins_read(story, f"put {BUYER}: {number} under odoo.main.user_ids") == 1
    rules = story.world.app.service.rules
    source = replace(rules.config.sources["main"], user_ids={BUYER: number})
    story.world.app.service.rules = replace(rules, config=replace(rules.config, sources={"main": source}))
    await looked(story)
    assert story.world.app.sources["main"].refused == frozenset()
    (settled,) = await story.audited("person.mapping_settled")
    assert settled.detail["people"] == {BUYER: number}
