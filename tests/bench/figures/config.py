"""The config: 2,000 rules loaded, and one event matched against them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import process_time

from bot.config.assemble import check_text
from bot.config.match import match
from bot.config.model import Config
from bot.money import Money
from bot.odoo.catalog import CATALOG
from tests.bench.databases import Databases
from tests.bench.report import Figure, Unit
from tests.bench.size import Size

RULES = 2_000
_MATCHES = 500
_HEAD = """\
version: 1
odoo:
  main: {url: "https://erp.example.com", database: prod, login: b, api_key: "${KEY}", webhook_tokens: ["${TOKEN}"]}
roles: {finance: {channel: "#finance", members: [ann@example.com, bob@example.com, cyd@example.com]}}
policies: {one: {stages: [{any_of: [finance]}]}}
rules:
"""


@dataclass(frozen=True)
class _Event:
    """One that only the last rule wants."""

    facts: Mapping[str, str | None]
    value: Money | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Its lines of the table: the same at every size, and on every engine."""
    del databases, size
    config, seconds = await asyncio.to_thread(_load)
    return [
        Figure(f"config of {RULES:,} rules: loaded and checked", seconds * 1000, Unit.CPU_MS, aim=2_000),
        Figure("one event matched against them", _match(config) * 1000, Unit.CPU_MS, aim=1),
    ]


def _text() -> str:
    kinds = sorted(CATALOG)
    rules = "".join(
        f"  - {{name: rule {number}, match: {{event_type: {kinds[number % len(kinds)]}, warehouse: W{number},"
        f" partner: 'P{number % 50}*'}}, over: {number} USD, policy: one}}\n"
        for number in range(RULES)
    )
    return f"{_HEAD}{rules}  - {{name: rest, policy: one}}\n"


def _load() -> tuple[Config, float]:
    text, began = _text(), process_time()
    report = check_text(text, file="bench.yaml", event_types=CATALOG.keys(), find_secret=lambda _: "0123456789abcdef")
    if report.config is None:
        raise ValueError(report.as_text())
    return report.config, process_time() - began


def _match(config: Config) -> float:
    """Seconds for one event, the first one, which sorts the rules, left out."""
    event = _Event({"event_type": sorted(CATALOG)[0], "warehouse": "X", "partner": "Nobody"}, Money.parse("5 USD"))
    match(config, event)
    began = process_time()
    for _ in range(_MATCHES):
        match(config, event)
    return (process_time() - began) / _MATCHES
