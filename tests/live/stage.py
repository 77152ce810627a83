"""The real program as a process, between a pretend Slack and a real Odoo, and the words in which plays are told.

A verb that waits is bounded. Reads what came about with the chief's key, never with the bot's.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar

from bot.sandbox.slack import PretendSlack
from bot.sandbox.slack.cards import Card, Conversation
from tests.live.between import Between, Lost
from tests.live.company import Company
from tests.scenarios.served import Process

_CONFIG: Final = Path(__file__).with_name("signoff.yaml")
_ROOT: Final = Path(__file__).resolve().parents[2]
_TOKEN: Final = "the-token-of-the-live-play"
_DECIDERS: Final = ("ann@example.com", "bob@example.com", "carol@example.com")
_CHANNELS: Final = ("decisions", "floor", "second")
#: Who they are in Odoo where decisions are written as whoever decided; Ann is the chief.
_, CLERK, ADMINISTRATOR = _DECIDERS
#: A real server on a busy machine takes its time; measured: up to 26 s for one call.
_PATIENCE_S: Final = 180.0
_LOOK_S: Final = 0.1

#: Of a note of which nobody outside is mailed.
_INTERNAL: Final = (["subtype_id.internal", "=", True],)

_Seen = TypeVar("_Seen")


@dataclass(frozen=True, slots=True)
class Document:
    """A record in Odoo, and the words by which its cards are known."""

    model: str
    id: int
    words: str
    channel: str = "decisions"
    also: str = ""  #: what its cards say besides, where one record may have several


class Stage:
    """One program against one server, by one API."""

    def __init__(self, company: Company, directory: Path) -> None:
        self.company = company
        self.people = company.people
        self.between = Between(company.server.url)
        self.slack = PretendSlack()
        self.guarded = False
        self._directory = directory
        self._process: Process | None = None

    async def start(self) -> None:
        """Slack and what stands between; not the program yet."""
        await self.slack.start()
        for one in _DECIDERS:
            self.slack.add_person(one)
        for name in _CHANNELS:
            self.slack.add_channel(name, _DECIDERS)
        await self.between.start()

    def configure(self, *, as_people: bool) -> None:
        """Write the config. ``as_people``: Ann is the chief in Odoo, Bob the clerk, Carol the administrator."""
        text = _CONFIG.read_text(encoding="utf-8")
        for name, value in {
            "url: URL": f"url: {self.between.odoo_url}",
            "DATABASE": self.company.server.database,
            "LOGIN": self.people.bot_login,
            "SIGNOFF": self.between.hook_url,
        }.items():
            text = text.replace(name, value)
        if as_people:
            logins = (self.people.chief.login, self.people.clerk, self.people.admin.login)
            users = ", ".join(f"{login}: {email}" for login, email in zip(logins, _DECIDERS, strict=True))
            text = text.replace("    events:", f"    act_as_user: true\n    users: {{{users}}}\n    events:", 1)
        (self._directory / "signoff.yaml").write_text(text, encoding="utf-8")

    async def stop(self) -> None:
        """Everything ends."""
        if self._process is not None and self.is_open:
            await self._process.end()
        await self.between.stop()
        await self.slack.stop()

    @property
    def is_open(self) -> bool:
        """Whether the program runs."""
        return self._process is not None and self._process.is_running

    async def open(self) -> None:
        """Start the program, or start it again."""
        if self._process is None:
            command = [sys.executable, "-m", "bot", "serve", "--config", "signoff.yaml", "--log-level", "ERROR"]
            self._process = Process(command, self._environment(), directory=self._directory, patience_s=180.0)
        await self._process.start()
        self.slack.request_url = self._process.slack_url
        self.between.program = f"http://127.0.0.1:{self._process.port}"

    async def close(self) -> None:
        """End the program politely."""
        assert self._process is not None
        await self._process.end()

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        await self._process.kill()

    async def signoff(self, *words: str, admin: str) -> tuple[int, str]:
        """``signoff odoo setup`` and its like, as an administrator types them: exit code and what it printed."""
        environment = {
            **self._environment(),
            "SIGNOFF_ODOO_ADMIN_LOGIN": self.people.admin.login,
            "SIGNOFF_ODOO_ADMIN_KEY": admin,
        }
        command = [sys.executable, "-m", "bot", *words, "--config", "signoff.yaml"]
        pipe = asyncio.subprocess.PIPE
        ran = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=self._directory, stdout=pipe, stderr=asyncio.subprocess.STDOUT
        )
        told, _ = await ran.communicate()
        return ran.returncode or 0, told.decode()

    def _environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(_ROOT),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "SIGNOFF_SLACK_PACE": "off",
            "SIGNOFF_DATABASE_URL": f"sqlite+aiosqlite:///{self._directory / 'signoff.db'}",
            "ODOO_API_KEY": self.people.bot_key,
            "ODOO_HOOK_TOKEN": _TOKEN,
        }

    # In Odoo, read with the chief's key

    async def document(self, model: str, number: int, words: str = "") -> Document:
        """A record that was just made; its own name are its words unless told."""
        if not words:
            words = str((await self.people.chief.read(model, number, "name"))["name"])
        return Document(model, number, words)

    async def field(self, document: Document, name: str) -> Any:
        """What Odoo holds now."""
        return (await self.people.chief.read(document.model, document.id, name))[name]

    async def state(self, document: Document) -> str:
        """Its state in Odoo."""
        return str(await self.field(document, "state"))

    async def notes(self, document: Document) -> int:
        """How many internal notes of the bot's stand on it: of those nobody outside is mailed."""
        about = [
            ["model", "=", document.model],
            ["res_id", "=", document.id],
            *_INTERNAL,
            ["body", "ilike", "[Signoff #"],
        ]
        return int(await self.people.chief("mail.message", "search_count", about))

    async def marked_moves(self, product: int) -> int:
        """How many stock moves of a product carry the bot's mark."""
        about = [["product_id", "=", product], ["reference", "ilike", "[Signoff #"]]
        return int(await self.people.chief("stock.move", "search_count", about))

    def lose(self, document: Document, what: Lost) -> None:
        """The next write on it is lost, or its answer."""
        self.between.lose[document.model, document.id] = what

    def mute(self, document: Document) -> None:
        """What Odoo tells of it from now on is lost."""
        self.between.muted.add((document.model, document.id))

    def called(self, document: Document) -> list[str]:
        """What was called on it, notes left out: without a guard they are calls of their own."""
        return [one for one in self.between.called(document.model, document.id) if one != "message_post"]

    # In Slack

    def cards(self, document: Document) -> list[Card]:
        """Its cards, the oldest first."""
        channel = Conversation(self.slack.channel(document.channel).channel)
        found = [card for card in channel.messages if card.metadata and card.says(document.words)]
        return [card for card in found if card.says(document.also)]

    async def card(self, document: Document, *words: str) -> Card:
        """Its newest card, once it says one of ``words``. Raises TimeoutError."""

        async def newest() -> Card | None:
            found = self.cards(document)
            return found[-1] if found and any(found[-1].says(one) for one in words) else None

        def told() -> str:
            wanted, newest_of_it = " or ".join(map(repr, words)), self.cards(document)[-1:]
            return f"{wanted} on {document.words}: {' '.join(one.plain for one in newest_of_it)}"

        return await until(newest, told)

    async def approve(self, document: Document, *, button: str = "Approve", by: str = _DECIDERS[0]) -> None:
        """Ann, or somebody else, presses Approve once the card waits."""
        await self.slack.click(await self.card(document, "Waiting"), button, by=by)

    async def reject(self, document: Document) -> None:
        """Ann presses Reject and says why."""
        acted = await self.slack.click(await self.card(document, "Waiting"), "Reject", by=_DECIDERS[0])
        view = await self.slack.opened(acted, within_s=_PATIENCE_S)
        await self.slack.submit(view, {"reason": "not like this"}, by=_DECIDERS[0])

    async def change(self, document: Document, typed: Mapping[str, str]) -> None:
        """Ann presses Approve with changes and types smaller figures."""
        card = await self.card(document, "Waiting")
        acted = await self.slack.click(card, "Approve with changes", by=_DECIDERS[0])
        view = await self.slack.opened(acted, within_s=_PATIENCE_S)
        sent = await self.slack.submit(view, typed, by=_DECIDERS[0])
        assert sent.closed, sent

    async def resolve(self, document: Document, resolution: str) -> None:
        """Ann says why it came to this, and what was done."""
        acted = await self.slack.click(await self.card(document, "has it in hand"), "Resolve", by=_DECIDERS[0])
        view = await self.slack.opened(acted, within_s=_PATIENCE_S)
        sent = await self.slack.submit(view, {"cause": "supplier late", "resolution": resolution}, by=_DECIDERS[0])
        assert sent.closed, sent

    async def press(self, document: Document, words: str, button: str) -> None:
        """Ann presses another button of a card that says ``words``."""
        await self.slack.click(await self.card(document, words), button, by=_DECIDERS[0])


async def until(
    holds: Callable[[], Awaitable[_Seen | None]], what: Callable[[], str], *, within_s: float = _PATIENCE_S
) -> _Seen:
    """What ``holds`` answers once it is something. Raises TimeoutError."""
    begun = monotonic()
    while monotonic() - begun < within_s:
        seen = await holds()
        if seen:
            return seen
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(what())
