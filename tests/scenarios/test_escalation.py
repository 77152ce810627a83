"""Nobody answers: reminders, direct messages, another role, in working time; and the card says who is next and when."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Clock
from bot.sandbox.pace import play
from bot.sandbox.slack import Conversation
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, CONFIG, Record, Story

_BUYERS = '  buyers:\n    channel: "#purchasing"\n'
_PURCHASE = "stages: [{any_of: [buyers]}]"
_CLERKS_MAY = "pause: {by: [clerks]}, reassign: {by: [clerks], to: [clerks]}"
_STEPS = """
escalations:
  standard:
    - {after: 50%, remind: assignees}
    - {after: 100%, dm: contact, also: channel}
    - {after: 30m, reassign_to: clerks, repeat: 1}
"""
ESCALATING = (
    CONFIG.replace(_BUYERS, f"{_BUYERS}    escalation_contact: clerk@example.com\n").replace(
        _PURCHASE,
        f"stages: [{{any_of: [buyers], sla: 2h}}], escalation: standard, {_CLERKS_MAY}",
    )
    + _STEPS
)


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    """A world that escalates, on each engine."""
    async with told(database_url, config=ESCALATING) as story:
        yield story


async def stepped(story: Story, record: Record, words: str, **by: float) -> None:
    """Time passes, and the card says ``words``."""
    story.advance(**by)
    await story.card(record, words)
    await story.quiet()


def directly(story: Story, record: Record) -> list[str]:
    """The texts of a record's cards in direct messages."""
    channels = [Conversation(one) for one in story.slack.workspace.channels.values() if one.is_direct]
    return [card.text for channel in channels for card in channel.messages if card.metadata and card.says(record.words)]


async def test_a_case_is_chased_step_by_step_until_somebody_else_decides(story: Story) -> None:
    order = await story.order()
    await story.card(order, "Next: a reminder")
    await stepped(story, order, "Escalation level 1 of 4", hours=1)
    await stepped(story, order, "Escalation level 2 of 4", hours=1)
    assert len(directly(story, order)) == 1
    await stepped(story, order, "Waiting for clerks", minutes=30)
    refused = await story.click(await story.card(order, "Waiting for clerks"), "Approve", by=ANN)
    assert refused is not None
    await story.told(ANN, "decided by clerks")
    await story.approve(order, by="clerk@example.com")
    await story.card(order, "Confirmed in Odoo")
    done = [one.entry.action for one in await story.audited() if one.entry.action.startswith("escalation.")]
    assert done == ["escalation.reminded", "escalation.messaged", "escalation.reassigned"]
    story.advance(hours=5)
    await story.quiet()
    assert len([one for one in await story.audited() if one.entry.action.startswith("escalation.")]) == 3


async def test_a_restart_loses_no_step_and_does_none_twice(story: Story) -> None:
    order = await story.order()
    await story.card(order, "Next: a reminder")
    await story.world.stop_app()
    story.advance(hours=1, minutes=1)
    await story.world.start_app()
    await story.card(order, "Escalation level 1 of 4")
    await story.world.stop_app()
    await story.world.start_app()
    await story.quiet()
    assert len(await story.audited("escalation.reminded")) == 1


async def test_moving_the_clock_of_the_sandbox_plays_every_step(story: Story) -> None:
    order = await story.order()
    await story.card(order, "Next: a reminder")
    await play(story.world, 4 * 3600)
    done = [one.entry.action for one in await story.audited() if one.entry.action.startswith("escalation.")]
    assert done == [
        "escalation.reminded",
        "escalation.messaged",
        "escalation.reassigned",
        "escalation.reassigned",
    ]


CHICAGO = ZoneInfo("America/Chicago")


def _friday_afternoon(now: datetime) -> datetime:
    """The next Friday at 17:30 in Chicago."""
    there = now.astimezone(CHICAGO)
    days = (4 - there.weekday()) % 7 or 7
    return datetime.combine(there.date() + timedelta(days=days), time(17, 30), CHICAGO)


def _working(friday: datetime) -> str:
    """The same in Chicago's working hours; the Monday after ``friday`` is a holiday."""
    hours = '{timezone: America/Chicago, hours: {mon-fri: "06:00-18:00"}, closed: ["%s"]}'
    calendar = hours % (friday.date() + timedelta(days=3))
    return f"{ESCALATING}calendars: {{chicago: {calendar}}}\ncalendar: chicago\n"


