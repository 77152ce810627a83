"""The only writer of state. A batch of commands is one transaction: load, decide in memory, write, audit, commit.

Every caller awaits its own answer, which is given after the commit. No network call is made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import inbox
from bot.audit import log as audit
from bot.audit.chain import Entry
from bot.cases import due_rows, quota_rows, store
from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.commands import Command, FallBack, Observed, PersonCommand, StewardCommand, Tick, Undelivered
from bot.cases.model import Case, RecordRef
from bot.cases.planning import Rules
from bot.cases.quotas import Spent
from bot.cases.rules_now import rules_now
from bot.cases.transitions import transition
from bot.clock import Clock
from bot.db import Write
from bot.effects import Effect
from bot.group_commit import GroupCommit
from bot.outbox import enqueue


@dataclass(frozen=True, slots=True)
class _Ask:
    """A command on its way through the group commit."""

    command: Command


class Service:
    """Executes commands. ``rules`` may be replaced while it runs; a command sees one of them whole."""

    def __init__(self, writer: GroupCommit, clock: Clock, rules: Rules) -> None:
        self._writer = writer
        self._clock = clock
        self.rules = rules
        writer.route(_Ask, self._apply)

    async def execute(self, command: Command) -> Answer:
        """Carry out one command together with whatever else is waiting; the answer is durable."""
        if isinstance(command, PersonCommand | StewardCommand):
            answer: Answer = await self._writer.submit_urgently(_Ask(command))
        else:
            answer = await self._writer.submit(_Ask(command))
        return answer

    async def _apply(self, session: Write, asked: Sequence[_Ask]) -> Sequence[Answer]:
        answers: list[Answer] = [None] * len(asked)
        todo = [(place, one.command) for place, one in enumerate(asked)]
        entries: list[Entry] = []
        commands = [one.command for one in asked]
        spent = await quota_rows.take(session, self.rules.config, commands, self._clock.now())
        while todo:
            # One command a case and round: the next one on the same case must see what the first has done.
            todo, spent = await self._round(session, todo, answers, entries, spent=spent)
        await audit.append(session, entries)
        return answers

    async def _rules_now(self, session: Write, commands: Sequence[Command], now: datetime) -> Rules:
        """The rules, with who stands in for whom and who is in which group where somebody's power is asked about."""
        asking = PersonCommand | StewardCommand | Observed | Tick | Undelivered | FallBack
        if not any(isinstance(one, asking) for one in commands):
            return self.rules
        return await rules_now(session, self.rules, now)

    async def _round(
        self,
        session: Write,
        todo: list[tuple[int, Command]],
        answers: list[Answer],
        entries: list[Entry],
        *,
        spent: Spent,
    ) -> tuple[list[tuple[int, Command]], Spent]:
        now = self._clock.now()
        known = await _load(session, [command for _, command in todo])
        rules = replace(await self._rules_now(session, [command for _, command in todo], now), spent=spent)
        batch = _Batch()
        later: list[tuple[int, Command]] = []
        for place, command in todo:
            case = known.find(command)
            if not batch.may_touch(command, case):
                later.append((place, command))
                continue
            answers[place] = answer = transition(case, command, rules, now)
            batch.take(case, answer)
            if isinstance(answer, Transition) and answer.spends:
                rules = replace(rules, spent=rules.spent.plus(answer.spends))
            if isinstance(command, Tick) and case is not None and answer is None:
                batch.set_right(case)
        entries += await batch.write(session, now=now)
        return later, rules.spent


@dataclass(frozen=True, slots=True)
class _Known:
    by_id: dict[int, Case]
    by_record: dict[RecordRef, Case]

    def find(self, command: Command) -> Case | None:
        if isinstance(command, Observed):
            return self.by_record.get(command.record)
        return self.by_id.get(command.case_id)


async def _load(session: Write, commands: Sequence[Command]) -> _Known:
    records = [one.record for one in commands if isinstance(one, Observed)]
    ids = [one.case_id for one in commands if not isinstance(one, Observed)]
    await store.lock(session, ids, records)
    return _Known(await store.by_id(session, ids), await store.by_record(session, records))


class _Batch:
    """What a round of commands has to write."""

    def __init__(self) -> None:
        self._touched: set[int | RecordRef] = set()
        self._changed: list[tuple[Case, Transition]] = []
        self._opened: list[Transition] = []
        self._refused: list[Entry] = []
        self._untimely: list[Case] = []

    def may_touch(self, command: Command, case: Case | None) -> bool:
        """Whether nothing in this round concerns the same case or record."""
        keys: set[int | RecordRef] = {case.id, case.record} if case else set()
        if isinstance(command, Observed):
            keys.add(command.record)
        if keys & self._touched:
            return False
        self._touched |= keys
        return True

    def take(self, case: Case | None, answer: Answer) -> None:
        """Remember one answer."""
        match answer:
            case Refusal():
                self._refused += answer.entries
            case Transition() if answer.case.id == 0:
                self._opened.append(answer)
            case Transition() if case is not None:
                self._changed.append((case, answer))
            case _:
                return

    def set_right(self, case: Case) -> None:
        """Nothing was due on ``case`` although its row said so: the row is to say what is true."""
        self._untimely.append(case)

    async def write(self, session: Write, *, now: datetime) -> list[Entry]:
        """Write it all but the audit entries, which are returned with their case numbers."""
        pairs = [(before, replace(made.case, version=before.version + 1)) for before, made in self._changed]
        await store.save(session, pairs)
        await due_rows.set_right(session, self._untimely)
        succeeding = [made.successor for _, made in self._changed if made.successor]
        await quota_rows.save(session, [use for made in self._opened for use in made.spends])
        opened = await store.add(session, [made.case for made in (*self._opened, *succeeding)])
        await store.link(session, [(case.predecessor, case.id) for case in opened if case.predecessor])
        numbered = [(case.id, made) for case, made in zip(opened, (*self._opened, *succeeding), strict=True)]
        all_made = [(before.id, made) for before, made in self._changed] + numbered
        await enqueue(session, [_for(effect, number) for number, made in all_made for effect in made.effects], now)
        await _look_again(session, self._changed, now)
        done = [replace(entry, case_id=number) for number, made in all_made for entry in made.entries]
        return done + self._refused


async def _look_again(session: Write, changed: Sequence[tuple[Case, Transition]], now: datetime) -> None:
    """Have records read once more whose case has just closed and covers them.

    A decided case is not followed: what changed since, with or without a webhook, was read and passed over.
    """
    covered = [made.case.record for before, made in changed if before.closed_at is None and made.case.covers]
    if covered:
        await inbox.store(session, [inbox.Signal(record, now) for record in covered])


def _for(effect: Effect, case_id: int) -> Effect:
    return replace(effect, case_id=case_id)


__all__ = ["PersonCommand", "Service"]
