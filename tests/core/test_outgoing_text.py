"""Promise P12 for everything that goes out, and not for cards alone: hostile text stays text.

One law over every kind of message and view: markup is of our own making, no control or direction marks, no word that
could ping, link, format or turn into a picture, and private_metadata holds a pointer and nothing else.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases.bulk import Batch
from bot.cases.model import Case
from bot.sandbox.slack.blocks import message_blocks
from bot.sandbox.slack.modals import checked_view
from bot.slack import bulk
from bot.slack.buttons import Action
from bot.slack.cards import Card, render
from bot.slack.config_news import config_news
from bot.slack.delegation_modal import ask_whom
from bot.slack.file_modal import ask_files
from bot.slack.modals import ask_reason, not_done
from bot.slack.notice import Notice, literally, notice
from bot.slack.story import LINES, Happened, is_told, reply
from tests.core.card_cases import FINANCE, TEXTS, cases
from tests.factories import NOW, usd

HOSTILE = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: Dates, and the people whom an entry names: the only markup that we write.
_OURS = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[\d :-]+UTC>|<@U0KNOWN>")
_POINTER = re.compile(r"(?:\d+:\d+:[0-9a-f]{10}(?::C1)?|C1)?")
_LONGEST = 4000  #: characters of a message's own text that an edit takes


def texts(value: object) -> Iterator[Mapping[str, Any]]:
    """Every text object and text element in blocks or a view."""
    if isinstance(value, Mapping):
        if value.get("type") in {"plain_text", "mrkdwn", "text"}:
            yield value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def assert_inert(markup: str) -> None:
    """Markup with nothing in it but ours."""
    rest = _OURS.sub("", markup)
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", rest), rest
    literal = html.unescape(rest)
    assert not re.search(r"(?:^|[\W_])[*_~`](?=\S)", literal), literal
    assert not re.search(r":[a-z_]+:", literal), literal


def assert_harmless(blocks: object) -> None:
    """Blocks or a view in which no text does anything."""
    for one in texts(blocks):
        assert one["type"] != "mrkdwn" or one["verbatim"] is True
        if one["type"] == "mrkdwn":
            assert_inert(str(one["text"]))
        marks = {char for char in str(one["text"]) if unicodedata.category(char) in {"Cc", "Cs", "Co"}}
        assert marks <= {"\n"}
        assert not set(str(one["text"])) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")


def assert_safe_message(told: Card | Notice) -> None:
    """A message as Slack takes it."""
    message_blocks(json.loads(json.dumps(told.blocks)))
    assert_harmless(told.blocks)
    assert 0 < len(told.text) <= _LONGEST
    for line in told.text.split("\n"):
        assert_inert(line)


def assert_safe_view(view: Mapping[str, Any]) -> None:
    """A modal as Slack takes it."""
    checked_view(json.loads(json.dumps(view)), "modal")
    assert_harmless(view)
    assert _POINTER.fullmatch(view.get("private_metadata", ""))


@given(cases(), st.sampled_from((FINANCE, "@mia@example.com")), TEXTS)
@HOSTILE
def test_cards_in_channels_and_direct_messages(case: Case, channel: str, late: str) -> None:
    assert_safe_message(render(case, channel, late=late))


@pytest.mark.parametrize(
    "action", [Action.APPROVE, Action.REJECT, Action.ASK, Action.ANSWER, Action.COMMENT, Action.BREAK_GLASS]
)
@given(case=cases())
@HOSTILE
def test_modals(action: Action, case: Case) -> None:
    assert_safe_view(ask_reason(case, action, "C1"))


@given(cases(), TEXTS)
@HOSTILE
def test_the_other_modals(case: Case, text: str) -> None:
    assert_safe_view(ask_whom(case))
    assert_safe_view(ask_files(case, "C1"))
    assert_safe_view(not_done(text))
    valued = replace(case, revision=replace(case.revision, event=replace(case.event, value=usd("100"))))
    assert_safe_view(bulk.choose(Batch(text, text, usd("1000"), (valued, valued)), "C1"))
    assert_safe_view(bulk.result([text, text], approved=1, asked=2))


@pytest.mark.parametrize("action", LINES)
@given(text=TEXTS, other=TEXTS)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_story_of_a_case(action: str, text: str, other: str) -> None:
    names = ("name", "reason", "text", "problem", "ending", "channel", "instead", "file", "rule", "holder", "code")
    people = {"mention": ["ann@example.com", f"{text}@example.com"], "changed": [[text, other, text]]}
    detail = {**dict.fromkeys(names, text), "role": other, "roles": [other], "asked_now": [text, other], **people}
    entry = Happened(1, action, NOW, detail)
    if is_told(entry):
        assert_safe_message(reply([entry], {"ann@example.com": "U0KNOWN"}, NOW)[0])


@given(st.lists(TEXTS, min_size=1, max_size=40), TEXTS)
@HOSTILE
def test_answers_to_one_person_and_news_for_admins(lines: list[str], text: str) -> None:
    assert_safe_message(notice([*lines, "."], title=text))
    assert_safe_message(literally(text))
    assert_safe_message(config_news({"digest": "a" * 64, "problems": lines}, is_refused=True))
    assert_safe_message(config_news({"digest": "a" * 64, "changed": lines, "git": text}, is_refused=False))


@given(TEXTS)
@HOSTILE
def test_no_entity_is_cut_in_two_at_the_end_of_a_sentence(text: str) -> None:
    told = literally("&" * 1400 + text).text
    assert html.escape(html.unescape(told), quote=False) == told
    assert len(told) > 1000
