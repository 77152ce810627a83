"""The report of the week: posted by itself once, with pictures and their words, and without them where it has to be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.sandbox.slack.model import Message
from tests.scenarios.conftest import told
from tests.scenarios.story import CONFIG, Story

CHANNEL = "leadership"
REPORTS = f'reports: {{weekly: {{channel: "#{CHANNEL}", day: mon, at: "08:00", timezone: Europe/Berlin}}}}\n'


@pytest.fixture
async def story(sqlite_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world whose leadership has a channel."""
    async with told(sqlite_url, odoo_version, config=CONFIG + REPORTS) as story:
        story.slack.add_channel(CHANNEL, [])
        yield story


def _posted(story: Story) -> list[Message]:
    channel = next(one for one in story.slack.workspace.channels.values() if one.name == CHANNEL)
    return list(channel.messages.values())


async def _next_monday(story: Story) -> None:
    """Half past seven in the morning of UTC: in Berlin it is past eight, in summer too."""
    now = story.world.app.clock.now()
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=7, minute=30)
    story.advance(seconds=(monday - now).total_seconds())


async def _look(story: Story) -> None:
    await story.world.app.weekly.look()
    await story.rest()


async def test_a_week_is_told_once_and_its_pictures_say_what_they_show(story: Story) -> None:
    await _look(story)
    order = await story.order()
    await story.card(order)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    assert _posted(story) == []  # a schedule begins with its next time
    await _next_monday(story)
    await _look(story)
    await _look(story)
    await story.world.restart()
    await _look(story)
    report, pictures = _posted(story)
    assert "approvals: opened 1, ended 1: approved 1" in report.text.lower()
    assert "(Europe/Berlin)" in report.text
    assert pictures.thread_ts == report.ts
    shown = {one.title: one for one in (story.slack.workspace.files[each] for each in pictures.files)}
    assert shown["Cases opened and ended"].alt.endswith("opened 1, ended 1.")
    assert all(one.content.startswith(b"\x89PNG") for one in shown.values())
    story.slack.scopes = story.slack.scopes.replace("files:write", "")
    await story.card(await story.order())
    await _next_monday(story)
    await _look(story)
    _, _, second, missing = _posted(story)
    assert "Report of the week" in second.text
    assert (missing.thread_ts, "pictures of this report are missing" in missing.text) == (second.ts, True)
