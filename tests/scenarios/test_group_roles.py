"""Roles that a group of Odoo or of Slack holds: who comes and goes there, comes and goes here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.odoo.access import PURCHASE_MANAGER, PURCHASE_USER
from bot.sandbox.slack.model import Message
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, CONFIG, Story

LEAD, CONTROLLER = "buyer.lead@example.com", "grace.lind@example.com"
_LISTED = """    members: [ann@example.com, bob@example.com, buyer@example.com, buyer.lead@example.com,
              guest@example.com, gone@example.com, foreign@example.com, mute@example.com]
"""
_GROUP = f"    members: {{odoo_group: purchase.group_purchase_manager, people: [{CONTROLLER}]}}\n"
assert _LISTED in CONFIG


@pytest.fixture(params=["18.0", "19.0"])
async def story(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Story]:
    """Purchases are decided by the purchase managers of Odoo, and one person of finance."""
    async with told(sqlite_url, request.param, config=CONFIG.replace(_LISTED, _GROUP)) as story:
        yield story


async def test_a_user_of_the_group_decides_until_leaving_it(story: Story) -> None:
    first, second = await story.order(), await story.order()
    await story.approve(first, by=LEAD)
    await story.card(first, "Confirmed in Odoo")
    entry, *more = await story.audited("role.membership_changed")
    assert not more
    assert entry.detail["came"] == [[story.name("purm"), LEAD]]
    assert entry.detail["roles"] == ["buyers"]
    assert any("admin" in said for said in entry.detail["left_out"])
    story.odoo.put_into("purm", PURCHASE_USER)
    await story.world.app.groups.run("main")
    await story.approve(second, by=LEAD)
    await story.told(LEAD, "you are not in that role")
    _, gone = await story.audited("role.membership_changed")
    assert gone.detail["went"] == [[story.name("purm"), LEAD]]
    await story.approve(second, by=CONTROLLER)
    await story.card(second, "Confirmed in Odoo")


async def test_a_group_that_cannot_be_read_gives_nobody_power(story: Story) -> None:
    order = await story.order()
    card = await story.card(order, "Waiting")
    story.advance(minutes=6)
    await story.odoo.refuse()
    await story.click(card, "Approve", by=LEAD)
    await story.told(LEAD, "could not be looked up")
    assert (await story.audited("case.refused"))[-1].detail["reason"] == "power_not_told"
    await story.odoo.accept()
    await story.click(card, "Approve", by=LEAD)
    await story.card(order, "Confirmed in Odoo")


async def test_whoever_has_left_the_company_holds_no_role(story: Story) -> None:
    story.odoo.put_into("accu", PURCHASE_MANAGER)
    story.odoo.archive("accu")
    await story.world.app.groups.run("main")
    entry = (await story.audited("role.membership_changed"))[-1]
    assert any("is archived in Odoo" in said for said in entry.detail["left_out"])
    order = await story.order()
    await story.approve(order, by="accounts@example.com")
    await story.told("accounts@example.com", "you are not in that role")
    await story.approve(order, by=LEAD)
    await story.card(order, "Confirmed in Odoo")


_DOCK = """    members: {usergroup: dock, trust_usergroup: true}
    ping: {usergroup: dock}
"""
_SOON = "  purchase: {escalation: soon, "
_CHASED = "escalations: {soon: [{after: 30m, remind: assignees}]}\npolicies:\n"


async def test_a_user_group_of_slack_is_mentioned_and_decides_where_it_is_trusted(sqlite_url: str) -> None:
    config = CONFIG.replace(_LISTED, _DOCK).replace("policies:\n", _CHASED).replace("  purchase: {", _SOON)
    async with told(sqlite_url, config=config) as story:
        dock = next(iter(story.slack.workspace.user_groups.values()))
        bob, ann = (story.slack.person(who).id for who in (BOB, ANN))
        dock.members[:] = [bob]
        await story.world.app.groups.run("")
        first, second, third = [await story.order() for _ in range(3)]
        await story.approve(first, by=BOB)
        await story.card(first, "Confirmed in Odoo")
        detail = (await story.audited("role.membership_changed"))[-1].detail
        assert (detail["roles"], detail["pinged_for"], detail["came"]) == (["buyers"], ["buyers"], [["Bob", BOB]])
        story.advance(minutes=29)
        await story.world.app.groups.run("")
        story.advance(minutes=1)
        await story.until(lambda: _mentioned(story, dock.id), "the user group mentioned below a card")
        dock.members[:] = [ann]
        await story.world.app.groups.run("")
        await story.approve(second, by=BOB)
        await story.told(BOB, "you are not in that role")
        await story.approve(second, by=ANN)
        await story.card(second, "Confirmed in Odoo")
        story.advance(minutes=6)
        story.slack.scopes = story.slack.scopes.replace(",usergroups:read", "")
        await story.approve(third, by=ANN)
        await story.told(ANN, "Who is in the user group @dock of Slack could not be looked up")
        assert "lacks a permission" in (await story.world.app.troubles())["groups of Slack"]
        story.slack.scopes += ",usergroups:read"
        await story.approve(third, by=ANN)
        await story.card(third, "Confirmed in Odoo")


def _mentioned(story: Story, group: str) -> bool:
    channel = story.slack.channel("purchasing").channel
    replies = [one for one in channel.messages.values() if one.is_reply]
    return any({"type": "usergroup", "usergroup_id": group} in _pieces(one) for one in replies)


def _pieces(message: Message) -> list[object]:
    return [piece for block in message.blocks for section in block["elements"] for piece in section["elements"]]
