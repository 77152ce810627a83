"""``signoff db``: the schema."""

from __future__ import annotations

import asyncio
import os

import click

from bot.db import upgrade as upgrade_schema
from bot.settings import database_url


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the schema at SIGNOFF_DATABASE_URL to the newest version. Running it twice is harmless."""
    asyncio.run(upgrade_schema(database_url(os.environ)))
    click.echo("The database is up to date.")
