"""A changed config file: taken over whole after its audit entry, or refused whole; running cases keep their plans."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.cases.answers import Transition
from bot.cases.commands import Observed
from bot.cases.model import Status
from bot.cases.planning import Rules
from bot.config.load import check
from bot.escalation.due import DueCases
from bot.reload import Origin, Reload
from bot.tables import audit_details, audit_entries, effects
from tests.core.config_texts import ENV, EVENT_TYPES, SMALLEST, config_of
from tests.factories import TRAITS, a_decide, a_record, an_event
from tests.integration.stack import Stack, stack

TEXT = SMALLEST.replace("version: 1\n", 'version: 1\nadmin_channel: "#admins"\n')
STRICTER = TEXT.replace("      - any_of: [finance]", "      - {any_of: [finance], count: 2}")
_WITHIN_S = 20.0


@dataclass
class World:
    """A replica whose config stands in a file."""

    stack: Stack
    file: Path
    reload: Reload

    def write(self, text: str) -> None:
        """As editors and mounts do: another file takes the name."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self.file)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what another task does."""
        async with asyncio.timeout(_WITHIN_S):
            while not holds():  # noqa: ASYNC110  # the reload tells nobody
                await asyncio.sleep(0.02)

    async def told(self, action: str) -> list[dict[str, Any]]:
        """The details of the audit entries of that action."""
        statement = (
            select(audit_details.c.body)
            .join(audit_entries, audit_entries.c.seq == audit_details.c.seq)
            .where(audit_entries.c.action == action)
            .order_by(audit_entries.c.seq)
        )
        return [json.loads(row.body) for row in await self.stack.rows(statement)]


@asynccontextmanager
async def _world(url: str, directory: Path, text: str = TEXT) -> AsyncIterator[World]:
    file = directory / "signoff.yaml"
    file.write_text(text)
    async with stack(url, rules=Rules(replace(config_of(text), path=str(file)), TRAITS)) as one:
        origin = Origin(file, lambda: check(file, ENV, event_types=EVENT_TYPES), lambda: "abc123")
        reload = Reload(origin, one.service, one.database, one.clock)
        await reload.start()
        try:
            yield World(one, file, reload)
        finally:
            await reload.stop()


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """On each engine."""
    async with _world(database_url, tmp_path) as one:
        yield one


async def test_a_changed_file_is_active_once_the_audit_trail_says_so(world: World) -> None:
    world.write(STRICTER)
    await world.until(lambda: world.reload.active == config_of(STRICTER) or world.reload.active.digest != "")
    await world.until(lambda: world.reload.active.policies["one_approver"].stages[0].count == 2)

    first, second = await world.told("config.activated")
    assert (first["how"], first["git"]) == ("start", "abc123")
    assert (second["how"], second["before"], second["power"]) == ("reload", first["digest"], True)
    assert second["digest"] == world.reload.active.digest == config_of(STRICTER).digest
    assert len(second["changed"]) == 1
    assert second["changed"][0].startswith("! policies.one_approver.stages: ")
    assert [row.target for row in await world.stack.rows(select(effects.c.target))] == ["#admins"]


async def test_a_running_case_keeps_the_plan_it_was_opened_under(world: World) -> None:
    event = an_event()
    await world.stack.service.execute(Observed(event.record, event))

    world.write(STRICTER)
    await world.until(lambda: world.reload.active.policies["one_approver"].stages[0].count == 2)
    await world.stack.service.execute(Observed(event.record, event))

    assert [stage.count for stage in (await world.stack.case()).plan.stages] == [1]


async def looked_at(world: World) -> int:
    """How many cases are due by now; each is told so."""
    due = DueCases(world.stack.service, world.stack.database, world.stack.writer, world.stack.clock)
    claimed = await due.claim(10)
    for one in claimed:
        await due.perform(one)
    return len(claimed)


async def test_a_file_that_takes_the_last_people_away_is_held_against_the_open_cases(world: World) -> None:
    """Mia made the order, so a role of hers alone leaves nobody; another policy touches nobody's power."""
    event = an_event()
    await world.stack.service.execute(Observed(event.record, event))
    world.write(STRICTER)
    await world.until(lambda: world.reload.active.policies["one_approver"].stages[0].count == 2)
    world.stack.clock.advance(timedelta(seconds=2))
    assert await looked_at(world) == 0

    world.write(TEXT.replace("[ann@example.com, bob@example.com]", "[mia@example.com]"))
    await world.until(lambda: world.reload.active.roles["finance"].members == {"mia@example.com"})
    world.stack.clock.advance(timedelta(seconds=2))
    assert await looked_at(world) == 1
    case = await world.stack.case()
    assert (case.plan.stages[0].last_resort, case.channels) == ("", ("#finance", "#admins"))
    assert len(await world.told("case.nobody_left")) == 1


