"""Carrying out one call as Odoo does: bind it, run it in a transaction, send webhooks, commit, try again.

It knows users by id and believes that they are who they say; passwords are asked in ``wire``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from bot.clock import Clock
from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import User, check_companies, reach
from bot.sandbox.odoo.administration import administration_models
from bot.sandbox.odoo.attachments import attachment_models
from bot.sandbox.odoo.bills import bill_models
from bot.sandbox.odoo.calls import Call, CallLog
from bot.sandbox.odoo.chatter import chatter_models, with_chatter
from bot.sandbox.odoo.directory import directory_models
from bot.sandbox.odoo.faults import Faults, Kind
from bot.sandbox.odoo.inventory import inventory_models
from bot.sandbox.odoo.model import Method, Model, Row
from bot.sandbox.odoo.moments import inside
from bot.sandbox.odoo.moves import move_models
from bot.sandbox.odoo.orm import Coder, Env
from bot.sandbox.odoo.purchase import purchase_models
from bot.sandbox.odoo.quants import quant_models
from bot.sandbox.odoo.sale import sale_models
from bot.sandbox.odoo.scrap import scrap_models
from bot.sandbox.odoo.store import Store, Transaction
from bot.sandbox.odoo.transfers import transfer_models
from bot.sandbox.odoo.verbs import VERBS
from bot.sandbox.odoo.webhooks import Webhooks

_TRIES = 5
_PRIVATE_ON_19 = frozenset({"exists"})


def build_schema(*, is_18: bool) -> dict[str, Model]:
    """Every model of the pretend database."""
    models: Iterable[Model] = (
        *directory_models(is_18=is_18),
        *inventory_models(),
        *quant_models(),
        *move_models(is_18=is_18),
        *transfer_models(),
        *scrap_models(),
        *bill_models(),
        *purchase_models(is_18=is_18),
        *sale_models(is_18=is_18),
        *chatter_models(),
        *attachment_models(),
        *administration_models(is_18=is_18),
    )
    return {model.name: with_chatter(model) for model in models}


class Engine:
    """The database and the rules, without any wire."""

    def __init__(self, *, is_18: bool, clock: Clock, people: Mapping[int, User], faults: Faults) -> None:
        self.is_18 = is_18
        self.schema = build_schema(is_18=is_18)
        self.store = Store({name: _indexed(model) for name, model in self.schema.items()})
        self.webhooks = Webhooks(is_18=is_18)
        self.calls = CallLog()
        #: Runs the Python of server actions; tests that need it put one here.
        self.coder: Coder | None = None
        self._clock = clock
        self._people = people
        self._faults = faults

    def begin(self, user: User, context: Row | None = None) -> Env:
        """A new transaction of this user."""
        transaction = Transaction(self.store, inside(self._clock.now()))
        return Env(
            self.schema, transaction, user, self._people, self.is_18, self.webhooks, context or {}, coder=self.coder
        )

    async def execute(
        self, user: User, model: str, method: str, args: Sequence[Any], kwargs: Row, *, discard: bool = False
    ) -> Any:
        """Run a call to its end and return its result. ``discard`` answers as always and changes nothing.

        Raises OdooError. A transaction that lost a race is run again, five times in all, as Odoo does.
        """
        self._log(user, model, method, args)
        for _ in range(_TRIES):
            env = self.begin(user)
            result, failure = self._attempt(env, model, method, args, kwargs)
            if discard and failure is None:
                return result
            if self.is_18:
                await self.webhooks.send(env.signals)
            if failure is not None:
                raise failure
            if self._faults.take(Kind.RETRY, method) or not env.tx.commit():
                continue
            if not self.is_18:
                await self.webhooks.send(env.signals)
            return result
        raise errors.serialization_failure()

    def execute_silently(self, user: User, model: str, method: str, args: Sequence[Any], kwargs: Row) -> Any:
        """Run a call at once, with no webhook, no fault and no log: for laying out what a test starts from."""
        env = self.begin(user)
        result = self._run(env, model, method, args, kwargs)
        env.tx.commit()
        return result

    def _attempt(
        self, env: Env, model: str, method: str, args: Sequence[Any], kwargs: Row
    ) -> tuple[Any, errors.OdooError | None]:
        try:
            result = self._run(env, model, method, args, kwargs)
        except errors.OdooError as refused:
            return None, refused
        fault = self._faults.take(Kind.ROLL_BACK, method)
        return result, fault.error if fault else None

    def _run(self, env: Env, model: str, method: str, args: Sequence[Any], kwargs: Row) -> Any:
        described = env.model(model)
        found = self._method(described, method)
        named = dict(kwargs)
        env.context = dict(named.pop("context", None) or {})
        check_companies(env)
        given = list(args)
        if found.on_records and given and isinstance(given[0], int):
            given[0] = [given[0]]
        if method not in VERBS and given and found.needs:
            reach(env, described, given[0], found.needs)
        try:
            return found.call(env, described, *given, **named)
        except TypeError:
            _refuse_bad_call(found, described, method, given, named)
            raise

    def _method(self, model: Model, name: str) -> Method:
        if name.startswith("_") or (not self.is_18 and name in _PRIVATE_ON_19):
            raise errors.private_method(model.name, name)
        found = model.methods.get(name) or VERBS.get(name)
        if found is None:
            raise errors.unknown_method(model.name, name)
        return found

    def _log(self, user: User, model: str, method: str, args: Sequence[Any]) -> None:
        first = args[0] if args else ()
        ids = (first,) if isinstance(first, int) else first if isinstance(first, (list, tuple)) else ()
        named = tuple(one for one in ids if type(one) is int)
        self.calls.add(Call(user.login, model, method, named, self._clock.now()))


def _indexed(model: Model) -> tuple[str, ...]:
    return tuple(name for name, one in model.fields.items() if one.indexed)


@cache
def _signature(method: Method) -> inspect.Signature:
    return inspect.signature(method.call)


def _refuse_bad_call(method: Method, model: Model, name: str, args: Sequence[Any], kwargs: Row) -> None:
    """Raise the server's TypeError when the arguments do not fit; a TypeError from inside is a mistake of ours."""
    try:
        _signature(method).bind(None, model, *args, **kwargs)
    except TypeError as wrong:
        owner = "".join(part.title() for part in model.name.split("."))
        raise errors.bad_call(owner, name, str(wrong)) from wrong
