"""Who is in a group of Odoo: read from both versions, kept, and told by the doctor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.approvals.holders import groups_of
from bot.approvals.insiders import Insiders, Member, Membership
from bot.clock import Clock
from bot.config.model import Config, Group, Secret, Source
from bot.db import Database
from bot.errors import PermanentError
from bot.findings import Verdict
from bot.group_commit import GroupCommit
from bot.groups import TRUSTED, Groups, told
from bot.odoo.client import OdooClient
from bot.odoo.doctor import examine
from bot.odoo.findings import Visit
from bot.odoo.membership import Memberships
from bot.odoo.roster import User, membership
from bot.sandbox.odoo import PretendOdoo
from bot.sandbox.odoo.access import PURCHASE_USER, SETTINGS
from bot.sandbox.odoo.model import Access
from tests.factories import a_config, a_role, a_source
from tests.scenarios.story import read_audit

MANAGERS = "purchase.group_purchase_manager"
GROUP = Group("main", MANAGERS)


@pytest.fixture(params=["18.0", "19.0"])
async def odoo(request: pytest.FixtureRequest) -> AsyncIterator[PretendOdoo]:
    """A pretend Odoo of either version."""
    pretended = PretendOdoo(request.param)
    await pretended.start()
    yield pretended
    await pretended.stop()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client of HTTP."""
    async with httpx.AsyncClient() as client:
        yield client


def source_of(odoo: PretendOdoo) -> Source:
    """The pretend Odoo as a source, with the bot's own user."""
    where = {"url": odoo.url, "database": odoo.database}
    return a_source(**where, login="bot", api_key=Secret(odoo.api_key()), users={"purm": "pm@x.com"})


async def logins(reader: Memberships, group: str = MANAGERS) -> list[tuple[str, bool]]:
    """Login and whether active, of each user in the group."""
    return sorted((user.login, user.active) for user in await reader.of(group))


async def test_users_of_a_group_include_those_by_an_implied_one_and_the_archived(
    odoo: PretendOdoo, http: httpx.AsyncClient
) -> None:
    odoo.archive("puru")
    reader = Memberships(OdooClient(source_of(odoo), http))
    assert await logins(reader) == [("admin", True), ("bot", True), ("purm", True)]
    assert ("puru", False) in await logins(reader, PURCHASE_USER)
    assert ("purm", True) in await logins(reader, PURCHASE_USER)
    with pytest.raises(PermanentError, match=r"no group purchase\.group_of_nobody"):
        await reader.of("purchase.group_of_nobody")


async def test_where_groups_are_hidden_each_user_is_asked_about(odoo: PretendOdoo, http: httpx.AsyncClient) -> None:
    hidden = Access(read=(SETTINGS,), write=(SETTINGS,))
    odoo.engine.schema["res.groups"] = replace(odoo.engine.schema["res.groups"], access=hidden)
    reader = Memberships(OdooClient(source_of(odoo), http))
    assert await logins(reader) == [("admin", True), ("bot", True), ("purm", True)]


async def test_the_doctor_tells_who_holds_roles_by_a_group(odoo: PretendOdoo, http: httpx.AsyncClient) -> None:
    source = source_of(odoo)
    asked = (MANAGERS, "purchase.group_of_nobody")
    found = await examine(Visit(source, OdooClient(source, http), http, Clock().now(), groups=asked))
    good, bad = [check for check in found if check.name == "groups"]
    assert (good.verdict, bad.verdict) == (Verdict.OK, Verdict.BAD)
    assert "pm@x.com" in good.says
    assert "the login admin is no address" in good.says


def test_a_user_is_known_by_the_login_and_the_bot_holds_no_role() -> None:
    source = a_source(login="bot@example.com", users={"purm": "pm@example.com"})
    users = [
        User("purm", "Paul", active=True),
        User("Ann@Example.com", "Ann", active=True),
        User("gone@example.com", "Gone", active=False),
        User("admin", "Administrator", active=True),
        User("bot@example.com", "Bot", active=True),
    ]
    assert membership(GROUP, users, source) == Membership(
        GROUP,
        (Member("ann@example.com", "Ann", "Ann@Example.com"), Member("pm@example.com", "Paul", "purm")),
        (
            "Administrator: the login admin is no address in Slack, and stands under no users in the config",
            "Gone: is archived in Odoo",
        ),
    )


async def test_a_changed_membership_is_one_entry_and_an_old_one_is_not_told(database_url: str) -> None:
    clock, database = Clock(), Database(database_url)
    writer = GroupCommit(database)
    register, config = Groups(writer, clock), _config()
    ann, bob = Member("ann@x.com", "Ann", "ann"), Member("bob@x.com", "Bob", "bob")
    await writer.start()
    assert await register.keep([Membership(GROUP, (ann,))], config)
    assert not await register.keep([Membership(GROUP, (ann,))], config)
    assert await register.keep([Membership(GROUP, (bob,))], config)
    entries = await read_audit(database, "role.membership_changed")
    assert [(one.detail["came"], one.detail["went"]) for one in entries] == [
        ([["Ann", "ann@x.com"]], []),
        ([["Bob", "bob@x.com"]], [["Ann", "ann@x.com"]]),
    ]
    async with database.read() as session:
        assert await told(session, config, clock.now()) == {GROUP: Insiders(frozenset({"bob@x.com"}))}
        assert await told(session, config, clock.now() + TRUSTED + timedelta(seconds=1)) == {}
    await writer.stop()
    await database.close()


def _config() -> Config:
    config = a_config(roles=[replace(a_role(), group=GROUP)])
    assert list(groups_of(config)) == [GROUP]
    return config
