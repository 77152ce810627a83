"""All that happens to evidence, put together: it is fetched from Slack into the spool, copied to Odoo, and pruned.

Composition alone; how a file is fetched, kept and copied is said where each of it is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.capacity import PRUNING
from bot.cases.model import Case
from bot.cases.service import Service
from bot.clock import Clock
from bot.coalesce import Coalescer
from bot.db import Database
from bot.odoo.attaching import Attaching
from bot.odoo.pruning import Pruning
from bot.odoo.sources import OdooSource
from bot.settings import Settings
from bot.slack.fetching import Fetching
from bot.slack.files import FileHost
from bot.slack.gateway import SlackGateway
from bot.spool import Spool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Both ends of the spool, and what becomes of the spool in time."""

    fetching: Fetching
    attaching: Attaching
    spool: Spool
    kept: timedelta | None  #: for how long after its case has closed; None: for ever

    def jobs(self, database: Database, clock: Clock) -> Iterator[tuple[str, Callable[[], Awaitable[object]], int]]:
        """Name, what is to be run, and after how many seconds again."""
        yield "evidence", Pruning(self.spool, self.attaching, self.kept, database=database, clock=clock).run, PRUNING


def evidence(
    settings: Settings,
    gateway: SlackGateway,
    sources: Mapping[str, OdooSource],
    service: Service,
    *,
    cases: Coalescer[int, Case],
) -> Evidence:
    """The senders, on the folder that the settings name."""
    spool = Spool(settings.spool)
    host = FileHost(gateway, settings.slack_bot_token, settings.slack_api_url)
    fetching, attaching = Fetching(host, spool, service, cases=cases), Attaching(sources, spool, cases=cases)
    return Evidence(fetching, attaching, spool, settings.evidence_kept)
