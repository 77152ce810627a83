"""The writing half of the program on one database: writer, service, routes; as many of them as a test has replicas."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Row, select

from bot import claims, inbox, outbox
from bot.audit import log
from bot.audit.verify import Verdict, verify
from bot.cases import due_rows, store
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.group_commit import GroupCommit
from bot.tables import audit_entries
from tests.factories import rules as dull_rules


@dataclass(frozen=True)
class Stack:
    """One replica."""

    database: Database
    writer: GroupCommit
    service: Service
    clock: Clock

    async def case(self, number: int = 1) -> Case:
        """A case as it is stored."""
        async with self.database.read() as session:
            return (await store.by_id(session, [number]))[number]

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """What the database holds."""
        async with self.database.read() as session:
            return (await session.execute(statement)).all()

    async def actions(self) -> list[str]:
        """What the audit trail says, in its order."""
        return [row.action for row in await self.rows(select(audit_entries.c.action).order_by(audit_entries.c.seq))]

    async def audit(self) -> Verdict:
        """What going through the audit chain finds."""
        async with self.database.read() as session:
            head = await log.head(session)
        return await verify(log.entries(self.database), head)


@asynccontextmanager
async def stack(url: str, *, rules: Rules | None = None, clock: Clock | None = None) -> AsyncIterator[Stack]:
    """A replica that runs, with every route that the program has; the service goes last, as it does there."""
    database = Database(url)
    writer = GroupCommit(database)
    writer.route(inbox.Signal, inbox.store)
    writer.route(inbox.ClaimSignals, inbox.claim)
    writer.route(inbox.Finish, inbox.finish)
    writer.route(inbox.ReadAgain, inbox.read_again)
    writer.route(claims.ClaimEffects, claims.claim)
    writer.route(outbox.Performed, outbox.performed)
    writer.route(outbox.PutBack, outbox.put_back)
    writer.route(outbox.Bury, outbox.bury)
    writer.route(due_rows.ClaimDue, due_rows.claim)
    time = clock or Clock()
    service = Service(writer, time, rules or dull_rules())
    await writer.start()
    try:
        yield Stack(database, writer, service, time)
    finally:
        await writer.stop()
        await database.close()


@asynccontextmanager
async def replicas(url: str, count: int = 4, *, rules: Rules | None = None) -> AsyncIterator[list[Stack]]:
    """Several replicas on one database."""
    async with AsyncExitStack() as all_of_them:
        yield [await all_of_them.enter_async_context(stack(url, rules=rules)) for _ in range(count)]
