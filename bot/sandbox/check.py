"""``signoff demo --check``: plays the day, prints each step with ok or FAILED, and looks from outside at the end.

Judges the pretend Odoo's records, the pretend Slack's messages and the verified audit chain; never our own tables.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from enum import StrEnum

from sqlalchemy import text

from bot.audit import log as audit
from bot.audit.verify import verify, verify_lines
from bot.db import Database
from bot.sandbox.day import Day
from bot.sandbox.demo import Say, Wishes, database, started
from bot.sandbox.proofs import NotAsItShouldBe, Proofs, demand
from bot.sandbox.rehearsal import PLAY, Rehearsal
from bot.sandbox.world import World, demo_config

_DECIDED = ("case.approved", "case.rejected", "exception.resolved")


class Break(StrEnum):
    """What goes wrong on purpose."""

    ODOO = "odoo"  #: Odoo takes a write and changes nothing
    SLACK = "slack"  #: a card appears twice
    AUDIT = "audit"  #: somebody alters an audit entry in the database


async def check(wishes: Wishes, broken: Collection[Break], say: Say) -> bool:
    """Play the day; whether everything was as it should be. Raises ConfigError as the demo does."""
    with database(wishes.database_url) as url:
        playing = started(
            demo_config(), url, file="demo.yaml", odoo_version=wishes.odoo_version, sockets=wishes.sockets
        )
        async with playing as world:
            return await _Check(world, url, broken, say).run()


class _Check:
    def __init__(self, world: World, url: str, broken: Collection[Break], say: Say) -> None:
        self._world = world
        self._url = url
        self._broken = broken
        self._say = say
        self._failed = 0
        self._steps = 0

    async def run(self) -> bool:
        """Every step, also after one that failed: the others may be well."""
        proofs = Proofs(self._world)
        rehearsal = Rehearsal(Day(self._world.odoo), proofs)
        if Break.ODOO in self._broken:
            self._world.odoo.faults.ignore_writes(method="button_approve", times=1)
        for scene in PLAY:
            await self._step(scene.words, scene.play(rehearsal))
            if Break.SLACK in self._broken and scene is PLAY[0]:
                self._twin(proofs)
        if Break.AUDIT in self._broken:
            await _tamper(self._url)
        await self._step("Each record has one card in its channel", _now(proofs.one_card_each))
        await self._step("No card has live buttons any more", _now(proofs.no_live_buttons))
        await self._step("No card said “confirmed in Odoo” before Odoo held it", _now(proofs.nothing_claimed_early))
        await self._step("The audit trail in the database is whole", _verified(self._url))
        await self._step("The exported audit trail is whole, and holds what Odoo's notes name", self._exported(proofs))
        return self._judged()

    async def _step(self, words: str, play: Awaitable[None]) -> None:
        self._steps += 1
        try:
            await play
        except (NotAsItShouldBe, LookupError, TimeoutError) as wrong:
            self._failed += 1
            self._say(f"FAILED  {words}\n        {wrong}")
        else:
            self._say(f"ok      {words}")

    def _judged(self) -> bool:
        if self._failed:
            self._say(f"{self._failed} of {self._steps} steps FAILED.")
        else:
            self._say(f"All {self._steps} steps are as they should be.")
        return not self._failed

    def _twin(self, proofs: Proofs) -> None:
        """Slack shows the first card twice, as after a post whose answer was lost and which was sent again."""
        for card in proofs.cards()[:1]:
            workspace = self._world.slack.workspace
            channel = workspace.channels[card.channel_id]
            first = card.history[0]
            workspace.post(channel, workspace.bot, text=first.text, blocks=first.blocks, metadata=card.metadata)

    async def _exported(self, proofs: Proofs) -> None:
        lines = await _export(self._url)
        verdict = verify_lines(lines)
        demand(that=verdict.sound, otherwise="; ".join(verdict.problems))
        entries = {entry["seq"]: entry for entry in map(json.loads, lines)}
        marks = proofs.marks()
        demand(that=marks, otherwise="nothing in Odoo names an audit entry")
        for number, piece in marks:
            entry = entries.get(number, {"hash": "", "action": "nothing"})
            known = entry["hash"].startswith(piece) and entry["action"] in _DECIDED
            demand(that=known, otherwise=f"a note in Odoo names entry {number}, which is no such decision")


async def _now(look: Callable[[], None]) -> None:
    look()


async def _verified(url: str) -> None:
    store = Database(url)
    try:
        async with store.read() as session:
            head = await audit.head(session)
        verdict = await verify(audit.entries(store, until=head[0]), head)
    finally:
        await store.close()
    demand(that=verdict.entries, otherwise="there is no audit entry")
    demand(that=verdict.sound, otherwise="; ".join(verdict.problems))


async def _export(url: str) -> Sequence[str]:
    """What ``signoff audit export`` writes, asked as an auditor would."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "audit", "export"),
        env={**os.environ, "SIGNOFF_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
    )
    written, _ = await process.communicate()
    demand(that=process.returncode == 0, otherwise=f"signoff audit export ended with {process.returncode}")
    return written.decode().splitlines()


async def _tamper(url: str) -> None:
    """What only the owner of the database can do: take the guard away and put a decision on somebody else."""
    store = Database(url)
    guard = {
        "sqlite": "DROP TRIGGER audit_entries_no_update",
        "postgresql": "DROP TRIGGER audit_entries_fixed ON audit_entries",
    }
    forge = (
        "UPDATE audit_entries SET actor = 'slack:T0SANDBOX1:U0FORGED'"
        " WHERE seq = (SELECT min(seq) FROM audit_entries WHERE action = 'case.approved')"
    )
    try:
        async with store.write() as session:
            await session.execute(text(guard[store.dialect]))
            await session.execute(text(forge))
    finally:
        await store.close()
