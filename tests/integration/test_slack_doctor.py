"""The doctor of Slack: what it finds in a healthy workspace and in a sick one, and that it changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import signoff as program
from bot.sandbox.slack import PretendSlack
from tests.core.config_texts import HEAD, POLICIES, RULES

CONFIG = (
    HEAD
    + """\
admin_channel: "#admins"
roles:
  finance: {channel: "#finance", members: [ann@example.com, bob@example.com]}
"""
    + POLICIES
    + RULES
)
SECRET = "0123456789abcdef0123456789abcdef"
READING = {"auth.test", "apps.connections.open", "conversations.list", "users.lookupByEmail"}


@dataclass
class Clinic:
    """A workspace, a config, and the doctor with the tokens of the environment."""

    slack: PretendSlack
    config: Path
    env: dict[str, str] = field(default_factory=dict)

    async def ask(self, *words: str) -> Result:
        """The command, as an admin types it. No secret of Odoo is set."""
        return await self.type("slack", "doctor", *words)

    async def type(self, *words: str, **more: str) -> Result:
        """Any command with the config and the tokens of Slack."""
        env = {
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": SECRET,
            **self.env,
            **more,
        }
        typed = [*words, "--config", str(self.config)]
        return await asyncio.to_thread(CliRunner(env=env).invoke, program, typed)

    async def find(self, name: str) -> list[tuple[str, str, str]]:
        """The findings of one name: verdict, words, how to mend it."""
        told = json.loads((await self.ask("--json")).output)
        return [(one["verdict"], one["says"], one["mend"]) for one in told if one["name"] == name]


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    """Everything as it should be."""
    slack = PretendSlack()
    for email in ("ann@example.com", "bob@example.com"):
        slack.add_person(email)
    for channel in ("finance", "admins"):
        slack.add_channel(channel, ["ann@example.com"])
    config = tmp_path / "signoff.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    await slack.start()
    yield Clinic(slack, config)
    await slack.stop()


async def test_a_healthy_workspace_has_nothing_to_mend(clinic: Clinic) -> None:
    answer = await clinic.ask()
    assert (answer.exit_code, "->" in answer.output) == (0, False), answer.output
    for said in (
        "@signoff in the workspace",
        "all 13 that Signoff needs",
        "over HTTP",
        "#finance: the bot is in it (roles.finance.channel)",
        "#admins: the bot is in it (admin_channel)",
        "2 have an active account",
    ):
        assert said in answer.output


async def test_it_only_reads(clinic: Clinic) -> None:
    await clinic.ask()
    assert {call.method for call in clinic.slack.calls} <= READING


@pytest.mark.parametrize("scope", ["chat:write", "groups:read", "channels:history"])
async def test_a_scope_that_the_token_lacks_is_named_with_its_reason(clinic: Clinic, scope: str) -> None:
    clinic.slack.scopes = ",".join(one for one in clinic.slack.scopes.split(",") if one != scope)
    ((verdict, says, mend),) = await clinic.find("scopes")
    assert (verdict, says.startswith(f"{scope} is missing: "), "reinstall" in mend) == ("bad", True, True)
    assert (await clinic.ask()).exit_code == 1


async def test_a_scope_too_many_is_a_warning(clinic: Clinic) -> None:
    clinic.slack.scopes += ",chat:write.public"
    ((verdict, says, _),) = await clinic.find("scopes")
    assert (verdict, "chat:write.public" in says) == ("warn", True)
    assert (await clinic.ask()).exit_code == 0


async def test_a_token_that_slack_does_not_take_is_found_before_anything_else(clinic: Clinic) -> None:
    clinic.env["SLACK_BOT_TOKEN"] = "xoxb-of-yesterday"
    ((verdict, says, mend),) = await clinic.find("token")
    assert (verdict, "invalid_auth" in says, "SLACK_BOT_TOKEN" in mend) == ("bad", True, True)
    assert await clinic.find("channel") == []


async def test_no_setting_is_needed_to_be_told_which_are_missing(clinic: Clinic) -> None:
    clinic.env |= {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": ""}
    answer = await clinic.ask()
    assert (answer.exit_code, "SLACK_BOT_TOKEN is not set" in answer.output) == (1, True)
    assert "neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN is set" in answer.output


@pytest.mark.parametrize(
    ("env", "verdict", "said"),
    [
        ({"SLACK_SIGNING_SECRET": "xoxb-in-the-wrong-place"}, "warn", "32 hexadecimal digits"),
        ({"SLACK_APP_TOKEN": "xapp-sandbox-app-token"}, "ok", "Socket Mode"),
        ({"SLACK_APP_TOKEN": "xapp-of-yesterday"}, "bad", "opens no connection"),
        ({"SLACK_APP_TOKEN": "xoxb-a-bot-token"}, "bad", "not an app-level token"),
    ],
)
async def test_the_way_in_is_looked_at(clinic: Clinic, env: dict[str, str], verdict: str, said: str) -> None:
    clinic.env |= env
    ((found, says, _),) = await clinic.find("transport")
    assert (found, said in says) == (verdict, True)


async def test_channels_that_no_card_can_go_to_are_named(clinic: Clinic) -> None:
    clinic.slack.remove("signoff", from_="finance")
    clinic.slack.archive("admins")
    admins, finance = await clinic.find("channel")
    assert (finance[0], "no member" in finance[1], "/invite" in finance[2]) == ("bad", True, True)
    assert (admins[0], "is archived" in admins[1]) == ("bad", True)


async def test_a_channel_that_was_renamed_is_told_with_its_new_name(clinic: Clinic) -> None:
    clinic.slack.rename("finance", "money")
    _, (verdict, says, _) = await clinic.find("channel")
    assert (verdict, "#finance is called #money now" in says) == ("bad", True)


async def test_a_channel_that_is_not_there_is_told(clinic: Clinic) -> None:
    clinic.config.write_text(CONFIG.replace('"#finance"', '"#fiance"'), encoding="utf-8")
    _, (verdict, says, _) = await clinic.find("channel")
    assert (verdict, "#fiance: no such channel" in says) == ("bad", True)


async def test_addresses_that_lead_to_nobody_or_to_somebody_without_power_are_named(clinic: Clinic) -> None:
    clinic.slack.change_person("ann@example.com", deleted=True)
    clinic.slack.change_person("bob@example.com", is_restricted=True)
    ann, bob = await clinic.find("people")
    assert (ann[0], "ann@example.com has no active account in Slack (roles.finance.members)" in ann[1]) == ("bad", True)
    assert (bob[0], "bob@example.com is a guest" in bob[1]) == ("warn", True)


async def test_user_groups_are_told_with_those_who_are_in_them(clinic: Clinic) -> None:
    asked = "members: [ann@example.com, bob@example.com], ping: {usergroup: money}"
    clinic.config.write_text(CONFIG.replace("members: [ann@example.com, bob@example.com]", asked), encoding="utf-8")
    clinic.slack.add_user_group("mony", ["ann@example.com"])
    ((verdict, says, mend),) = await clinic.find("user group")
    assert (verdict, 'did you mean "mony"?' in says, "roles.finance.ping.usergroup" in says) == ("bad", True, True)
    assert "handle" in mend
    clinic.slack.add_user_group("money", ["ann@example.com"])
    ((verdict, says, _),) = await clinic.find("user group")
    assert (verdict, says) == ("ok", "@money: ann@example.com (roles.finance.ping.usergroup)")
    clinic.slack.scopes = clinic.slack.scopes.replace(",usergroups:read", "")
    ((verdict, says, mend),) = await clinic.find("user group")
    assert (verdict, mend.startswith("usergroups:read is missing")) == ("bad", True)


async def test_a_busy_slack_is_waited_for(clinic: Clinic) -> None:
    clinic.slack.faults.rate_limit("users.lookupByEmail", retry_after=1)
    assert [verdict for verdict, _, _ in await clinic.find("people")] == ["ok"]


async def test_a_slack_that_is_away_is_a_finding(clinic: Clinic) -> None:
    await clinic.slack.stop()
    answer = await clinic.ask()
    assert (answer.exit_code, "cannot be reached" in answer.output) == (1, True)


async def test_no_token_is_printed(clinic: Clinic) -> None:
    clinic.env["SLACK_APP_TOKEN"] = "xapp-of-yesterday"
    answer = await clinic.ask()
    assert not any(secret in answer.output for secret in (clinic.slack.bot_token, SECRET, "xapp-of-yesterday"))


async def test_check_online_says_where_in_the_file_what_slack_does_not_know(clinic: Clinic) -> None:
    text = CONFIG.replace("bob@example.com", "nobody@example.com")
    clinic.config.write_text(text.replace("https://erp.example.com", "http://127.0.0.1:9"))
    found = await clinic.type("check", "--online", ODOO_API_KEY="key", ODOO_HOOK_TOKEN="token-0123456789abcdef")
    assert found.exit_code == 1, found.output
    line = next(number for number, one in enumerate(CONFIG.splitlines(), start=1) if "finance:" in one)
    where = f"({clinic.config}:{line}: roles.finance.members)"
    assert f"nobody@example.com has no active account in Slack {where}" in found.output
    assert "main (http://127.0.0.1:9)\n  bad " in found.output


async def test_check_online_proves_with_those_who_are_in_the_groups(clinic: Clinic) -> None:
    trusted = "members: {usergroup: money, trust_usergroup: true, people: [bob@example.com]}"
    text = CONFIG.replace("https://erp.example.com", "http://127.0.0.1:9")
    clinic.config.write_text(text.replace("members: [ann@example.com, bob@example.com]", trusted), encoding="utf-8")
    group = clinic.slack.add_user_group("money", ["ann@example.com"])
    secrets = {"ODOO_API_KEY": "key", "ODOO_HOOK_TOKEN": "token-0123456789abcdef"}
    well = (await clinic.type("check", "--online", **secrets)).output
    assert ("@money: ann@example.com" in well, "may decide" in well) == (True, False)
    group.members.clear()
    found = await clinic.type("check", "--online", **secrets)
    assert "policies.one_approver.stages[0]: warning: 1 person may decide: on a record that one of them" in found.output
    assert "may decide" not in (await clinic.type("check", **secrets)).output, "the file alone does not tell"


async def test_check_alone_asks_nobody_and_needs_no_secret(clinic: Clinic) -> None:
    found = await clinic.type("check")
    assert found.exit_code == 0
    assert "warning: the environment variable ODOO_API_KEY (or ODOO_API_KEY_FILE) is not set" in found.output
    assert "Slack (" not in found.output
