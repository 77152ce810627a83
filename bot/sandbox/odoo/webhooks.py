"""Automation rules that call webhooks, as base_automation does.

18.0 calls inside the transaction and before the commit: the receiver still reads the old state, and hears of
transactions that are rolled back or tried again. 19.0 calls after the commit. Nothing is signed or repeated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx

from bot.odoo.transport import trusted
from bot.sandbox.odoo.domain import compile_domain

if TYPE_CHECKING:
    from bot.sandbox.odoo.model import Model, Row
    from bot.sandbox.odoo.orm import Env

_TIMEOUT_SECONDS = 1.0
_HEADERS = {
    "User-Agent": "python-requests/2.31.0",
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Connection": "keep-alive",
    "Content-Type": "application/json",
}


@dataclass(frozen=True, slots=True)
class Automation:
    """One rule: on which model, on what change, to which URL, with which fields in the body."""

    action_id: int
    name: str
    model: str
    url: str
    #: Only when the state enters one of these; empty means any.
    trigger_states: tuple[str, ...] = ()
    #: Only when one of these fields changes (or on creation); empty means every write.
    trigger_fields: tuple[str, ...] = ()
    payload: tuple[str, ...] = ()
    domain: tuple[Any, ...] = ()
    #: The domain on the row as it was; a creation has none and passes.
    before: tuple[Any, ...] = ()
    #: Runs in the transaction instead of a call, and may refuse it.
    code: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One call that is owed, with the values as they were when the rule fired."""

    url: str
    body: dict[str, Any]


class Webhooks:
    """The rules, and the sending of what they owe."""

    def __init__(self, *, is_18: bool) -> None:
        self._is_18 = is_18
        self._rules: list[Automation] = []
        #: Rules that were made over RPC, by their id.
        self._made: dict[int, Automation] = {}
        self._numbers = count(471)
        self._http: httpx.AsyncClient | None = None
        #: While true, calls are lost silently, as when the receiver cannot be reached.
        self.muted = False
        #: Every call that was made, muted ones left out.
        self.sent: list[Signal] = []

    def add(
        self,
        model: str,
        url: str,
        *,
        trigger_states: Sequence[str],
        fields: Sequence[str],
        payload: Sequence[str],
        domain: Sequence[Any],
    ) -> Automation:
        """Add a rule; it works from the next write on."""
        number = next(self._numbers)
        rule = Automation(
            action_id=number,
            name="Send Webhook Notification" if self._is_18 else f"{model} to Signoff",
            model=model,
            url=url,
            trigger_states=tuple(trigger_states),
            trigger_fields=tuple(fields),
            payload=tuple(payload),
            domain=tuple(domain),
        )
        self._rules.append(rule)
        return rule

    def put(self, rule_id: int, rule: Automation | None) -> None:
        """Take in a rule that was made or changed over RPC; None takes it away."""
        self._made.pop(rule_id, None)
        if rule is not None:
            self._made[rule_id] = rule

    def due(self, env: Env, model: Model, record_id: int, before: Row | None) -> list[Signal]:
        """The calls that this creation (``before`` is None) or write sets off; code runs at once and may refuse."""
        rules = [rule for rule in (*self._rules, *self._made.values()) if rule.model == model.name]
        if not rules:
            return []
        after = env.row(model.name, record_id)
        fired = [rule for rule in rules if _fires(rule, before, after) and _within(env, rule, before, after)]
        for rule in fired:
            if rule.code:
                env.run_code(rule.code, model.name, record_id)
        return [Signal(rule.url, _body(env, model, after, rule)) for rule in fired if rule.url]

    async def send(self, signals: Sequence[Signal]) -> None:
        """Call one after the other, a second each at most; a failure stays the receiver's problem."""
        for signal in signals:
            if self.muted:
                continue
            self.sent.append(signal)
            content = json.dumps(signal.body, sort_keys=True).encode("ascii")
            try:
                await self._client().post(signal.url, content=content, headers=_HEADERS)
            except (httpx.HTTPError, httpx.InvalidURL):
                continue

    async def close(self) -> None:
        """Give the connections back."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                timeout=_TIMEOUT_SECONDS, follow_redirects=True, trust_env=False, verify=trusted()
            )
        return self._http


def _fires(rule: Automation, before: Row | None, after: Row) -> bool:
    if rule.trigger_states:
        entered = before is None or before["state"] != after["state"]
        return entered and after["state"] in rule.trigger_states
    if rule.trigger_fields and before is not None:
        return any(before[name] != after[name] for name in rule.trigger_fields)
    return True


def _within(env: Env, rule: Automation, before: Row | None, after: Row) -> bool:
    if before is not None and not compile_domain(env, rule.model, rule.before)(before):
        return False
    return compile_domain(env, rule.model, rule.domain)(after)


def _body(env: Env, model: Model, row: Row, rule: Automation) -> dict[str, Any]:
    body: dict[str, Any] = {
        "_action": f"{rule.name}(#{rule.action_id})",
        "_id": row["id"],
        "_model": model.name,
    }
    if rule.payload:
        body["id"] = row["id"]
        body |= {name: env.value(model.name, row, name) for name in rule.payload}
    return body
