"""The command line: parses words, calls one function, prints its answer.

Exit codes: 0 fine, 1 something was found wrong, 2 misuse (a wrong option, setting or config). A command's module is
loaded when it is called: ``serve`` never loads the sandbox.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

from bot.errors import ConfigError

#: Exit code for a wrong option, setting or config file.
MISUSE = 2

#: Command -> its module, in the order of ``--help``; the function has the command's name.
COMMANDS: Mapping[str, str] = {
    "demo": "bot.cli.demo",
    "serve": "bot.cli.serve",
    "check": "bot.cli.check",
    "odoo": "bot.cli.odoo",
    "explain": "bot.cli.explain",
    "test": "bot.cli.expectations",
    "schema": "bot.cli.schema",
    "outbox": "bot.cli.outbox",
    "report": "bot.cli.report",
    "audit": "bot.cli.audit",
    "db": "bot.cli.database",
    "slack": "bot.cli.slack",
}


class _Commands(click.Group):
    """A group that finds its commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return found if isinstance(found, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="signoff", prog_name="signoff")
def signoff() -> None:
    """Odoo exceptions and approvals, decided in Slack."""


def main() -> None:
    """Run the command line and exit."""
    try:
        signoff(prog_name="signoff", standalone_mode=True)
    except ConfigError as error:
        click.echo(error.sentence, err=True)
        sys.exit(MISUSE)
