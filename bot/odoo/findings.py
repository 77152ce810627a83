"""What an examination of one Odoo needs. Values alone; must not ask Odoo anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import httpx

from bot.config.model import Source
from bot.odoo.client import OdooClient
from bot.odoo.setup.run import Administrator


@dataclass(frozen=True, slots=True)
class Visit:
    """What an examination needs."""

    source: Source
    client: OdooClient
    http: httpx.AsyncClient
    now: datetime
    administrator: Administrator | None = None
    admin_url: str = ""  #: where the running program tells its numbers, such as ``http://127.0.0.1:9180``
    deciders: tuple[str, ...] = ()  #: addresses of those who hold roles by the config
    groups: tuple[str, ...] = ()  #: of this Odoo, whose users hold roles by the config
    #: The value below which nobody is asked, by event type: a hold lets those pass.
    limits: Mapping[str, Decimal] = field(default_factory=dict)
