"""The manifest: what Slack is asked for, over each transport, and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from bot.cli.slack import slack
from bot.slack.manifest import COMMANDS, SCOPES, manifest

URL = "https://signoff.example.com/slack/events"


def urls(value: Any) -> list[str]:
    """Every address in a manifest."""
    if isinstance(value, list):
        return [found for one in value for found in urls(one)]
    if not isinstance(value, dict):
        return []
    return [text for key, one in value.items() for text in ([one] if key.endswith("url") else urls(one))]


def test_over_http_everything_leads_to_one_address() -> None:
    assert urls(manifest(URL)) == [URL] * (len(COMMANDS) + 2)
    assert manifest(URL)["settings"]["socket_mode_enabled"] is False


def test_socket_mode_needs_no_address() -> None:
    assert urls(manifest()) == []
    assert manifest()["settings"]["socket_mode_enabled"] is True


def test_the_texts_fit_slacks_limits() -> None:
    made = manifest(URL)
    about = made["display_information"]
    assert (len(about["name"]) <= 35, len(about["description"]) <= 140) == (True, True)
    assert all(len(one["command"]) <= 32 for one in made["features"]["slash_commands"])


def test_every_scope_has_its_reason() -> None:
    assert all(SCOPES.values())
    assert manifest()["oauth_config"]["scopes"]["bot"] == list(SCOPES)


@pytest.mark.parametrize("url", ["https://signoff.example.com", "https://signoff.example.com/", URL])
def test_yaml_and_json_tell_the_same(url: str) -> None:
    told = CliRunner().invoke(slack, ["manifest", "--url", url])
    as_json = CliRunner().invoke(slack, ["manifest", "--url", url, "--json"])
    assert YAML(typ="safe").load(told.output) == json.loads(as_json.output) == manifest(URL)
    assert "# roles are lists of e-mail addresses" in told.output


def test_socket_mode_says_what_the_manifest_cannot_ask_for() -> None:
    assert "connections:write" in CliRunner().invoke(slack, ["manifest"]).output


@pytest.mark.parametrize("url", ["http://signoff.example.com", "signoff.example.com", "https://"])
def test_what_slack_would_not_call_is_misuse(url: str) -> None:
    assert CliRunner().invoke(slack, ["manifest", "--url", url]).exit_code == 2
