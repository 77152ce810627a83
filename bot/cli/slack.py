"""``signoff slack``: the app's manifest, and what is wrong between Slack and the config."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot import logs
from bot.cli.options import config_option, json_option, load_rules
from bot.config.model import Config
from bot.findings import Check, Verdict, as_lines
from bot.settings import SlackAccess, slack_access
from bot.slack.doctor import Visit, examine
from bot.slack.gateway import SlackGateway
from bot.slack.manifest import APP_SCOPE, SCOPES
from bot.slack.manifest import manifest as manifest_of

#: Column of the reasons beside the scopes.
_BESIDE = 28
PATH = "/slack/events"


@click.group()
def slack() -> None:
    """The Slack app."""


@slack.command()
@click.option(
    "--url", "base", default="", metavar="https://HOST", help="Where Slack reaches Signoff; without it, Socket Mode."
)
@json_option
def manifest(base: str, *, as_json: bool) -> None:
    """Print the manifest to make or update the app from: api.slack.com/apps, From a manifest.

    With --url for requests over HTTP (SLACK_SIGNING_SECRET), else for Socket Mode (SLACK_APP_TOKEN).
    """
    if base and (urlsplit(base).scheme != "https" or not urlsplit(base).netloc):
        msg = "Slack sends requests to https:// addresses only"
        raise click.UsageError(msg)
    made = manifest_of(base.rstrip("/").removesuffix(PATH) + PATH if base else "")
    click.echo(json.dumps(made, indent=2) if as_json else _yaml(made, sockets=not base), nl=as_json)


@slack.command()
@config_option
@json_option
def doctor(config_path: Path | None, *, as_json: bool) -> None:
    """Find out what is wrong between Signoff and Slack, and how to mend it. Changes nothing.

    Asks with the tokens of the environment: what the token lacks, whether Slack has a way in, in which channels of the
    config the bot is missing, which addresses nobody has. Exits 1 if something does not work.
    """
    logs.set_up(level="CRITICAL", as_json=False)
    config = load_rules(config_path).config
    access = slack_access(os.environ)
    found = asyncio.run(examined(config, access))
    told = json.dumps([asdict(check) for check in found], indent=2) if as_json else as_lines(access.api_url, found)
    click.echo(told)
    sys.exit(1 if any(check.verdict is Verdict.BAD for check in found) else 0)


async def examined(config: Config, access: SlackAccess) -> Sequence[Check]:
    """What the doctor finds."""
    gateway = SlackGateway(access.bot_token, access.api_url)
    await gateway.start()
    try:
        return await examine(Visit(access, gateway, config))
    finally:
        await gateway.close()


def _yaml(made: dict[str, Any], *, sockets: bool) -> str:
    """As YAML, each scope with its reason."""
    told = CommentedMap(made)
    if sockets:
        told.yaml_set_start_comment(
            f"Besides: Basic Information, App-Level Tokens, one with the scope {APP_SCOPE}: SLACK_APP_TOKEN."
        )
    scopes = CommentedSeq(made["oauth_config"]["scopes"]["bot"])
    for place, scope in enumerate(scopes):
        scopes.yaml_add_eol_comment(SCOPES[scope], place, column=_BESIDE)
    told["oauth_config"] = {"scopes": {"bot": scopes}}
    written = io.StringIO()
    yaml = YAML()
    yaml.width = 120
    yaml.dump(told, written)
    return written.getvalue()
