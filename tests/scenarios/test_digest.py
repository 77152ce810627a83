"""The start of a shift through the whole program: told once, whatever happens, with what is true then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.effects import Effect, EffectKind
from bot.once import is_first
from bot.outbox import enqueue
from bot.reports.digest import begun
from bot.sandbox.slack import Card, Conversation
from tests.factories import NOW
from tests.scenarios.conftest import told
from tests.scenarios.story import Story

CONFIG = (
    Path(__file__).with_name("home.yaml").read_text(encoding="utf-8")
    + """
calendars:
  always: {timezone: UTC, hours: {mon-sun: ["00:00-12:00", "12:00-24:00"]}}
calendar: always
sites:
  CHI: {match: {warehouse: CHI}, digest: {channel: "#lead"}}
  DAL: {match: {warehouse: DAL}, digest: {channel: "#counts", empty: silent}}
"""
)


def digests(story: Story, channel: str) -> list[Card]:
    """What was posted into a channel about shifts."""
    said: list[Card] = Conversation(story.slack.channel(channel).channel).messages
    return [one for one in said if "Shift start" in one.plain]


async def next_shift(story: Story) -> None:
    """Twelve hours pass, and everything that is due is done."""
    story.advance(hours=12)
    await story.world.app.posted.digests.look()
    await story.quiet()


async def test_a_shift_is_told_once_with_what_is_true_then(sqlite_url: str) -> None:
    async with told(sqlite_url, config=CONFIG) as story:
        digest = story.world.app.posted.digests
        await digest.look()
        await story.quiet()
        assert [one.plain for one in digests(story, "#lead")] == ["Shift start at CHI: nothing is open."]

        order, count = await story.order(9_000), await story.count(40.0)
        await story.card(order, "Waiting")
        card = await story.card(count)
        await next_shift(story)
        said = digests(story, "#lead")[-1]
        assert "Shift start at CHI: 2 are open" in said.plain
        assert "2 late, 0 due in this shift, 1 in nobody’s hand." in said.plain
        assert f"/archives/{card.channel_id}/p{card.ts.replace('.', '')}'" in str(said.blocks)
        assert "9,000" not in str(said.blocks)  # the lead is told no values

        # Another look, a restart, an effect that is owed once more, and a clock that goes back: it was told.
        await digest.look()
        await story.world.restart()
        app = story.world.app
        await app.posted.digests.look()
        chicago = next(begun(app.config, story.world.clock.now()))
        async with app.database.write() as session:
            await enqueue(session, [Effect(EffectKind.POST_DIGEST, 0, "CHI")], story.world.clock.now())
            assert not await is_first(session, chicago.fact, replace(chicago, opens=NOW).mark)
        await story.quiet()
        assert len(digests(story, "#lead")) == 2

        # The answer to the post is lost: it is looked for before it is posted again.
        story.slack.faults.lose_answer("chat.postMessage")
        await next_shift(story)
        await story.rest()
        assert len(digests(story, "#lead")) == 3
        assert digests(story, "#counts") == []  # nothing is open in Dallas, and it wants to hear nothing then
