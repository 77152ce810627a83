"""Runs the Python of server actions in the pretend Odoo, as far as the code that Signoff generates needs it.

Only tests do so: what is run is what the test has had installed. It offers records, the environment and UserError
under Odoo's names, and nothing else that a server action could reach. Methods ask for the rights of their user.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import check_companies, reach
from bot.sandbox.odoo.orm import Env
from bot.sandbox.odoo.verbs import VERBS

_BUILTINS = {
    "abs": abs, "any": any, "bool": bool, "bytes": bytes, "dict": dict, "float": float, "int": int,
    "isinstance": isinstance, "len": len, "list": list, "max": max, "str": str, "sum": sum, "tuple": tuple,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Records:
    """Some records of one model, as code sees them."""

    _env: Env
    _name: str
    ids: tuple[int, ...]
    _context: Mapping[str, Any]
    _su: bool = False

    @property
    def _table(self) -> str:
        return self._name.replace(".", "_")

    @property
    def id(self) -> int:
        """The one id."""
        (one,) = self.ids
        return one

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Records]:
        return (self._of(self._name, (one,)) for one in self.ids)

    def __getitem__(self, name: str) -> Any:
        field = self._env.model(self._name).fields[name]
        value = self._env.value(self._name, self._env.row(self._name, self.id), name)
        if field.relation:
            ids = value if isinstance(value, list) else [value] if value else []
            return self._of(field.relation, tuple(ids))
        return value

    def __getattr__(self, name: str) -> Any:
        method = self._env.model(self._name).methods.get(name) or VERBS.get(name)
        if method is None:
            return self[name]

        def call(*args: Any, **kwargs: Any) -> Any:
            before, self._env.context = self._env.context, dict(self._context)
            try:
                if name not in VERBS and method.needs and not self._su:
                    check_companies(self._env)
                    reach(self._env, self._env.model(self._name), self.ids, method.needs)
                first = ([*self.ids],) if method.on_records else ()
                return method.call(self._env, self._env.model(self._name), *first, *args, **kwargs)
            finally:
                self._env.context = before

        return call

    def _of(self, model: str, ids: tuple[int, ...]) -> Records:
        return Records(self._env, model, ids, self._context, self._su)

    @property
    def env(self) -> _Environment:
        """The environment of whoever these records are seen by."""
        return _Environment(self._env, _Cursor())

    def with_user(self, user: int) -> Records:
        """The same records, seen by another user and with that one's rights, in the same transaction."""
        return replace(self, _env=replace(self._env, user=self._env.people[user]), _su=False)

    def browse(self, record_id: int) -> Records:
        """One record by its id, whether it is there or not."""
        return self._of(self._name, (record_id,))

    def with_context(self, *replaced: Mapping[str, Any], **added: Any) -> Records:
        """The same records in another context."""
        base = replaced[0] if replaced else self._context
        return replace(self, _context={**base, **added})

    def invalidate_recordset(self) -> None:
        """What was worked out in this transaction is worked out anew."""
        self._env.tx.told.clear()

    def sudo(self) -> Records:
        """The same records, with no right asked for."""
        return replace(self, _su=True)

    def _compute_checksum(self, content: bytes) -> str:
        return hashlib.sha1(content, usedforsecurity=False).hexdigest()

    def exists(self) -> Records:
        """Those that are still there."""
        return self._of(self._name, tuple(one for one in self.ids if self._env.tx.get(self._name, one) is not None))

    def sorted(self, key: str) -> Records:
        """By id, which is all that is asked for."""
        assert key == "id"
        return self._of(self._name, tuple(sorted(self.ids)))

    def read(self, fields: Sequence[str], load: None = None) -> list[dict[str, Any]]:
        """Plain values; a many2one is its id."""
        rows = (self._env.row(self._name, one) for one in self.ids)
        return [{"id": row["id"], **{name: self._env.value(self._name, row, name) for name in fields}} for row in rows]

    def create(self, values: Mapping[str, Any]) -> Records:
        """One new record."""
        return self._of(self._name, (self._env.create(self._name, dict(values)),))


class _Cursor:
    """Locks are the pretend store's own: whoever commits second is refused."""

    def execute(self, query: str, parameters: Sequence[Any]) -> None:
        """Nothing to be done."""


@dataclass(frozen=True, slots=True)
class _Environment:
    _env: Env
    cr: _Cursor

    @property
    def context(self) -> Mapping[str, Any]:
        """What came with the call."""
        return self._env.context

    @property
    def user(self) -> Records:
        """Who calls."""
        return Records(self._env, "res.users", (self._env.uid,), self._env.context)

    def __getitem__(self, model: str) -> Records:
        return Records(self._env, model, (), self._env.context)


def run(env: Env, code: str, model: str, record_id: int) -> Any:
    """Run ``code`` on one record. Raises OdooError where the code raises UserError."""
    records = Records(env, model, (record_id,), env.context)
    names = {
        "__builtins__": _BUILTINS,
        "env": _Environment(env, _Cursor()),
        "record": records,
        "records": records,
        "UserError": errors.user_error,
    }
    exec(compile(code, f"<{model}>", "exec"), names)  # noqa: S102  # the text is what the test has had installed
    return names.get("action", False)