async def test_a_bad_file_changes_nothing_and_is_told_once(world: World) -> None:
    before = world.reload.active
    world.write(TEXT.replace("any_of: [finance]", "any_of: [finanse]"))
    await world.until(lambda: bool(world.reload.trouble))
    for _ in range(5):
        world.reload.ask()
        await asyncio.sleep(0.05)

    assert world.reload.active is before
    assert 'no role named "finanse"; did you mean "finance"?' in world.reload.trouble
    (refused,) = await world.told("config.refused")
    assert refused["problems"] == [
        f'{world.file}:17: policies.one_approver.stages[0].any_of[0]: no role named "finanse"; did you mean "finance"?'
    ]
    assert refused["digest"] == before.digest

    world.write(TEXT)
    await world.until(lambda: not world.reload.trouble)
    assert len(await world.told("config.activated")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version: 1\n  nope",
        "\x00",
        TEXT + "colour: blue\n",
        TEXT.replace("[ann@example.com, bob@example.com]", "[]"),
    ],
    ids=["empty", "no YAML", "binary", "unknown section", "role without people"],
)
async def test_whatever_is_in_the_file_the_good_one_stays(sqlite_url: str, tmp_path: Path, text: str) -> None:
    async with _world(sqlite_url, tmp_path) as world:
        before = world.reload.active
        world.write(text)
        await world.until(lambda: bool(world.reload.trouble))

        assert world.reload.active is before


async def test_a_file_that_is_gone_is_told_and_a_new_one_is_taken(sqlite_url: str, tmp_path: Path) -> None:
    async with _world(sqlite_url, tmp_path) as world:
        world.file.unlink()
        await world.until(lambda: "cannot be read" in world.reload.trouble)
        world.write(STRICTER)
        await world.until(lambda: world.reload.active.digest == config_of(STRICTER).digest)


async def test_what_belongs_to_the_running_program_is_refused_whole(sqlite_url: str, tmp_path: Path) -> None:
    async with _world(sqlite_url, tmp_path) as world:
        before = world.reload.active
        world.write(STRICTER.replace("database: prod", "database: other"))
        await world.until(lambda: bool(world.reload.trouble))

        assert world.reload.active is before
        (refused,) = await world.told("config.refused")
        assert refused["problems"] == [
            f"{world.file}: odoo.main.database: is read when the program starts, so the rest was not taken over"
            " either: restart it"
        ]


async def test_a_storm_of_changes_ends_with_the_newest_and_every_command_sees_a_whole_config(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with _world(sqlite_url, tmp_path) as world:
        texts = [STRICTER, TEXT, "nonsense: [", TEXT + "# again\n", STRICTER + "# at last\n"]

        async def commands() -> None:
            for number in range(40):
                event = an_event(record=a_record(number + 1))
                await world.stack.service.execute(Observed(event.record, event))

        work = asyncio.create_task(commands())
        for round_ in range(25):
            world.write(texts[round_ % len(texts)])
            world.reload.ask()
            await asyncio.sleep(0.01)
        await work
        await world.until(lambda: world.reload.active.digest == config_of(texts[-1]).digest)

        known = {entry["digest"] for entry in await world.told("config.activated")}
        used = await world.stack.rows(select(audit_entries.c.config).where(audit_entries.c.action == "case.opened"))
        assert len(used) == 40
        assert {row.config for row in used} <= known
        assert (await world.stack.audit()).sound


async def test_clicks_that_arrive_in_a_storm_of_reloads_are_each_judged_by_one_config_whole(
    database_url: str, tmp_path: Path
) -> None:
    last = TEXT + "# the last\n"
    async with _world(database_url, tmp_path) as here:
        numbers = range(1, 31)
        for number in numbers:
            record = a_record(number)
            await here.stack.service.execute(Observed(record, an_event(record=record)))

        async def storm() -> None:
            for turn in range(12):
                here.write((STRICTER, "version: 1\n", f"{TEXT}# {turn}\n")[turn % 3])
                here.reload.ask()
                await asyncio.sleep(0.02)
            here.write(last)
            here.reload.ask()

        clicks = (here.stack.service.execute(a_decide("ann@example.com", case_id=number)) for number in numbers)
        _, *answers = await asyncio.gather(storm(), *clicks)

        assert all(isinstance(one, Transition) and one.case.status is Status.APPROVED for one in answers)
        await here.until(lambda: here.reload.active.digest == hashlib.sha256(last.encode()).hexdigest())
        judged_by = {row.config for row in await here.stack.rows(select(audit_entries.c.config))}
        activated = {one["digest"] for one in await here.told("config.activated")}
        assert judged_by <= activated
        assert not here.reload.trouble
        assert (await here.stack.audit()).sound
