"""The whole program between a pretend Slack and a pretend Odoo: for the demo, the tests and the bench.

The program is the real one, unchanged; only the other sides are pretended. Real secrets and source URLs never get
here: every secret of the config is replaced, and every source leads to the pretend Odoo.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.app import App
from bot.approvals.holders import named_groups, roles_pinging, roles_with
from bot.audit.checkpoint import Signer
from bot.clock import Clock
from bot.config.assemble import check_text
from bot.config.match import channel_for, members_for
from bot.config.model import SLACK, Config, Secret, Source
from bot.errors import ConfigError
from bot.lock import Purpose
from bot.odoo.catalog import CATALOG, catalog_of
from bot.sandbox.cast import COMPANY, LOGINS, about, name_users
from bot.sandbox.odoo import PretendOdoo
from bot.sandbox.slack import PretendSlack
from bot.settings import Address, Settings
from bot.slack.socket import CONNECTIONS

#: The token in the webhooks' paths; of the sandbox, worth nothing elsewhere.
HOOK_TOKEN = "sandbox-webhook-token"  # noqa: S105

_ANY_PORT = Address("127.0.0.1", 0)


class World:
    """One workspace, one Odoo, one Signoff. Use as ``async with World(...)``, or ``start`` and ``stop``."""

    def __init__(
        self,
        config_text: str,
        database_url: str,
        *,
        odoo_version: str = "18.0",
        listen: Address = _ANY_PORT,
        file: str = "sandbox.yaml",
        sockets: bool = False,
        pace: bool = False,
    ) -> None:
        self._pace = pace
        self._sockets = sockets
        self.clock = Clock()
        self.odoo = PretendOdoo(odoo_version, self.clock)
        self.slack = PretendSlack(self.clock)
        self.slack.workspace.name = COMPANY
        self.app: App
        self._written = pretend_config(config_text, file)
        self._database_url = database_url
        self._listen = listen
        self._hooked_up = False
        self._signer = Signer.fresh()
        self._running = AsyncExitStack()

    @property
    def config(self) -> Config:
        """The config with its sources pointed at the pretend Odoo, and nobody outside told of anything."""
        sources = {name: self._pretend(one) for name, one in self._written.sources.items()}
        return replace(self._written, sources=sources, heartbeat=None)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start all three; people, channels and webhooks as the config wants them."""
        try:
            await self.odoo.start()
            self._running.push_async_callback(self.odoo.stop)
            await self.slack.start()
            self._running.push_async_callback(self.slack.stop)
            self._populate()
            await self.start_app()
            self._running.push_async_callback(self.stop_app)
        except BaseException:
            await self._running.aclose()
            raise

    async def start_app(self) -> None:
        """Start Signoff (again) on the same database."""
        settings = Settings(
            slack_bot_token=Secret(self.slack.bot_token),
            slack_signing_secret=Secret("" if self._sockets else self.slack.signing_secret),
            slack_app_token=Secret(self.slack.sockets.app_token) if self._sockets else None,
            slack_api_url=self.slack.api_url,
            slack_pace=self._pace,
            database_url=self._database_url,
            listen=self._listen,
            admin_listen=_ANY_PORT,
            audit_signer=self._signer,
        )
        self.app = App(settings, self.config, self.clock, purpose=Purpose.SANDBOX)
        await self.app.start()
        self._listen = self.app.address  # a restart is found where it was
        if self._sockets:
            self.slack.use_sockets()
            await self.slack.until(lambda: len(self.slack.sockets.connections) == CONNECTIONS, what="two connections")
        else:
            self.slack.request_url = f"http://{self.app.address}/slack/events"
        self._hook_up()

    async def stop_app(self) -> None:
        """Stop Signoff alone; Slack and Odoo go on."""
        await self.app.stop()

    async def restart(self) -> None:
        """Stop Signoff and start it again from nothing but its database."""
        await self.stop_app()
        await self.start_app()

    async def stop(self) -> None:
        """Stop all three."""
        await self._running.aclose()

    def advance(self, by: timedelta) -> None:
        """Move the clock that all three share."""
        self.clock.advance(by)

    def hook_url(self, source: str) -> str:
        """Where a source's webhooks go."""
        return f"http://{self.app.address}/odoo/{source}/{HOOK_TOKEN}"

    def _pretend(self, source: Source) -> Source:
        return replace(
            source,
            act_as_user=False,  # the pretend Odoo runs no code, so no guard stands in it
            url=self.odoo.url,
            database=self.odoo.database,
            login="bot",
            api_key=Secret(self.odoo.api_key()),
            webhook_tokens=(Secret(HOOK_TOKEN),),
            users={**LOGINS, **source.users},
        )

    def _hook_up(self) -> None:
        """Automation rules as an administrator would make them: one call per change of what qualifies."""
        if self._hooked_up:
            return  # a restart finds the rules of before: they live in Odoo
        self._hooked_up = True
        for name, source in self.config.sources.items():
            fields: defaultdict[str, dict[str, None]] = defaultdict(dict)
            catalog = catalog_of(source.types)
            for event in source.events:
                fields[catalog[event].model].update(dict.fromkeys(catalog[event].trigger_fields))
            for model, watched in fields.items():
                self.odoo.automation(model=model, url=self.hook_url(name), fields=tuple(watched))

    def _populate(self) -> None:
        """Everybody who is named in the config, and every channel that its roles can lead to."""
        name_users(self.odoo)
        for email in _people(self._written):
            self.slack.add_person(email, **about(email))
        for handle, members in _user_groups(self._written).items():
            self.slack.add_user_group(handle, members)
        everybody = [person.email for person in self.slack.workspace.people.values() if not person.is_bot]
        for name in sorted(_channels(self._written)):
            self._add_channel(name, everybody)

    def _add_channel(self, name: str, members: list[str]) -> None:
        channel = self.slack.add_channel(name.removeprefix("#"), members).channel
        if not name.startswith("#"):  # the config names a channel by its id
            workspace = self.slack.workspace
            del workspace.channels[channel.id]
            channel.id = name
            workspace.channels[name] = channel


