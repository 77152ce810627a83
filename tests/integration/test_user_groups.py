"""Who is in a user group of Slack: read from the workspace, and what is refused instead of guessed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.approvals.insiders import Member, Membership
from bot.clock import Clock
from bot.config.model import SLACK, Group, Secret
from bot.errors import PermanentError, SignoffError, TransientError
from bot.sandbox.slack import PretendSlack
from bot.slack.gateway import SlackGateway
from bot.slack.usergroups import MOST_AT_ONCE, UserGroups

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
async def slack() -> AsyncIterator[PretendSlack]:
    """A workspace with people of every sort."""
    pretended = PretendSlack()
    for email in (ANN, BOB, "guest@example.com", "gone@example.com", "foreign@example.com"):
        pretended.add_person(email)
    pretended.change_person("guest@example.com", is_restricted=True)
    pretended.change_person("gone@example.com", deleted=True)
    pretended.change_person("foreign@example.com", team_id="T0FOREIGN1")
    await pretended.start()
    yield pretended
    await pretended.stop()


@pytest.fixture
async def reader(slack: PretendSlack) -> AsyncIterator[UserGroups]:
    """Reads that workspace."""
    gateway = SlackGateway(Secret(slack.bot_token), slack.api_url)
    await gateway.start()
    yield UserGroups(gateway, slack.workspace.clock)
    await gateway.close()


def group(name: str) -> Group:
    """A user group of Slack."""
    return Group(SLACK, name)


async def test_everybody_who_could_decide_is_in_it_and_nobody_else(slack: PretendSlack, reader: UserGroups) -> None:
    named = [ANN, "guest@example.com", "gone@example.com", "foreign@example.com", "signoff"]
    made = slack.add_user_group("wh-supervisors", named)
    for wanted in ("wh-supervisors", made.id):
        assert await reader.of(group(wanted)) == Membership(
            group(wanted),
            (Member(ANN, "Ann", slack.person(ANN).id),),
            (
                "Foreign: belongs to another workspace",
                "Gone: is deactivated",
                "Guest: is a guest",
                "Signoff: is a bot",
            ),
            made.id,
        )


@pytest.mark.parametrize(
    ("trouble", "error", "said"),
    [
        ("other handle", PermanentError, 'no user group @dock in use; did you mean "docks"?'),
        ("switched off", PermanentError, "no user group @dock in use"),
        ("another organisation's", PermanentError, "no user group @dock in use"),
        ("no scope", PermanentError, "lacks a permission"),
        ("no plan", PermanentError, "plan of this Slack workspace has no user groups"),
        ("gone since it was listed", PermanentError, "no such user group any more"),
        ("away", TransientError, "cannot be reached"),
    ],
)
async def test_what_cannot_be_read_is_an_error(
    slack: PretendSlack, reader: UserGroups, trouble: str, error: type[SignoffError], said: str
) -> None:
    made = slack.add_user_group("docks" if trouble == "other handle" else "dock", [ANN])
    match trouble:
        case "switched off":
            made.is_disabled = True
        case "another organisation's":
            made.is_external = True
        case "no scope":
            slack.scopes = slack.scopes.replace(",usergroups:read", "")
        case "no plan":
            slack.faults.error("usergroups.list", "plan_upgrade_required")
        case "gone since it was listed":
            slack.faults.error("usergroups.users.list", "no_such_subteam")
        case "away":
            await slack.stop()
    with pytest.raises(error) as refused:
        await reader.of(group("dock"))
    assert said in refused.value.sentence


async def test_a_large_group_is_known_once_all_of_it_was_looked_up(slack: PretendSlack, reader: UserGroups) -> None:
    everybody = [f"p{number}@example.com" for number in range(MOST_AT_ONCE + 1)]
    for email in everybody:
        slack.add_person(email)
    slack.add_user_group("dock", everybody)
    with pytest.raises(TransientError, match="1 of its 51 people"):
        await reader.of(group("dock"))
    assert len((await reader.of(group("dock"))).members) == MOST_AT_ONCE + 1
    asked = [call for call in slack.calls if call.method == "users.info"]
    assert len(asked) == MOST_AT_ONCE + 1, "nobody is asked about twice within half an hour"


async def test_another_address_counts_after_half_an_hour(slack: PretendSlack) -> None:
    clock = Clock()
    gateway = SlackGateway(Secret(slack.bot_token), slack.api_url)
    await gateway.start()
    reader = UserGroups(gateway, clock)
    slack.add_user_group("dock", [ANN])
    await reader.of(group("dock"))
    slack.change_person(ANN, email="ann.new@example.com")
    clock.advance(timedelta(minutes=31))
    assert [one.email for one in (await reader.of(group("dock"))).members] == ["ann.new@example.com"]
    await gateway.close()
