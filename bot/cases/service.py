"""The only writer of state. A batch of commands is one transaction: load, decide in memory, write, audit, commit.

Every caller awaits its own answer, which is given after the commit. No network call is made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import inbox
from bot.audit import log as audit
from bot.audit.chain import Entry
from bot.cases import due_rows, quota_rows, store
from bot.cases.answers import Answer, Following, Refusal, Transition
from bot.cases.burst_commands import Enlist, Enlisted
from bot.cases.commands import (
    Command,
    Consider,
    FallBack,
    Observed,
    Over,
    PersonCommand,
    StewardCommand,
    Tick,
    TickCommand,
    Undelivered,
)
from bot.cases.model import Case, Kind, RecordRef, Status
from bot.cases.neighbours import begins, informed
from bot.cases.planning import Rules
from bot.cases.quotas import Spent
from bot.cases.rules_now import rules_now
from bot.cases.transitions import transition
from bot.clock import Clock
from bot.db import Write
from bot.effects import Effect
from bot.exceptions.commands import Asked, Gather, Join, Recur, Reopen, Tracked
from bot.exceptions.gathering import merged
from bot.exceptions.parts import exception_parts
from bot.exceptions.tracking import NO_LONGER_SO
from bot.group_commit import GroupCommit
from bot.outbox import enqueue

#: The place of a command that followed from another one.
NOBODY_WAITS = -1


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
        asking = PersonCommand | StewardCommand | Observed | TickCommand | Undelivered | FallBack
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
        todo = await informed(session, todo, known.by_id, rules.config, now)
        for place, command in _told_apart(todo, known, rules):
            case = known.find(command)
            if not batch.may_touch(command, case):
                later.append((place, command))
                continue
            answer = transition(case, command, rules, now)
            if place != NOBODY_WAITS:
                answers[place] = answers[place] or answer
            batch.take(case, answer)
            if isinstance(answer, Transition) and answer.spends:
                rules = replace(rules, spent=rules.spent.plus(answer.spends))
            if isinstance(command, Tick) and case is not None and answer is None:
                batch.set_right(case)
        entries += await batch.write(session, now=now)
        return [*((NOBODY_WAITS, one) for one in batch.following), *later], rules.spent


def _in_words_of(event_type: str, over: Over) -> Over:
    return replace(over, sentence=dict(over.otherwise).get(event_type, over.sentence), otherwise=())


@dataclass(frozen=True, slots=True)
class _Known:
    by_id: dict[int, Case]
    by_record: dict[RecordRef, Case]
    exceptions: dict[tuple[RecordRef, str], Case]

    def find(self, command: Command) -> Case | None:
        match command:
            case Observed():
                return self.by_record.get(command.record)
            case Tracked():
                return self.exceptions.get((command.record, command.event_type))
            case Reopen() | Consider(Reopen()):
                return self._with_newer(self.by_id.get(command.case_id))
            case _:
                return self.by_id.get(command.case_id)

    def types_of(self, record: RecordRef) -> list[str]:
        """The event types of which the record has an exception that is open or covers."""
        return [event_type for ref, event_type in self.exceptions if ref == record]

    def _with_newer(self, case: Case | None) -> Case | None:
        """An exception that somebody wants to reopen, with the number of the one that is about the record by now."""
        newer = None if case is None else self.exceptions.get((case.record, case.event.event_type))
        is_newer = case is not None and newer is not None and newer.closed_at is None and newer.id != case.id
        return replace(case, successor=newer.id) if case and newer and is_newer else case


def _told_apart(todo: Sequence[tuple[int, Command]], known: _Known, rules: Rules) -> Iterator[tuple[int, Command]]:
    """Each observation for the record's approval, and once more for every exception that it has or had."""
    for place, command in todo:
        yield place, command
        if not isinstance(command, Observed):
            continue
        now_is = command.now_is
        parts = {} if isinstance(now_is, Over) else {one.event_type: one for one in exception_parts(now_is, rules)}
        over = now_is if isinstance(now_is, Over) else NO_LONGER_SO
        for event_type in dict.fromkeys((*parts, *known.types_of(command.record))):
            yield place, Tracked(command.record, event_type, parts.get(event_type) or _in_words_of(event_type, over))


async def _load(session: Write, commands: Sequence[Command]) -> _Known:
    records = [one.record for one in commands if isinstance(one, Observed | Tracked)]
    ids = [one.case_id for one in commands if not isinstance(one, Observed | Tracked)]
    await store.lock(session, ids, records)
    by_id = await store.by_id(session, ids)
    places = [*records, *(case.record for case in by_id.values() if case.status is Status.RESOLVED)]
    exceptions = await store.exceptions_of(session, places)
    return _Known(by_id, await store.by_record(session, records), exceptions)


#: What a command may touch: a case, or what may be open about a record.
_Key = int | tuple[RecordRef, str]


def _key(case: Case) -> _Key:
    return case.record, case.event.event_type if case.kind is Kind.EXCEPTION else ""


class _Batch:
    """What a round of commands has to write."""

    def __init__(self) -> None:
        self._touched: set[_Key] = set()
        self._changed: list[tuple[Case, Transition]] = []
        self._opened: list[Transition] = []
        self._refused: list[Entry] = []
        self._untimely: list[Case] = []
        #: What follows for other cases, once everything is written.
        self.following: Sequence[Command] = ()

    def may_touch(self, command: Command, case: Case | None) -> bool:
        """Whether nothing in this round concerns the same case or record."""
        keys: set[_Key] = {case.id, _key(case)} if case else set()
        match command:
            case Observed():
                keys.add((command.record, ""))
            case Tracked():
                keys.add((command.record, command.event_type))
            case Gather() | Enlist() if case is not None and (begun := begins(case, command)) is not None:
                keys.add(begun)  # what comes second joins it in the next round
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
        self.following = merged([_about(one, number) for number, made in all_made for one in made.then])
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


def _about(command: Following, number: int) -> Following:
    """``command``, which was made before its case had a number."""
    if isinstance(command, Join) and not command.parent:
        return replace(command, parent=number)
    if isinstance(command, Asked) and not command.approval:
        return replace(command, approval=number)
    if isinstance(command, Enlisted) and not command.list_id:
        return replace(command, list_id=number)
    if isinstance(command, Gather | Recur | Enlist) and not command.case_id:
        return replace(command, case_id=number)
    return command


def _for(effect: Effect, case_id: int) -> Effect:
    return replace(effect, case_id=case_id)


__all__ = ["PersonCommand", "Service"]
