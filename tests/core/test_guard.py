"""The guard's code: constants alone, the same text every time, and what it is given is read as it reads."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.config.model import Secret, Source
from bot.odoo import guard
from bot.odoo.catalog import CATALOG
from bot.odoo.catalog.entry import EventType
from bot.odoo.setup.wanted import guarding

ENTRIES = sorted({entry.model for entry in CATALOG.values()})


def of(model: str) -> tuple[EventType, ...]:
    """Every entry of a model."""
    return tuple(entry for entry in CATALOG.values() if entry.model == model)


SOURCE = Source("main", "https://erp.example.com", "prod", "bot", Secret("key"), (Secret("t" * 20),), ())

GUARDED = [model for model in ENTRIES if guard.can_guard(of(model))]


@pytest.mark.parametrize("model", GUARDED)
def test_the_code_is_the_same_each_time_and_its_digest_follows_it(model: str) -> None:
    first, again = guarding(SOURCE, model, of(model)), guarding(SOURCE, model, of(model))
    assert first == again
    other = tuple(replace(entry, guarded=(*entry.guarded, "name")) for entry in of(model))
    assert guarding(SOURCE, model, other).digest != first.digest
    assert guarding(replace(SOURCE, act_as_user=True), model, of(model)).digest != first.digest


@pytest.mark.parametrize("acts", [False, True], ids=["as the bot", "as people"])
@pytest.mark.parametrize("model", GUARDED)
def test_nothing_that_comes_with_the_call_is_used_as_a_name(model: str, *, acts: bool) -> None:
    """Models, fields and methods are literals or attributes of the code; the context is compared or handed on."""
    code = guard.code_of(model, of(model), acts_as_people=acts)
    assert ("with_user" in code) is acts
    tree = ast.parse(code)
    told = {"given", "call", "mark", "note", "seen", "user", "login"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"getattr", "eval", "exec", "setattr"}
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in {"env", "record"}:
            assert isinstance(node.slice, ast.Constant)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in told:
            assert node.attr in {"get", "items"}


@pytest.mark.parametrize("entry", CATALOG.values(), ids=lambda entry: entry.name)
def test_what_the_guard_compares_is_read(entry: EventType) -> None:
    read = [*entry.paths, *entry.optional]
    unread = [one for one in entry.guarded if one not in read and not any(path.startswith(f"{one}.") for path in read)]
    assert unread == []


def test_what_was_read_is_given_as_odoo_reads_it() -> None:
    record = {
        "id": 7,
        "state": "to approve",
        "partner_id": {"id": 3, "display_name": "Vendor"},
        "amount_total": 12500.0,
        "date_order": datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC),
        "order_line": [
            {"id": 12, "product_id": None, "product_qty": 2.0},
            {"id": 11, "product_id": {"id": 5, "display_name": "Bolt"}, "product_qty": 1.0},
        ],
    }
    paths = ("state", "partner_id", "amount_total", "date_order", "order_line.product_id", "order_line.product_qty")
    entry = replace(CATALOG["purchase.approval"], guarded=paths)
    assert guard.seen_of([entry], record) == {
        "state": "to approve",
        "partner_id": 3,
        "amount_total": 12500.0,
        "date_order": "2026-11-21 10:00:05",
        "order_line": [[11, 5, 1.0], [12, False, 2.0]],
    }
