"""What the doctor finds, and what an examination needs. Values alone; must not ask Odoo anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import httpx

from bot.config.model import Source
from bot.odoo.client import OdooClient
from bot.odoo.setup.run import Administrator


class Verdict(StrEnum):
    """What was found."""

    OK = "ok"
    WARN = "warn"  #: works, but not for ever, or not as well as it could
    BAD = "bad"  #: does not work
    UNKNOWN = "unknown"  #: could not be found out


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    says: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """What an examination needs."""

    source: Source
    client: OdooClient
    http: httpx.AsyncClient
    now: datetime
    administrator: Administrator | None = None
    admin_url: str = ""  #: where the running program tells its numbers, such as ``http://127.0.0.1:9180``
