"""What goes to Slack by itself, put together: cards and their threads, App Homes, and what admins are told.

Composition alone: who performs which effect. What each of them says is theirs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.effects import EffectKind
from bot.group_commit import GroupCommit
from bot.identities import Identities
from bot.news import news
from bot.relay import Sender
from bot.reports.digest import Digests
from bot.reports.homes import Homes
from bot.slack.gateway import SlackGateway
from bot.slack.people import People
from bot.slack.sender import CardSender
from bot.slack.storyteller import StoryTeller
from bot.slack.turns import Turns


@dataclass(frozen=True, slots=True)
class Posting:
    """The senders, and what of them looks for work by itself."""

    senders: Mapping[EffectKind, Sender]
    homes: Homes
    digests: Digests

    def jobs(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]], int]]:
        """Name, what is to be run, and after how many seconds again."""
        yield from self.homes.jobs()
        yield from self.digests.jobs()


def posting(
    gateway: SlackGateway,
    people: People,
    service: Service,
    identities: Identities,
    *,
    database: Database,
    writer: GroupCommit,
    clock: Clock,
) -> Posting:
    """All of them, taking turns."""
    turns = Turns(clock, writer)
    cards = CardSender(gateway, service, database=database, writer=writer, clock=clock, turns=turns)
    story = StoryTeller(gateway, people, database=database, writer=writer, clock=clock, turns=turns)
    homes = Homes(gateway, people, service, database=database, writer=writer, clock=clock, turns=turns)
    digests = Digests(gateway, service, database=database, clock=clock, turns=turns)
    senders = {
        EffectKind.POST_CARD: cards.post_card,
        EffectKind.UPDATE_CARD: cards.update_card,
        EffectKind.TELL_STORY: story.tell,
        EffectKind.PUBLISH_HOME: homes.publish,
        EffectKind.POST_DIGEST: digests.post,
        **news(gateway, service, identities, database=database, writer=writer, clock=clock),
    }
    return Posting(senders, homes, digests)
