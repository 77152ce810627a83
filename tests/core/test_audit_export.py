"""The spreadsheet form of the trail: whole, readable again, and nothing in it computes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit.chain import GENESIS, Entry, seal
from bot.audit.export import Form, defused, heading, writer
from tests.factories import NOW
from tests.strategies import entries


def rows(*some: Entry) -> list[dict[str, str]]:
    sealed = [seal(one, seq=number, previous=GENESIS, salt="s") for number, one in enumerate(some, start=1)]
    text = heading(Form.CSV) + "".join(map(writer(Form.CSV), sealed))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_decision_is_read_in_columns() -> None:
    detail = {"name": "Ann", "role": "finance", "reason": 'too dear,\nask "Globex"', "record": "PO7", "value": "9 USD"}
    (row,) = rows(Entry("case.rejected", "slack:T1:UANN", NOW, 7, "slack", 2, "f", "c", detail))
    wanted = {"seq": "1", "action": "case.rejected", "actor": "slack:T1:UANN", "case": "7", "revision": "2", **detail}
    assert {name: row[name] for name in wanted} == wanted


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r", "\n=", " =", "＝", "  @"])  # noqa: RUF001
def test_what_a_spreadsheet_would_compute_is_text(begin: str) -> None:
    evil = f"{begin}HYPERLINK(1)"
    (row,) = rows(Entry("case.rejected", evil, NOW, detail={"reason": evil, "name": evil}))
    assert [row[name] for name in ("actor", "reason", "name")] == [f"'{evil}"] * 3


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (-3, "-3"), (0, "0"), ("a=1", "a=1"), ("", "")])
def test_what_computes_nothing_stays_as_it_is(value: object, cell: str) -> None:
    assert defused(value) == cell


@given(st.lists(entries(), max_size=3))
def test_no_cell_of_any_trail_begins_a_formula(some: list[Entry]) -> None:
    found = rows(*some)
    assert len(found) == len(some)
    for row in found:
        begins = [cell.lstrip(" ")[:1] for cell in row.values()]
        assert not set(begins) & {"=", "+", "-", "@", "\t", "\r", "\n"}
