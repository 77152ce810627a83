"""The pretend Odoo as one object: its people, its records, its faults, and the server that answers for it.

It imports nothing of the product but the clock: it is the other side, and must not share the product's mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.sandbox.odoo.access import ADMIN_UID, User, cast, everything
from bot.sandbox.odoo.arrange_goods import GoodsArranger
from bot.sandbox.odoo.base_data import lay_base
from bot.sandbox.odoo.calls import CallLog
from bot.sandbox.odoo.engine import Engine
from bot.sandbox.odoo.faults import Faults
from bot.sandbox.odoo.model import Row
from bot.sandbox.odoo.people import People, Person
from bot.sandbox.odoo.snapshot import snapshot
from bot.sandbox.odoo.webhooks import Automation, Webhooks
from bot.sandbox.odoo.wire import Wire

_VERSIONS: dict[str, tuple[str, list[Any]]] = {
    "18.0": ("18.0-20250421", [18, 0, 0, "final", 0, ""]),
    "19.0": ("19.0", [19, 0, 0, "final", 0, ""]),
}


class PretendOdoo(GoodsArranger):
    """A pretend Odoo server of version "18.0" or "19.0" with one database, one company and a cast of users.

    ``start`` listens on loopback and gives ``url``; ``app`` is for a server of one's own. The factories
    (``add_purchase`` and its kin) lay out records without webhooks; ``people`` act like users, with them.
    """

    def __init__(
        self, version: str = "18.0", clock: Clock | None = None, database: str = "demo", *, keep_alive: bool = False
    ) -> None:
        if version not in _VERSIONS:
            msg = f"no pretend Odoo {version}, only {', '.join(_VERSIONS)}"
            raise ValueError(msg)
        self.version = version
        self.database = database
        self.clock = clock or Clock()
        self.faults = Faults()
        self.people_by_id: dict[int, User] = {user.uid: user for user in cast(version)}
        self._people_by_login = {user.login: user for user in self.people_by_id.values()}
        self.engine = Engine(is_18=self.is_18, clock=self.clock, people=self.people_by_id, faults=self.faults)
        lay_base(self.engine, self.people_by_id)
        super().__init__(self.engine, self._people_by_login)
        self.people = People(self)
        self._wire = Wire(self, keep_alive=keep_alive)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._port = 0

    @property
    def is_18(self) -> bool:
        """Whether this is an 18.0."""
        return self.version == "18.0"

    @property
    def url(self) -> str:
        """The base URL, once started."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def calls(self) -> CallLog:
        """Every call so far."""
        return self.engine.calls

    @property
    def webhooks(self) -> Webhooks:
        """The automation rules and what they sent; ``webhooks.muted = True`` loses them silently."""
        return self.engine.webhooks

    def app(self) -> web.Application:
        """The server as an aiohttp application."""
        return self._wire.app()

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 (0: any free port) and return the URL."""
        self._runner = web.AppRunner(self.app(), access_log=None)
        await self._runner.setup()
        self._port = port
        await self.accept()
        return self.url

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        await self.webhooks.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = self._site = None

    async def refuse(self) -> None:
        """Refuse connections, as a server that is not running does, until ``accept``."""
        if self._site is not None:
            await self._site.stop()
            self._site = None

    async def accept(self) -> None:
        """Listen (again), on the same port."""
        if self._runner is None:
            msg = "start() first"
            raise RuntimeError(msg)
        if self._site is None:
            self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
            await self._site.start()
            self._port = int(self._runner.addresses[0][1])

    def version_info(self) -> dict[str, Any]:
        """What ``common.version`` answers."""
        text, info = _VERSIONS[self.version]
        return {
            "server_version": text,
            "server_version_info": info,
            "server_serie": self.version,
            "protocol_version": 1,
        }

    def find_user(self, login: str) -> User | None:
        """The user with this login, or None."""
        return self._people_by_login.get(login)

    def uid(self, login: str) -> int:
        """The id of a user. Raises KeyError for an unknown login."""
        return self._people_by_login[login].uid

    def api_key(self, login: str = "bot") -> str:
        """The user's API key, made when there is none yet."""
        user = self._people_by_login[login]
        user.api_key = user.api_key or f"{self.version}-key-of-{login}"
        return user.api_key

    def put_into(self, login: str, *groups: str) -> None:
        """Give a user these groups and what they imply, in place of those of before."""
        self._people_by_login[login].groups = everything(*groups)

    def archive(self, login: str) -> None:
        """Archive a user: no login any more, and found only by those who ask for archived ones."""
        user = self._people_by_login[login]
        user.active = False
        admin = self.people_by_id[ADMIN_UID]
        self.engine.execute_silently(admin, "res.users", "write", [[user.uid], {"active": False}], {})

    def as_user(self, login: str) -> Person:
        """Somebody who acts in Odoo: ``await odoo.as_user("puru").call(model, method, ids)``."""
        return Person(self.engine, self._people_by_login[login])

    def automation(
        self,
        *,
        model: str,
        url: str,
        trigger_states: Sequence[str] = (),
        fields: Sequence[str] = (),
        payload: Sequence[str] = (),
        domain: Sequence[Any] = (),
    ) -> Automation:
        """A webhook rule: on entering one of ``trigger_states``, on a change of ``fields``, or on every write.

        ``payload`` names the fields in the body; without it the body has only _model, _id and _action.
        """
        return self.webhooks.add(
            model, url, trigger_states=trigger_states, fields=fields, payload=payload, domain=domain
        )

    def record(self, model: str, record_id: int) -> Row:
        """One record as the administrator reads it over RPC. Raises LookupError when there is none."""
        found = self.engine.execute_silently(self.people_by_id[ADMIN_UID], model, "read", [[record_id]], {})
        if not found:
            msg = f"no {model} {record_id}"
            raise LookupError(msg)
        return dict(found[0])

    def messages(self, model: str, record_id: int) -> list[Row]:
        """The notes on a record, oldest first; the empty messages of tracked changes are left out."""
        domain = [["model", "=", model], ["res_id", "=", record_id], ["body", "!=", False]]
        wanted = ["body", "author_id", "create_uid", "subtype_id", "message_type", "date"]
        admin = self.people_by_id[ADMIN_UID]
        return list(
            self.engine.execute_silently(
                admin, "mail.message", "search_read", [domain], {"fields": wanted, "order": "id"}
            )
        )

    def snapshot(self) -> dict[str, Any]:
        """A summary of orders and counts that can be shown and written as JSON."""
        return snapshot(self.engine.begin(self.people_by_id[ADMIN_UID]))
