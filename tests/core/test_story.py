"""The story of a case: one line an entry, literal text, and nobody mentioned but by name of the entry."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.blocks import message_blocks
from bot.sandbox.slack.cards import texts
from bot.slack.cards import LONGEST_CARD
from bot.slack.story import LINES, Happened, is_told, reply
from tests.core.card_cases import TEXTS
from tests.factories import NOW


def happened(action: str, seq: int = 1, *, minutes_ago: float = 0, **detail: Any) -> Happened:
    """An entry."""
    return Happened(seq, action, NOW - timedelta(minutes=minutes_ago), detail)


def pieces(*told: Happened, people: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What stands in the one block of a reply."""
    notice, _ = reply(told, people or {}, NOW)
    [block] = message_blocks(json.loads(json.dumps(notice.blocks)))
    found: list[dict[str, Any]] = block["elements"][0]["elements"]
    return found


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (
            happened("case.approved", name="Ann", role="finance_lead", reason="Budget is there"),
            "Approved by Ann (finance lead). “Budget is there”",
        ),
        (happened("case.rejected", name="Ann", role="finance", reason=""), "Rejected by Ann (finance)."),
        (
            happened("case.revised", changed=[["Total", "1", "2"], ["Lines", "a", "b"]]),
            "Changed in Odoo: Total: 1 → 2; Lines: a → b. Earlier answers are void.",
        ),
        (happened("write_back.confirmed", ending="approved in Odoo"), "Confirmed in Odoo: approved in Odoo."),
        (happened("write_back.failed", problem="Odoo says: no."), "NOT written to Odoo: Odoo says: no."),
        (
            happened("card.undeliverable", channel="#a", problem="It is archived.", instead="#b"),
            "#a cannot be reached: It is archived. It is asked in #b instead.",
        ),
    ],
)
def test_an_entry_is_one_line(entry: Happened, line: str) -> None:
    assert [one["text"] for one in pieces(entry)] == [line]


def test_a_user_group_is_mentioned_by_its_id_and_a_person_by_what_slack_knows() -> None:
    told = happened("escalation.reminded", waiting="2h", mention=["S0BUYERS1", "ann@x.com", "nobody@x.com"])
    kinds = [one for one in pieces(told, people={"ann@x.com": "U0ANN"}) if one["type"] != "text"]
    assert kinds == [{"type": "usergroup", "usergroup_id": "S0BUYERS1"}, {"type": "user", "user_id": "U0ANN"}]
    assert reply([told], {"ann@x.com": "U0ANN"}, NOW)[0].text.endswith(" <!subteam^S0BUYERS1> <@U0ANN>")


def test_several_entries_are_one_reply_in_their_order() -> None:
    notice, until = reply(
        [happened("case.approved", 4, name="Ann", role="finance"), happened("write_back.confirmed", 6, ending="done")],
        {},
        NOW,
    )
    assert texts(notice.blocks) == ["Approved by Ann (finance).\n", "Confirmed in Odoo: done."]
    assert notice.text == "Approved by Ann (finance). Confirmed in Odoo: done."
    assert until == 6


def test_what_comes_late_says_when_it_was() -> None:
    [_, _, date] = pieces(happened("write_back.confirmed", minutes_ago=5, ending="done"))
    assert date["type"] == "date"


def test_only_whom_the_entry_names_is_mentioned() -> None:
    entry = happened("case.approved", name="<@U1>", role="finance", mention=["ann@example.com", "gone@example.com"])
    notice, _ = reply([entry], {"ann@example.com": "U2", "bob@example.com": "U3"}, NOW)
    users = [one["user_id"] for one in pieces(entry, people={"ann@example.com": "U2"}) if one["type"] == "user"]
    assert users == ["U2"]
    assert notice.text == "Approved by &lt;@U1&gt; (finance). <@U2>"


def test_a_long_story_is_told_in_parts() -> None:
    told = [happened("case.approved", number, name="Ann", reason="x" * 200) for number in range(1, 60)]
    until = 0
    replies = 0
    while told:
        notice, until = reply(told, {}, NOW)
        assert sum(map(len, texts(notice.blocks))) <= LONGEST_CARD
        told = [one for one in told if one.seq > until]
        replies += 1
    assert (until, replies > 1) == (59, True)


def test_what_concerns_one_person_alone_is_not_told() -> None:
    assert not is_told(happened("case.refused", name="Ann"))
    assert not is_told(happened("case.opened"))


@given(st.sampled_from(sorted(LINES)), st.dictionaries(st.sampled_from(["name", "reason", "problem", "ending"]), TEXTS))
def test_slack_takes_every_line_whatever_is_written_in_it(action: str, detail: dict[str, str]) -> None:
    entry = Happened(1, action, NOW, {**detail, "changed": [[text, text, text] for text in detail.values()]})
    assert {one["type"] for one in pieces(entry)} <= {"text"}
    notice, _ = reply([entry], {}, NOW)
    assert "<" not in notice.text
    assert len(notice.text) <= 400
