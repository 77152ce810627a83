"""``/signoff explain CASE``: why it came and who may answer, told to those who have to do with cases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.factories import FINANCE
from tests.integration.slack_room import SlackRoom, slack_room
from tests.integration.test_slash import typed

ANN, BOB, _ = FINANCE
MIA = "mia@example.com"


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[SlackRoom]:
    """A room on either engine, with one card in #finance."""
    async with slack_room(database_url) as room:
        await room.open_case()
        await room.perform()
        yield room


async def test_a_case_is_explained_with_its_rule_and_its_people(room: SlackRoom) -> None:
    said = await typed(room, "/signoff explain 1")

    rule = room.service.rules.config.rules[0]
    assert f'Rule "{rule.name}", policy "{rule.policy}"' in said
    assert f"may: {', '.join(f'{email} (finance)' for email in sorted(FINANCE))}" in said
    assert f"may not: {MIA}: made or changed the record" in said or f"may not: {MIA}: in none of the roles" in said


@pytest.mark.parametrize("words", ["", "x", "1x", "1-2", "²", "9" * 30])
async def test_what_is_no_number_of_a_case_is_asked_for_again(room: SlackRoom, words: str) -> None:
    assert "Please name a case by its number" in await typed(room, f"/signoff explain {words}")


async def test_a_case_that_is_not_there_is_not_explained(room: SlackRoom) -> None:
    assert await typed(room, "/signoff explain 77") == "There is no case 77 that you may see whole."


async def test_whoever_has_nothing_to_do_with_cases_is_told_nothing_of_them(room: SlackRoom) -> None:
    room.slack.workspace.add_person("zoe@example.com")

    said = await typed(room, "/signoff explain 1", by="zoe@example.com")

    assert said == "There is no case 1 that you may see whole."
