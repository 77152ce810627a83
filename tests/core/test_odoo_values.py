"""Odoo's way of writing, translated: sets of records, instants, and messages made fit for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnknownOutcome
from bot.odoo.classify import LONGEST_MESSAGE, clean
from bot.odoo.paths import plain, tree
from bot.odoo.values import Wizard, from_odoo, plain_or_wizard, record_ids, to_odoo, whole_ids


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ("mail.activity(19,)", [19]),
        ("mail.activity(19, 20)", [19, 20]),
        ("x_slack_decision()", []),
        (352, [352]),
        ([609], [609]),
        ([], []),
        (False, []),
        (None, []),
    ],
)
def test_a_set_of_records_is_understood_however_it_is_written(answer: object, ids: list[int]) -> None:
    assert record_ids(answer) == ids


@pytest.mark.parametrize("answer", [True, "mail.activity(<NewId 0x7f>,)", "done", {}, ["1"], [True], [0], 1.5])
def test_an_answer_that_names_no_records_leaves_the_outcome_open(answer: object) -> None:
    with pytest.raises(UnknownOutcome):
        record_ids(answer)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (
            {"type": "ir.actions.act_window", "res_model": "sale.order.cancel", "name": "Cancel", "context": {"a": 1}},
            Wizard("sale.order.cancel", {"a": 1}, "Cancel"),
        ),
        (
            {"type": "ir.actions.act_window", "res_model": "sale.order.cancel", "name": False, "context": "{'a': 1}"},
            Wizard("sale.order.cancel", {}, ""),
        ),
        (
            {"type": "ir.actions.act_window_close", "context": {}},
            {"type": "ir.actions.act_window_close", "context": {}},
        ),
        ({}, {}),
        (True, True),
        (None, None),
    ],
)
def test_a_window_to_open_is_a_wizard_and_nothing_else_is(answer: object, value: object) -> None:
    assert plain_or_wizard(answer) == value


def test_ids_lose_their_repeats_and_keep_their_order() -> None:
    assert whole_ids([3, 1, 3]) == [3, 1]


@pytest.mark.parametrize("ids", [["1"], [True], [0], [-1], [1.0], "12", {1: "a"}])
def test_ids_that_odoo_would_silently_ignore_are_refused(ids: object) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        whole_ids(ids)


def test_an_instant_goes_out_as_naive_utc_in_whole_seconds() -> None:
    at = datetime(2026, 11, 21, 12, 0, 59, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert to_odoo(at) == "2026-11-21 10:00:59"


def test_an_instant_without_its_zone_does_not_go_out() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_odoo(datetime(2026, 11, 21, 12, 0))  # noqa: DTZ001  the naive one is the case


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  hypothesis wants it naive
def test_an_instant_comes_back_as_it_went_out(at: datetime) -> None:
    assert from_odoo(to_odoo(at)) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (False, "boolean", False),
        (False, "char", None),
        (False, "date", None),
        (False, "selection", None),
        (False, "many2one_reference", None),
        (0, "integer", 0),
        (0.0, "float", 0.0),
        (2001.1, "monetary", 2001.1),
        ("", "char", ""),
        ("2026-11-21", "date", date(2026, 11, 21)),
        ("2026-11-21 08:08:09", "datetime", datetime(2026, 11, 21, 8, 8, 9, tzinfo=UTC)),
        ("2026-11-21 08:08:09.123456", "datetime", datetime(2026, 11, 21, 8, 8, 9, 123_456, tzinfo=UTC)),
    ],
)
def test_a_field_loses_odoos_habits(value: object, kind: str, expected: object) -> None:
    assert (plain(value, kind), type(plain(value, kind))) == (expected, type(expected))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("one\n\ttwo\x00three\u202efour", "one two three four"),
        ("No such file: '/opt/odoo/addons/sale/models/sale_order.py' here", "No such file: '…' here"),
        (r"No such file: C:\odoo\server\odoo.conf", "No such file: …"),
        ("WH/IN/0001 and BILL/2026/11/0002 stay", "WH/IN/0001 and BILL/2026/11/0002 stay"),
        ("see https://erp.example/web/login", "see https://erp.example/web/login"),
        ("", ""),
    ],
)
def test_odoos_words_are_made_fit_for_people(message: str, shown: str) -> None:
    assert clean(message) == shown


@given(st.text(max_size=2 * LONGEST_MESSAGE))
def test_any_message_ends_as_one_bounded_printable_line(message: str) -> None:
    shown = clean(message)
    assert len(shown) <= LONGEST_MESSAGE
    assert shown.isprintable()
    assert clean(shown) == shown


@pytest.mark.parametrize("path", ["", "a..b", ".a", "a."])
def test_a_path_with_an_empty_segment_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        tree([path])


def test_a_field_on_the_way_to_a_required_one_is_required() -> None:
    root = tree(["partner_id.name"], optional=["partner_id.x_credit"])
    partner = root.fields["partner_id"]
    assert (partner.required, partner.fields["name"].required, partner.fields["x_credit"].required) == (
        True,
        True,
        False,
    )
