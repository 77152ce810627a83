"""Lines for one person: everything literal, nothing refused for its length, and what is left out is counted."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.blocks import message_blocks
from bot.sandbox.slack.cards import texts
from bot.slack.cards import LONGEST_CARD
from bot.slack.notice import literally, notice
from tests.core.card_cases import TEXTS


def test_lines_stand_below_their_title() -> None:
    told = notice(["first", "", "second"], title="Two things")
    assert texts(told.blocks) == ["Two things", "first\n\nsecond"]
    assert told.text == "Two things\nfirst\nsecond"


@given(st.lists(TEXTS, max_size=60), TEXTS)
def test_slack_takes_a_notice_whatever_its_lines_hold(lines: list[str], title: str) -> None:
    told = notice(lines or ["–"], title=title)
    blocks = message_blocks(json.loads(json.dumps(told.blocks)))
    assert sum(len(text) for text in texts(blocks)) <= LONGEST_CARD + 150
    assert len(told.text) <= 4000
    assert "<" not in told.text


def test_what_does_not_fit_is_counted() -> None:
    told = notice([f"line {number} {'x' * 380}" for number in range(60)])
    body = texts(told.blocks)
    shown = sum(text.count("line ") for text in body)
    assert body[-1].endswith(f"… and {60 - shown} lines more")


def test_a_sentence_keeps_its_line_breaks_and_mentions_nobody() -> None:
    told = literally("one\ntwo <!channel>")
    assert texts(told.blocks) == ["one\ntwo <!channel>"]
    assert told.text == "one two &lt;!channel&gt;"
