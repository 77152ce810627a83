"""The Slack side of the program between a real database and the pretend Slack, without Odoo and without the relay.

Effects are performed one by one, as the relay would, so that a test decides which try is the second one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from sqlalchemy import text

from bot import outbox
from bot.cases import store
from bot.cases.answers import Transition
from bot.cases.commands import Command, Observed
from bot.cases.model import Case, Event
from bot.cases.planning import Rules
from bot.cases.service import Service
from bot.claims import ClaimEffects, claim
from bot.clock import Clock
from bot.config.model import Secret
from bot.db import Database
from bot.delegations import Delegations
from bot.effects import FOR_ODOO, EffectKind, Lane
from bot.errors import PermanentError
from bot.group_commit import GroupCommit
from bot.handlers import register, slash_commands
from bot.handlers.counter import Counter
from bot.handlers.delegations import DelegationDesk
from bot.outbox import Bury, Claimed, Performed
from bot.sandbox.slack import Conversation, PretendSlack
from bot.slack import messages, paces, unreachable
from bot.slack.admin_news import AdminNews
from bot.slack.board import Board
from bot.slack.gateway import SlackGateway
from bot.slack.messages import MessageRef, refs_of
from bot.slack.people import People
from bot.slack.sender import CardSender
from bot.slack.storyteller import StoryTeller
from bot.slack.turns import Turns
from tests.factories import FINANCE, a_decide, a_record, an_event, rules

CHANNEL = "#finance"


class SlackRoom:
    """Everything that stands between a case and a person."""

    def __init__(self, database_url: str, config: Rules) -> None:
        self.clock = Clock()
        self.slack = PretendSlack(self.clock)
        self.database = Database(database_url)
        self.writer = GroupCommit(self.database)
        for kind, apply in outbox.ROUTES:
            self.writer.route(kind, apply)
        self.writer.route(ClaimEffects, claim)
        for kind, apply in (*messages.ROUTES, *paces.ROUTES, *unreachable.ROUTES):
            self.writer.route(kind, apply)
        self.delegations = Delegations(self.writer, self.clock, lambda: self.service.rules)
        self.service = Service(self.writer, self.clock, config)
        self.ailing: dict[str, str] = {}
        self.hesitates_s = 0.0  #: before it says what is not ready
        self.gateway: SlackGateway
        self.people: People
        self.sender: CardSender
        self.teller: StoryTeller
        self.admin_news: AdminNews

    @property
    def channel(self) -> Conversation:
        """#finance."""
        return self.slack.channel(CHANNEL)

    async def open_case(self, event: Event | None = None) -> Case:
        """A case as if its record had just been read; its card is owed."""
        return await self.do(Observed(a_record(), event or an_event()))

    async def do(self, command: Command) -> Case:
        """One command that changes something; the case after it."""
        answer = await self.service.execute(command)
        assert isinstance(answer, Transition), answer
        [row] = (await self._cases([answer.case.id or 1])).values()
        return row

    async def decide(self) -> Case:
        """Ann approves, and Odoo takes longer to answer than the card waits for it."""
        case = await self.do(a_decide())
        self.clock.advance(FOR_ODOO)
        return case

    async def perform(self, *, attempts: int = 1) -> list[Claimed]:
        """Perform the card effects that are due, each as its ``attempts``-th try; a failing one is raised."""
        claimed: list[Claimed] = await self.writer.submit(ClaimEffects(Lane.SLACK, self.clock.now(), 50, "test"))
        for one in claimed:
            await self.send(replace(one, attempts=attempts))
            await self.writer.submit(Performed(one))
        return claimed

    async def perform_all(self) -> None:
        """Perform what is due until nothing is; what Slack refuses for good becomes a dead letter."""
        while claimed := await self.writer.submit(ClaimEffects(Lane.SLACK, self.clock.now(), 50, "test")):
            for one in claimed:
                try:
                    await self.send(one)
                except PermanentError as error:
                    await self.writer.submit(Bury(one, error.sentence))
                else:
                    await self.writer.submit(Performed(one))

    async def due(self) -> list[Claimed]:
        """The card effects that are due, to be sent by the test itself."""
        claimed: list[Claimed] = await self.writer.submit(ClaimEffects(Lane.SLACK, self.clock.now(), 50, "test"))
        return claimed

    async def claim(self) -> Claimed:
        """The only one of them."""
        [claimed] = await self.due()
        return claimed

    async def send(self, claimed: Claimed, *, attempts: int = 0) -> None:
        """One try at one effect."""
        one = replace(claimed, attempts=attempts or claimed.attempts)
        senders = {
            EffectKind.POST_CARD: self.sender.post_card,
            EffectKind.UPDATE_CARD: self.sender.update_card,
            EffectKind.TELL_STORY: self.teller.tell,
            EffectKind.TELL_ADMINS: self.admin_news.tell,
        }
        await senders[one.kind](one)

    async def refs(self, case_id: int = 1) -> tuple[MessageRef, ...]:
        """The copies that are noted."""
        async with self.database.read() as session:
            return (await refs_of(session, [case_id])).get(case_id, ())

    async def noted(self, case_id: int) -> None:
        """Wait until a copy is noted: taking up a stray card is the last thing a click does."""
        async with asyncio.timeout(5):
            while not await self.refs(case_id):  # noqa: ASYNC110  # the program tells nobody when it has done this
                await asyncio.sleep(0.01)

    async def audited(self) -> list[str]:
        """The actions of the audit trail, in order."""
        return [row.action for row in await self._rows("SELECT action FROM audit_entries ORDER BY seq")]

    async def troubles(self) -> dict[str, str]:
        """What is not ready: whatever a test says, and as slowly."""
        await asyncio.sleep(self.hesitates_s)
        return self.ailing

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(seconds=seconds))

    def told(self, to: str = FINANCE[0]) -> list[str]:
        """The sentences that this person alone was told."""
        return [card.plain for card in self.slack.ephemerals(to)]

    async def _cases(self, ids: list[int]) -> dict[int, Case]:
        async with self.database.read() as session:
            return await store.by_id(session, ids)

    async def _rows(self, sql: str) -> list[Any]:
        async with self.database.read() as session:
            return list(await session.execute(text(sql)))


