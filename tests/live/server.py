"""A real Odoo as its users have it: calls over JSON-RPC, and API keys made in a web session.

Independent of the product's client on purpose: what the product is judged by must not read with its eyes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

_PATIENCE_S = 120.0


class Refused(Exception):
    """Odoo said no; the text is its own."""


@dataclass(frozen=True, slots=True)
class Server:
    """One database of one server."""

    url: str
    database: str

    @classmethod
    def of(cls, told: str) -> Server:
        """From ``https://erp.example.com/?db=test``, as Odoo's own login page has it. Raises ValueError."""
        parts = urlsplit(told)
        names = parse_qs(parts.query).get("db", [])
        if not parts.scheme or not parts.netloc or len(names) != 1:
            msg = f"{told!r} is not an address with a database, such as http://127.0.0.1:8069/?db=test"
            raise ValueError(msg)
        return cls(f"{parts.scheme}://{parts.netloc}", names[0])


class Login:
    """One user of a server. ``company`` is the one to act in."""

    def __init__(self, server: Server, http: httpx.AsyncClient, *, login: str, key: str) -> None:
        self.server = server
        self.login = login
        self.company = 0
        self._http = http
        self._key = key
        self._uid = 0

    async def __call__(self, model: str, method: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a method; the first positional argument of record methods is the list of ids. Raises Refused."""
        if not self._uid:
            self._uid = await self._rpc("common", "authenticate", self.server.database, self.login, self._key, {})
            if not self._uid:
                msg = f"{self.login} cannot log in"
                raise Refused(msg)
        if self.company:
            kwargs["context"] = {"allowed_company_ids": [self.company], **kwargs.get("context", {})}
        target = (self.server.database, self._uid, self._key, model, method, list(args), kwargs)
        return await self._rpc("object", "execute_kw", *target)

    async def create(self, model: str, **values: Any) -> int:
        """A new record's id."""
        made = await self(model, "create", values)
        return int(made[0] if isinstance(made, list) else made)

    async def find(self, model: str, *domain: list[Any], archived: bool = False) -> list[int]:
        """The ids in a domain, the oldest first."""
        context = {"active_test": False} if archived else {}
        found: list[int] = await self(model, "search", list(domain), order="id", context=context)
        return found

    async def read(self, model: str, number: int, *fields: str) -> dict[str, Any]:
        """One record's fields."""
        (row,) = await self(model, "read", [number], list(fields))
        return dict(row)

    async def ref(self, xmlid: str) -> int:
        """The id behind an external id. Raises Refused where its module is not installed."""
        module, _, name = xmlid.partition(".")
        rows = await self("ir.model.data", "search_read", [["module", "=", module], ["name", "=", name]], ["res_id"])
        if not rows:
            msg = f"there is no {xmlid}: the module {module} is not installed"
            raise Refused(msg)
        return int(rows[0]["res_id"])

    async def version(self) -> str:
        """Such as ``18.0-20250421``."""
        return str((await self._rpc("common", "version"))["server_version"])

    async def _rpc(self, service: str, method: str, *args: Any) -> Any:
        params = {"service": service, "method": method, "args": list(args)}
        return await _post(self._http, f"{self.server.url}/jsonrpc", params)


async def new_key(server: Server, login: str, password: str) -> str:
    """An API key of a user, made as people make it: logged in on the web, asked for the password once more."""
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_S, base_url=server.url) as web:

        async def call(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
            params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
            return await _post(web, f"/web/dataset/call_kw/{model}/{method}", params)

        credentials = {"db": server.database, "login": login, "password": password}
        await _post(web, "/web/session/authenticate", credentials)
        made = await call("res.users.apikeys.description", "create", {"name": "signoff live", "duration": "1"})
        asked = await call("res.users.apikeys.description", "make_key", [made[0] if isinstance(made, list) else made])
        check = [asked["res_id"]]
        await call("res.users.identitycheck", "write", check, {"password": password})
        answer = await call("res.users.identitycheck", "run_check", check, context={"password": password})
        return str(answer["context"]["default_key"])


async def _post(http: httpx.AsyncClient, url: str, params: object) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": "call", "params": params}
    answer = (await http.post(url, json=body)).json()
    if "error" in answer:
        data = answer["error"].get("data") or {}
        msg = f"{data.get('name')}: {data.get('message')}"
        raise Refused(msg)
    return answer.get("result")
