"""``signoff check --online``: what Slack and each Odoo say of a config, and who is in the groups that it names.

Asks and changes nothing. What cannot be asked is a finding.
"""

from __future__ import annotations

import os
from typing import TypeAlias

from bot.approvals.holders import groups_of
from bot.cli.odoo import deciders
from bot.cli.slack import examined
from bot.clock import Clock
from bot.config.model import SLACK, Config, Group, Source
from bot.config.named import groups_named
from bot.errors import SignoffError
from bot.findings import Check, Verdict
from bot.odoo.client import OdooClient
from bot.odoo.doctor import acted, let_in
from bot.odoo.findings import Visit
from bot.odoo.membership import Memberships
from bot.odoo.places import examined as examined_places
from bot.odoo.roster import membership
from bot.odoo.transport import connections
from bot.settings import SlackAccess, slack_access
from bot.slack.gateway import SlackGateway
from bot.slack.usergroups import UserGroups

#: Who is in each group that could be read, by their addresses.
Insiders: TypeAlias = dict[Group, frozenset[str]]


async def ask(config: Config) -> tuple[dict[str, list[Check]], Insiders]:
    """The findings by whose they are, and who is in the groups that give power."""
    access, insiders = slack_access(os.environ), Insiders()
    found = {f"Slack ({access.api_url})": list(await examined(config, access))}
    insiders |= await _in_slack(config, access)
    async with connections() as http:
        for source in config.sources.values():
            client = OdooClient(source, http)
            visit = Visit(source, client, http, Clock().now(), deciders=deciders(config))
            told = await let_in(visit)
            if all(check.verdict is not Verdict.BAD for check in told):
                checks, inside = await _in_odoo(config, source, client)
                there = await examined_places(client, source, config.sites.values())
                told, insiders = [*told, *checks, *there], insiders | inside
                told += await acted(visit) if source.act_as_user else []
            found[f"{source.name} ({source.url})"] = told
    return found, insiders


async def _in_slack(config: Config, access: SlackAccess) -> Insiders:
    """What cannot be read the doctor of Slack has told."""
    gateway, found = SlackGateway(access.bot_token, access.api_url), Insiders()
    await gateway.start()
    reader = UserGroups(gateway, Clock())
    for group in groups_of(config):
        if group.source == SLACK:
            try:
                found[group] = frozenset(one.email for one in (await reader.of(group)).members)
            except SignoffError:
                continue
    await gateway.close()
    return found


async def _in_odoo(config: Config, source: Source, client: OdooClient) -> tuple[list[Check], Insiders]:
    reader, checks, found = Memberships(client), [], Insiders()
    for group, places in groups_named(config).items():
        if group.source != source.name:
            continue
        where = f"({', '.join(places)})"
        try:
            known = membership(group, await reader.of(group.name), source)
        except SignoffError as error:
            checks.append(Check("groups", Verdict.BAD, f"{error.sentence} {where}", "mend odoo_group in the config"))
            continue
        found[group] = frozenset(one.email for one in known.members)
        verdict, number = Verdict.OK if known.members else Verdict.WARN, len(known.members)
        checks.append(Check("groups", verdict, f"{group.name}: {number} who could decide {where}"))
    return checks, found
