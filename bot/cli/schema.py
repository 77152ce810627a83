"""``signoff schema``: the shape of the config file, for editors and for readers."""

from __future__ import annotations

import click

from bot.config.reference import json_schema, markdown


@click.command()
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the reference that stands in docs/ instead.")
def schema(*, as_markdown: bool) -> None:
    """Print the JSON Schema of the config file.

    Save it beside the file and name it in its first line, and an editor completes and checks the keys:
    # yaml-language-server: $schema=signoff.schema.json
    """
    click.echo(markdown() if as_markdown else json_schema(), nl=False)
