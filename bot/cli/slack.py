"""``signoff slack``: the app's manifest, and what is wrong between Slack and the config."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import urlsplit

import click
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.cli.options import json_option
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
