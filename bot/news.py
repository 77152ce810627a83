"""What is told in the admin channel of people, places and the config: the senders, put together.

Composition alone; what each of them says is theirs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.effects import EffectKind
from bot.group_commit import GroupCommit
from bot.identities import Identities
from bot.outbox import Claimed
from bot.reload import ConfigNews
from bot.slack.admin_news import AdminNews
from bot.slack.gateway import SlackGateway
from bot.slack.identity_news import IdentityNews


def news(
    gateway: SlackGateway,
    service: Service,
    identities: Identities,
    *,
    database: Database,
    writer: GroupCommit,
    clock: Clock,
) -> dict[EffectKind, Callable[[Claimed], Awaitable[None]]]:
    """Who performs which effect."""
    return {
        EffectKind.POST_CONFIG_NEWS: ConfigNews(gateway, database).post,
        EffectKind.TELL_ADMINS: AdminNews(gateway, service, database=database, writer=writer, clock=clock).tell,
        EffectKind.TELL_IDENTITIES: IdentityNews(gateway, service, identities, database=database).tell,
    }
