"""The command line: parses words, calls one function, prints its answer.

Exit codes: 0 fine, 1 something was found wrong, 2 misuse (a wrong option, setting or config).
"""

from __future__ import annotations

import sys

import click

from bot.cli.audit import audit
from bot.cli.check import check
from bot.cli.database import db
from bot.cli.demo import demo
from bot.cli.outbox import outbox
from bot.cli.serve import serve
from bot.errors import ConfigError

#: Exit code for a wrong option, setting or config file.
MISUSE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="signoff", prog_name="signoff")
def signoff() -> None:
    """Odoo exceptions and approvals, decided in Slack."""


for _command in (demo, serve, check, db, audit, outbox):
    signoff.add_command(_command)


def main() -> None:
    """Run the command line and exit."""
    try:
        signoff(prog_name="signoff", standalone_mode=True)
    except ConfigError as error:
        click.echo(error.sentence, err=True)
        sys.exit(MISUSE)
