"""The two senders of evidence, put together: what is fetched from Slack lands in the spool, and Odoo is given that.

Composition alone; how a file is fetched, kept and copied is said where each of it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases.model import Case
from bot.cases.service import Service
from bot.coalesce import Coalescer
from bot.odoo.attaching import Attaching
from bot.odoo.sources import OdooSource
from bot.settings import Settings
from bot.slack.fetching import Fetching
from bot.slack.files import FileHost
from bot.slack.gateway import SlackGateway
from bot.spool import Spool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Both ends of the spool."""

    fetching: Fetching
    attaching: Attaching


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
    return Evidence(Fetching(host, spool, service, cases=cases), Attaching(sources, spool, cases=cases))
