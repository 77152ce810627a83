"""Slack is away for ten minutes: those who are asked hear of it in Odoo, once, until the case ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import BOB, Record, Story

both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


def planned(story: Story, record: Record) -> list[str]:
    """Logins of those who have an activity on the record that is not done."""
    rows = [story.odoo.record("mail.activity", number) for number in story.odoo.engine.store.ids("mail.activity")]
    mine = [one for one in rows if (one["res_model"], one["res_id"]) == (record.model, record.id) and one["active"]]
    return sorted(str(story.odoo.record("res.users", _id(one["user_id"]))["login"]) for one in mine)


def told_in_odoo(story: Story, record: Record) -> list[str]:
    """The bodies of the record's messages."""
    return [str(one["body"]) for one in story.odoo.messages(record.model, record.id)]


def _id(value: Any) -> int:
    return int(value[0] if isinstance(value, list | tuple) else value)


async def looked(story: Story, record: Record, wanted: list[str]) -> None:
    """The program looks for cards that Slack has not taken, and then these people have an activity."""
    await story.world.app.watch.outage.run()
    await story.until(lambda: planned(story, record) == wanted or None, f"activities of {wanted}")


@both_odoos
async def test_who_is_asked_gets_an_activity_once_and_it_is_done_with_the_case(
    quick_story: Story, odoo_version: str
) -> None:
    story = quick_story
    story.slack.faults.down()
    order = await story.order()
    await story.quiet()
    story.advance(minutes=9)
    await looked(story, order, [])
    story.odoo.faults.lose_answer(method="activity_schedule")
    story.advance(minutes=2)
    await looked(story, order, ["purm"])
    story.slack.faults.up()
    story.advance(minutes=2)
    await looked(story, order, ["purm"])
    await story.approve(order, by=BOB)
    await story.card(order, "Confirmed in Odoo")
    await story.until(lambda: planned(story, order) == [] or None, "nobody to have an activity any more")
    await story.quiet()
    assert len(await story.audited("fallback.activities")) == 1
    done = [one for one in told_in_odoo(story, order) if "Signoff: approved" in one]
    assert len(done) == 1, odoo_version