def pretend_config(text: str, file: str) -> Config:
    """Read a config with every secret replaced. Raises ConfigError."""
    # Each name its own value: two equal tokens would be refused as a slip.
    report = check_text(text, file=file, event_types=CATALOG.keys(), find_secret=lambda name: f"sandbox-secret-{name}")
    if report.config is None:
        raise ConfigError(report.as_text())
    return report.config


def _people(config: Config) -> list[str]:
    """Addresses; who is in the most roles comes first: the page opens as that person."""
    overlays = (overlay.members for site in config.sites.values() for overlay in site.roles.values())
    members = [*(role.members for role in config.roles.values()), *(one for one in overlays if one)]
    held = Counter(email for some in members for email in some)
    held.update(dict.fromkeys(LOGINS.values(), 0))
    return sorted(held, key=lambda email: (-held[email], email))


def _user_groups(config: Config) -> dict[str, list[str]]:
    """Each user group that the config names: everybody listed for its roles, else the people of the sandbox."""
    found: dict[str, list[str]] = {}
    for group in named_groups(config):
        roles = {*roles_with(config, group), *roles_pinging(config, group)}
        held = [members_for(config, role, site=site) for role in roles for site in (None, *config.sites.values())]
        if group.source == SLACK:
            found[group.name] = sorted(frozenset[str]().union(*held)) or sorted(LOGINS.values())
    return found


def _channels(config: Config) -> set[str]:
    places = [None, *config.sites.values()]
    found = {channel_for(config, role, site=site, company=COMPANY) for role in config.roles for site in places}
    others = {config.admin_channel, config.break_glass.channel if config.break_glass else ""}
    return found | (others - {""})


def demo_config() -> str:
    """The text of the config that the demo starts with."""
    return Path(__file__).with_name("demo.yaml").read_text(encoding="utf-8")