async def test_a_weekend_and_a_holiday_are_nobodys_time(sqlite_url: str) -> None:
    friday = _friday_afternoon(Clock().now())
    async with told(sqlite_url, config=_working(friday)) as story:
        story.world.advance(friday - story.world.clock.now())
        order = await story.order()
        await story.card(order, "Next: a reminder")
        await play(story.world, 3 * 86_400)
        assert await story.audited("escalation.reminded") == []
        await play(story.world, 86_400)
        (reminded,) = await story.audited("escalation.reminded")
        due_at = datetime.fromisoformat(reminded.detail["due_at"]).astimezone(CHICAGO)
        assert due_at.date() == friday.date() + timedelta(days=4)
        assert time(6, 25) <= due_at.time() <= time(6, 31)


def _shifts(now: datetime) -> str:
    """Buyers work by day and Bob by night, which has just begun; the clerk who is to be written to sleeps."""
    dusk = now.astimezone(CHICAGO) - timedelta(minutes=5)
    dawn = dusk + timedelta(hours=12)
    day, night = f"{dawn:%H:%M}-{dusk:%H:%M}", f"{dusk:%H:%M}-{dawn:%H:%M}"
    return (
        ESCALATING.replace("    escalation_contact:", "    shift: days\n    escalation_contact:")
        + "calendars:\n"
        + f'  days: {{timezone: America/Chicago, hours: {{mon-sun: "{day}"}}}}\n'
        + f'  nights: {{timezone: America/Chicago, hours: {{mon-sun: "{night}"}}}}\n'
        + "people:\n  bob@example.com: {shift: nights}\n"
        + f'  clerk@example.com: {{quiet_hours: {{timezone: America/Chicago, hours: "{night}"}}}}\n'
    )


async def test_at_night_whoever_is_on_shift_is_written_to_and_the_thread_says_who_was_passed_over(
    sqlite_url: str,
) -> None:
    async with told(sqlite_url, config=_shifts(Clock().now())) as story:
        order = await story.order()
        await story.card(order, "Next: a reminder")
        await stepped(story, order, "Escalation level 1 of 4", hours=1)
        await stepped(story, order, "Escalation level 2 of 4", hours=1)
        await story.letter("clerk2@example.com", order)
        assert len(directly(story, order)) == 1
        (messaged,) = await story.audited("escalation.messaged")
        (passed_over,) = messaged.detail["not_told"]
        assert passed_over[0] == "clerk@example.com"
        assert passed_over[1].startswith("quiet hours until")
        await stepped(story, order, "Waiting for clerks", minutes=30)
        await story.approve(order, by="clerk@example.com")
        await story.card(order, "Confirmed in Odoo")


async def typed(story: Story, line: str, *, by: str) -> None:
    acted = await story.slack.command(line, by=by, channel="#purchasing")
    assert acted.status == 200


async def test_the_clock_of_a_case_is_stopped_and_started_by_those_whom_the_policy_names(story: Story) -> None:
    order = await story.order()
    await story.card(order, "Next: a reminder")
    await typed(story, "/approvals pause 1 2h waiting for the carrier", by=ANN)
    await story.told(ANN, "you are not in that role")
    await typed(story, "/approvals pause 1 2h waiting for the carrier", by="clerk@example.com")
    await story.card(order, "The clock stands still: waiting for the carrier")
    await play(story.world, 6000)
    assert await story.audited("escalation.reminded") == []
    await typed(story, "/approvals resume 1", by="clerk@example.com")
    await story.card(order, "Next: a reminder")
    await play(story.world, 3700)
    assert len(await story.audited("escalation.reminded")) == 1


async def test_people_have_peace_from_reminders_and_hand_a_case_over_while_the_steps_go_on(sqlite_url: str) -> None:
    async with told(sqlite_url, config=ESCALATING) as story:
        order = await story.order()
        await story.card(order, "Next: a reminder")
        await stepped(story, order, "Escalation level 1 of 4", hours=1)
        await stepped(story, order, "Escalation level 2 of 4", hours=1)
        letter = await story.letter("clerk@example.com", order, "Next: handed to clerks")
        await story.click(letter, "No reminders for 1h", by="clerk@example.com")
        await story.told("clerk@example.com", "What comes next comes all the same: handed to clerks.")
        await typed(story, "/approvals reassign 1 clerks Ann is ill", by=ANN)
        await story.told(ANN, "you are not in that role")
        await typed(story, "/approvals reassign 1 clerks Ann is ill", by="clerk@example.com")
        await story.quiet()
        await story.approve(order, by="clerk@example.com")
        await story.card(order, "Confirmed in Odoo")
