"""From a Slack user to a person: what Slack does not vouch for has no power."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.cases.model import Person
from bot.errors import TransientError
from bot.slack.people import REMEMBERED
from tests.factories import FINANCE
from tests.integration.slack_room import SlackRoom, slack_room

ANN = FINANCE[0]


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[SlackRoom]:
    """Nothing here touches the database."""
    async with slack_room(sqlite_url) as room:
        yield room


async def ask(room: SlackRoom, who: str = ANN) -> Person:
    """The person behind a click of ``who``."""
    user = room.slack.person(who)
    return await room.people.person(user.id, user.team_id)


async def test_a_colleague_is_known_by_address_in_lower_case(room: SlackRoom) -> None:
    room.slack.change_person(ANN, email="Ann@Example.com", real_name="Ann  Approver\n")
    user = room.slack.person(ANN)
    assert await ask(room) == Person(
        key=f"slack:{user.team_id}:{user.id}", email="ann@example.com", name="Ann Approver", locale="en-US"
    )


@pytest.mark.parametrize(
    ("fields", "marks"),
    [
        ({}, {}),
        ({"is_restricted": True}, {"guest": True}),
        ({"deleted": True}, {"deactivated": True}),
        ({"team_id": "T0FOREIGN"}, {"foreign": True}),
        ({"is_stranger": True}, {"foreign": True}),
    ],
)
async def test_guests_leavers_and_strangers_are_marked(
    room: SlackRoom, fields: Mapping[str, str | bool], marks: Mapping[str, bool]
) -> None:
    room.slack.change_person(ANN, **fields)
    person = await ask(room)
    expected = {"guest": False, "deactivated": False, "foreign": False} | dict(marks)
    assert {name: getattr(person, name) for name in expected} == expected


async def test_a_bot_has_no_address_and_so_no_power(room: SlackRoom) -> None:
    room.slack.change_person(ANN, is_bot=True)
    assert (await ask(room)).email == ""


async def test_a_user_that_slack_does_not_know_has_no_address(room: SlackRoom) -> None:
    ours = room.slack.workspace.team_id
    assert await room.people.person("U0NOBODY", ours) == Person(key=f"slack:{ours}:U0NOBODY", email="", name="U0NOBODY")


async def test_somebody_who_clicks_again_is_not_looked_up_again_for_five_minutes(room: SlackRoom) -> None:
    for _ in range(3):
        await ask(room)
    assert len(room.slack.calls_of("users.info")) == 1
    room.later(REMEMBERED.total_seconds())
    room.slack.change_person(ANN, deleted=True)
    assert (await ask(room)).deactivated


async def test_when_slack_does_not_answer_nobody_is_taken_for_anybody(room: SlackRoom) -> None:
    room.slack.faults.http(500, method="users.info")
    with pytest.raises(TransientError, match="Slack did not say who you are, so nothing was decided"):
        await ask(room)
    assert (await ask(room)).email == ANN


async def test_when_slack_refuses_the_token_nobody_is_taken_for_anybody(room: SlackRoom) -> None:
    room.slack.faults.error("auth.test", "invalid_auth")
    with pytest.raises(TransientError, match="nothing was decided"):
        await ask(room)


async def test_an_address_with_a_look_alike_is_not_the_plain_one(room: SlackRoom) -> None:
    """In lower case the Kelvin sign is a plain k."""
    user = room.slack.person(ANN)
    room.slack.change_person(ANN, email="\N{KELVIN SIGN}im@example.com")
    assert (await room.people.person(user.id, user.team_id)).email == "\N{KELVIN SIGN}im@example.com"
