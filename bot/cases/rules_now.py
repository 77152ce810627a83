"""The rules as they are at this instant: who stands in for whom, and who is in which group of Odoo.

Reads alone; what the two mean is said in ``approvals``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot import groups
from bot.cases.planning import Rules
from bot.db import Read
from bot.delegations import holding


async def rules_now(session: Read, rules: Rules, now: datetime) -> Rules:
    """``rules`` with everything that gives somebody power for a time."""
    return replace(rules, delegations=await holding(session, now), groups=await groups.told(session, rules.config, now))
