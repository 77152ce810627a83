"""Checkpoints of the audit trail in Slack: whoever reads the admin channel holds the proof."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.audit.checkpoint import Checkpoint, read
from bot.audit.verify import verify_lines
from bot.audit.witness import EVERY
from bot.config.model import Config
from bot.sandbox.world import World
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, Story
from tests.scenarios.test_command_line import signoff


class Attested(World):
    """A world whose config names an admin channel."""

    @property
    def config(self) -> Config:
        """The usual config with the channel."""
        return replace(super().config, admin_channel="#signoff-admin")

    def _populate(self) -> None:
        super()._populate()
        self._add_channel("#signoff-admin", [ANN])


@pytest.fixture
async def attested_story(database_url: str) -> AsyncIterator[Story]:
    """A world with an admin channel."""
    async with told(database_url, "18.0", kind=Attested) as story:
        yield story


def posted(story: Story) -> list[Checkpoint]:
    """What stands in the admin channel."""
    found: list[Checkpoint] = []
    for message in story.slack.channel("signoff-admin").messages:
        some, problems = read(message.plain.splitlines())
        assert problems == []
        found += some
    return found


async def decided(story: Story) -> None:
    """An order, approved, and everything done."""
    order = await story.order()
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    await story.rest()


@pytest.mark.slow
async def test_an_hour_later_a_checkpoint_stands_in_the_admin_channel(attested_story: Story) -> None:
    story = attested_story
    await decided(story)
    story.world.advance(EVERY + timedelta(seconds=1))
    await story.until(lambda: posted(story), "a checkpoint", within_s=20)
    lines = (await signoff(story, "audit", "export")).stdout.splitlines()
    found = verify_lines(lines, posted(story))
    assert (found.problems, found.vouched) == ((), posted(story)[-1].entry)


async def test_the_last_checkpoint_is_taken_when_the_program_stops(attested_story: Story) -> None:
    story = attested_story
    await decided(story)
    entries = len(await story.audited())
    await story.world.restart()
    assert posted(story)[-1].entry >= entries


async def test_a_checkpoint_that_slack_did_not_take_at_the_end_comes_after_the_start(attested_story: Story) -> None:
    story = attested_story
    await decided(story)
    entries = len(await story.audited())
    story.slack.faults.error("chat.postMessage", "internal_error")
    await story.world.restart()
    # On a slow machine the first hour's checkpoint may stand there already.
    await story.until(lambda: [one for one in posted(story) if one.entry >= entries], "the checkpoint", within_s=20)
