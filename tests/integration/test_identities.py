"""The register of who is who: on both engines, told and audited once, whoever reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select

from bot.clock import Clock
from bot.config.model import Config
from bot.db import Database
from bot.effects import EffectKind
from bot.group_commit import GroupCommit
from bot.identities import REFUSED, SETTLED, Identities, known, untold
from bot.odoo.identity import Account, Identity
from bot.tables import effects
from tests.factories import a_config, a_source
from tests.scenarios.story import read_audit

ANN = "ann@example.com"


@asynccontextmanager
async def register(database_url: str) -> AsyncIterator[tuple[Identities, Database]]:
    """One replica's register."""
    database = Database(database_url)
    writer = GroupCommit(database)
    identities = Identities(writer, Clock())
    await writer.start()
    try:
        yield identities, database
    finally:
        await writer.stop()
        await database.close()


def confirming(**user_ids: int) -> Config:
    """A config whose source confirms these users by their logins' first names."""
    ids = {f"{name}@example.com": number for name, number in user_ids.items()}
    return a_config(sources={"main": a_source(user_ids=ids)})


async def test_another_user_is_refused_and_told_once_until_the_config_confirms_it(database_url: str) -> None:
    async with register(database_url) as (one, database), register(database_url) as (other, _):
        assert await one.keep("main", [Account(7, ANN)], confirming()) == frozenset()
        for replica in (one, other, one):
            assert await replica.keep("main", [Account(9, ANN)], confirming()) == {ANN}
        (refused,) = await read_audit(database, REFUSED)
        assert list(refused.detail["people"]) == [ANN]
        async with database.read() as session:
            news = await untold(session, "main")
            told = select(func.count()).where(effects.c.kind == EffectKind.TELL_IDENTITIES)
            assert (list(news), (await session.execute(told)).scalar_one()) == ([ANN], 1)
        await one.heard("main", news)
        assert await one.keep("main", [Account(9, ANN)], confirming(ann=9)) == frozenset()
        (settled,) = await read_audit(database, SETTLED)
        assert settled.detail["people"] == {ANN: 9}
        async with database.read() as session:
            assert await untold(session, "main") == {}
            assert await known(session, "main") == {ANN: Identity(9)}


async def test_what_was_told_is_told_again_only_where_it_has_changed(database_url: str) -> None:
    async with register(database_url) as (one, database):
        two = [Account(7, ANN), Account(9, "Ann@example.com")]
        await one.keep("main", two, confirming())
        async with database.read() as session:
            first = await untold(session, "main")
        await one.keep("main", [*two, Account(11, "ANN@example.com")], confirming())
        await one.heard("main", first)
        async with database.read() as session:
            assert "Odoo user 11" in (await untold(session, "main"))[ANN]


async def test_sources_do_not_know_each_others_users(database_url: str) -> None:
    config = a_config(sources={name: a_source(name=name) for name in ("main", "west")})
    async with register(database_url) as (one, database):
        await one.keep("main", [Account(7, ANN)], config)
        assert await one.keep("west", [Account(9, ANN)], config) == frozenset()
        async with database.read() as session:
            assert await known(session, "main") == {ANN: Identity(7)}