@asynccontextmanager
async def slack_room(database_url: str, config: Rules | None = None) -> AsyncIterator[SlackRoom]:
    """A room with the three people of finance, Mia who asked for the order, and the bot in #finance."""
    room = SlackRoom(database_url, config or rules())
    for email in (*FINANCE, "mia@example.com"):
        room.slack.add_person(email)
    room.slack.add_channel("finance", [*FINANCE, "mia@example.com"])
    async with AsyncExitStack() as closing:
        await room.slack.start()
        closing.push_async_callback(room.slack.stop)
        closing.push_async_callback(room.database.close)
        await room.writer.start()
        closing.push_async_callback(room.writer.stop)
        room.gateway = SlackGateway(Secret(room.slack.bot_token), room.slack.api_url)
        await room.gateway.start()
        closing.push_async_callback(room.gateway.close)
        room.people = People(room.gateway, room.clock)
        database, writer, clock, turns = room.database, room.writer, room.clock, Turns(room.clock, room.writer)
        room.sender = CardSender(room.gateway, room.service, database=database, writer=writer, clock=clock, turns=turns)
        room.teller = StoryTeller(room.gateway, room.people, database=database, writer=writer, clock=clock, turns=turns)
        room.admin_news = AdminNews(room.gateway, room.service, database=database, writer=writer, clock=clock)
        closing.push_async_callback((await _serve(room)).cleanup)
        yield room


async def nothing() -> None:
    """There are no groups of Odoo to look up here."""


async def _serve(room: SlackRoom) -> web.AppRunner:
    bolt = AsyncApp(client=room.gateway.client, signing_secret=room.slack.signing_secret)
    counter = Counter(room.gateway, room.service, room.people, Board(room.database), room.writer, room.clock, nothing)
    stand_ins = DelegationDesk(room.database, room.delegations, counter)
    register(bolt, room.database, counter, slash_commands(room.database, counter, room.troubles, stand_ins), stand_ins)

    async def slack_events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    site = web.Application()
    site.router.add_post("/slack/events", slack_events)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    room.slack.request_url = f"http://{host}:{port}/slack/events"
    return runner
