"""Slash commands over signed HTTP: forgiving in what they take, quiet in what they tell, and never silent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from bot.cases.commands import Observed
from bot.handlers import slash_commands
from bot.handlers.counter import Counter
from bot.handlers.delegations import DelegationDesk
from bot.handlers.slash import Command
from bot.sandbox.slack import Acted
from bot.slack.board import Board
from bot.slack.manifest import COMMANDS
from tests.factories import FINANCE, a_record, an_event
from tests.integration.slack_room import CHANNEL, SlackRoom, nothing, slack_room

ANN, BOB, _ = FINANCE
MIA = "mia@example.com"


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[SlackRoom]:
    """A room on either engine, with one card in #finance."""
    async with slack_room(database_url) as room:
        await room.open_case()
        await room.perform()
        yield room


async def typed(room: SlackRoom, line: str, *, by: str = ANN) -> str:
    """What the asker alone reads after typing a command."""
    before = len(room.told(by))
    acted = await room.slack.command(line, by=by, channel=CHANNEL)
    assert (acted.status, acted.trouble) == (200, "")
    assert len(room.channel.messages) == 1
    return (await room.slack.until(lambda: room.told(by)[before:], what="an answer"))[0]


@pytest.mark.parametrize("line", ["/signoff help", "/signoff HELP", "/signoff   help.  me", "/signoff ?"])
async def test_help_lists_every_subcommand_of_every_command(room: SlackRoom, line: str) -> None:
    said = await typed(room, line)
    assert "/signoff alone is /signoff status." in said
    known = [f"{one.name} {sub.name}" for one in commands_of(room) for sub in one.subcommands]
    assert [name for name in known if f"{name} " not in said] == []


@pytest.mark.parametrize(
    "line",
    [
        "/approvals waiting on <@{ann}|ann>please",
        "/approvals list WAITING @ann.",
        "/approvals finance waiting",
        "/approvals approvals: list “finance” waiting",
        "/signoff approvals waiting finance &gt;500",
        "/approvals list mine",
    ],
)
async def test_whose_turn_it_is_is_told_however_it_is_asked(room: SlackRoom, line: str) -> None:
    said = await typed(room, line.format(ann=room.slack.person(ANN).id))
    assert said.startswith("1 open approval\n• Case 1: P00007, 12,500.00 USD")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/approvals waiting on <@{mia}>", "“mia@example.com” is neither a role nor anybody who holds one."),
        ("/approvals waiting finanse", "Did you mean finance?"),
        ("/approvals waiting bob over 20k", "No open approvals that you can see answer this."),
        ("/approvals 1", "P00007"),
        ("/approvals case 1, show", "P00007"),
    ],
)
async def test_what_does_not_wait_is_not_listed(room: SlackRoom, line: str, says: str) -> None:
    assert says in await typed(room, line.format(mia=room.slack.person(MIA).id))


@pytest.mark.parametrize("line", ["/signoff", "/signoff status", "/signoff STAT", "/signoff \t status"])
async def test_status_is_forgiving_about_how_it_is_asked_for(room: SlackRoom, line: str) -> None:
    assert (await typed(room, line)).startswith("Signoff is well")


async def test_status_tells_the_config_the_queue_and_what_was_given_up(room: SlackRoom) -> None:
    await room.do(Observed(a_record(8), an_event(record=a_record(8), title="P00008")))
    said = await typed(room, "/signoff status")
    assert f"Config {room.service.rules.config.digest[:12]}" in said
    assert "Open cases: 2." in said
    assert "Slack: messages to post 1, cards to edit 0; the last of them in about 1 s (#finance)." in said
    assert "Nothing was given up." in said


async def test_status_tells_trouble_first(room: SlackRoom) -> None:
    room.ailing = {"source main": "Odoo cannot be reached."}
    said = await typed(room, "/signoff status")
    assert said.startswith("Signoff is not well\nTrouble with source main: Odoo cannot be reached.")


@pytest.mark.parametrize(
    ("line", "guess"), [("/signoff statsu", "Did you mean /signoff status?"), ("/approvals mien", "/approvals mine?")]
)
async def test_a_slip_is_answered_with_what_was_probably_meant(room: SlackRoom, line: str, guess: str) -> None:
    said = await typed(room, line)
    assert guess in said


async def test_what_is_like_nothing_leads_to_the_help(room: SlackRoom) -> None:
    said = await typed(room, "/signoff <!channel>")
    assert "does not know “<!channel>”." in said
    assert "/signoff help" in said


async def test_mine_names_what_the_asker_may_answer_and_nothing_else(room: SlackRoom) -> None:
    said = await typed(room, "/approvals")
    assert said.startswith("Waiting for you: 1\n• Case 1: P00007, 12,500.00 USD")
    assert "P00007" not in await typed(room, "/approvals mine", by=MIA)


async def test_what_i_have_answered_does_not_wait_for_me(room: SlackRoom) -> None:
    await room.slack.click(room.channel.card(), "Approve", by=ANN)
    await room.slack.until(lambda: room.told(ANN), what="the click's answer")
    assert "Nothing waits for you." in await typed(room, "/approvals mine")


@pytest.mark.parametrize("change", [{"is_restricted": True}, {"team_id": "T0ELSEWHERE"}])
async def test_guests_and_strangers_are_told_nothing(room: SlackRoom, change: dict[str, str | bool]) -> None:
    room.slack.change_person(BOB, **change)
    said = await typed(room, "/signoff status", by=BOB)
    assert "cannot ask here" in said
    assert "Config" not in said


async def test_when_slack_does_not_say_who_asks_a_sentence_says_so(room: SlackRoom) -> None:
    room.slack.faults.error("users.info", "internal_error")
    assert "try again" in await typed(room, "/signoff status")


async def test_what_takes_too_long_is_answered_later(room: SlackRoom) -> None:
    room.hesitates_s = 2.3
    acted: Acted = await room.slack.command("/signoff status", by=ANN, channel=CHANNEL)
    assert acted.status == 200
    assert acted.elapsed_s < 3
    await room.slack.until(lambda: len(room.told()) == 2, what="the answer")
    assert "takes a moment" in room.slack.ephemerals(ANN)[0].text
    assert room.told()[1].startswith("Signoff is well")


def commands_of(room: SlackRoom) -> Sequence[Command]:
    counter = Counter(room.gateway, room.service, room.people, Board(room.database), room.writer, room.clock, nothing)
    stand_ins = DelegationDesk(room.database, room.delegations, counter)
    return slash_commands(room.database, counter, room.troubles, stand_ins)


async def test_the_manifest_names_the_commands_that_are_answered(room: SlackRoom) -> None:
    answered = [command.name for command in commands_of(room)]
    assert answered == [name for name, _, _ in COMMANDS]
