"""Options that several commands share, and what they mean."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.cases.planning import Rules
from bot.config.load import load
from bot.config.model import Config
from bot.odoo.catalog import CATALOG, traits_of
from bot.settings import DEFAULT_CONFIG

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help=f"The config file; else SIGNOFF_CONFIG, else ./{DEFAULT_CONFIG}.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def config_file(given: Path | None) -> Path:
    """Which config file is meant."""
    return given or Path(os.environ.get("SIGNOFF_CONFIG") or DEFAULT_CONFIG)


def load_config(given: Path | None) -> Config:
    """The config. Raises ConfigError with everything that is wrong in it."""
    return load(config_file(given), os.environ, event_types=CATALOG.keys())


def load_rules(given: Path | None) -> Rules:
    """The config's rules, for who asks what they would do: no secret is needed. Raises ConfigError."""
    config = load(config_file(given), _NoSecrets(), event_types=CATALOG.keys())
    return Rules(config, traits_of(config.types))


class _NoSecrets(dict[str, str]):
    """An environment in which each secret is set, to nothing that opens anything."""

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # one kind of value
        return default if name.endswith("_FILE") else f"not-the-secret-{name}"
