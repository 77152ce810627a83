"""``signoff serve``: the program itself, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import click

from bot import logs
from bot.app import App
from bot.cli.options import config_file, config_option, load_config
from bot.config.load import check
from bot.config.model import Config
from bot.errors import ConfigError
from bot.odoo.catalog import CATALOG
from bot.reload import Origin
from bot.settings import Settings, config_revision, from_environment


@click.command()
@config_option
@click.option(
    "--log-level",
    default="INFO",
    show_default=True,
    envvar="SIGNOFF_LOG_LEVEL",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
)
def serve(config_path: Path | None, log_level: str) -> None:
    """Serve Slack and Odoo until stopped (Ctrl-C or SIGTERM). A changed config file is taken over, at once on SIGHUP.

    Settings come from the environment: SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN
    for Socket Mode), SIGNOFF_DATABASE_URL, SIGNOFF_LISTEN, SIGNOFF_ADMIN_LISTEN, SIGNOFF_AUDIT_KEY,
    SIGNOFF_CHECKPOINTS, SIGNOFF_SPOOL, SIGNOFF_EVIDENCE_DAYS; each NAME may be given as NAME_FILE.
    """
    settings, config = _everything(config_path)
    logs.set_up(level=log_level.upper(), as_json=not sys.stderr.isatty())
    path = config_file(config_path)
    run(
        settings,
        config,
        Origin(
            path,
            check=lambda: check(path, os.environ, event_types=CATALOG.keys()),
            revision=lambda: config_revision(os.environ),
        ),
    )


def _everything(config_path: Path | None) -> tuple[Settings, Config]:
    """Settings and config, or every problem of both at once."""
    problems: list[str] = []
    settings: Settings | None = None
    config: Config | None = None
    try:
        settings = from_environment(os.environ)
    except ConfigError as error:
        problems.append(error.sentence)
    try:
        config = load_config(config_path)
    except ConfigError as error:
        problems.append(error.sentence)
    if settings is None or config is None:
        raise ConfigError("\n".join(problems))
    return settings, config


def run(settings: Settings, config: Config, origin: Origin) -> None:
    """Run until a signal, on uvloop where there is one."""
    try:
        import uvloop  # noqa: PLC0415  # not on every platform
    except ImportError:
        asyncio.run(_serve(settings, config, origin))
    else:
        uvloop.run(_serve(settings, config, origin))


async def _serve(settings: Settings, config: Config, origin: Origin) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    app = App(settings, config, origin=origin)
    if app.reload is not None:
        loop.add_signal_handler(signal.SIGHUP, app.reload.ask)
    await app.start()
    try:
        await stop.wait()
    finally:
        await app.stop()
