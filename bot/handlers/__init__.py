"""The ways in. This is the table of contents of what people can do in Slack: every listener is listed here.

A handler reads what came, makes one call of the service and answers. Neither rules nor SQL live here.
"""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.group_commit import GroupCommit
from bot.handlers.actions import Actions
from bot.handlers.counter import Counter
from bot.handlers.failures import Failures
from bot.handlers.submissions import Submissions
from bot.slack.board import Board
from bot.slack.cards import Action
from bot.slack.gateway import SlackGateway
from bot.slack.people import People

_ANYTHING = re.compile("")


def register(
    bolt: AsyncApp,
    *,
    gateway: SlackGateway,
    service: Service,
    people: People,
    database: Database,
    writer: GroupCommit,
    clock: Clock,
) -> None:
    """Connect every listener to ``bolt``. The first that fits answers, so the one for anything comes last."""
    counter = Counter(gateway, service, people, Board(database), writer, clock)
    actions, submissions, failures = Actions(counter), Submissions(counter), Failures(counter)

    bolt.action(Action.APPROVE)(actions.answer)
    bolt.action(Action.REJECT)(actions.answer)
    bolt.action(Action.RETRY)(actions.answer)
    bolt.action(Action.BY_HAND)(actions.answer)
    bolt.action(Action.GIVE_UP)(actions.answer)
    bolt.action(Action.OPEN)(actions.follow_link)
    bolt.action(_ANYTHING)(actions.unknown)

    bolt.view(Action.APPROVE)(submissions.answer)
    bolt.view(Action.REJECT)(submissions.answer)
    bolt.view(Action.BY_HAND)(submissions.answer)
    bolt.view(Action.GIVE_UP)(submissions.answer)

    bolt.error(failures.answer)


__all__ = ["register"]
