"""Slack's pace: who is told "later", who waits for it, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.effects import EffectKind
from bot.errors import TransientError
from bot.slack.pacing import APART, Pace, Pacing, buckets, spread
from tests.factories import NOW

POST = "chat.postMessage"


def wait(pacing: Pacing, after_s: float = 0, *, method: str = POST, channel: str = "#finance") -> float | None:
    """The seconds that somebody has to wait who comes ``after_s`` after NOW; None who may go."""
    try:
        pacing.enter(method, channel, NOW + timedelta(seconds=after_s))
    except TransientError as error:
        return error.retry_after
    return None


@pytest.fixture
def pacing() -> Pacing:
    """Slack has just said "in 30 seconds" to a post into #finance."""
    pacing = Pacing()
    pacing.shut(POST, "#finance", now=NOW, seconds=30)
    return pacing


def test_nobody_waits_before_slack_has_said_so() -> None:
    assert wait(Pacing()) is None


def test_those_who_wait_are_given_places_a_second_apart(pacing: Pacing) -> None:
    assert [wait(pacing) for _ in range(3)] == [31, 32, 33]


def test_everybody_may_go_once_the_time_has_passed(pacing: Pacing) -> None:
    assert wait(pacing, 29.9) is not None
    assert wait(pacing, 30) is None


def test_another_channel_and_another_method_do_not_wait(pacing: Pacing) -> None:
    assert wait(pacing, channel="#sales") is None
    assert wait(pacing, method="chat.update") is None


def test_a_shorter_word_does_not_shorten_a_longer_one(pacing: Pacing) -> None:
    pacing.shut(POST, "#finance", now=NOW, seconds=1)
    assert wait(pacing, 2) == pytest.approx(29)


def test_a_second_later_closes_it_again(pacing: Pacing) -> None:
    pacing.shut(POST, "#finance", now=NOW + timedelta(seconds=31), seconds=10)
    assert wait(pacing, 35) is not None
    assert wait(pacing, 41) is None


def wanted(*names: str) -> list[dict[str, Pace]]:
    """One effect for each name, each from the bucket of that name."""
    return [{name: Pace(APART)} for name in names]


def test_one_goes_now_and_the_others_get_places_a_second_apart() -> None:
    answers, filled = spread(wanted("a", "a", "a"), {}, NOW)
    assert answers == [None, NOW + APART, NOW + 2 * APART]
    assert filled == {"a": NOW + APART}


def test_channels_do_not_wait_for_each_other() -> None:
    assert spread(wanted("a", "b", "a"), {}, NOW)[0] == [None, None, NOW + APART]


def test_after_a_rest_a_burst_goes_at_once() -> None:
    burst = [{"edits": Pace(APART, 3)} for _ in range(5)]
    assert spread(burst, {}, NOW)[0] == [None, None, None, NOW + APART, NOW + 2 * APART]
    assert spread(burst, {"edits": NOW - timedelta(hours=1)}, NOW)[0][:3] == [None] * 3


def test_a_filled_bucket_holds_back_until_it_has_room() -> None:
    assert spread(wanted("a"), {"a": NOW + 7 * APART}, NOW)[0] == [NOW + 7 * APART]


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=120).map(sorted))
def test_in_any_minute_no_more_edits_go_than_slack_takes(arrivals: list[int]) -> None:
    """Whatever comes when: fifty a minute."""
    free_at: Mapping[str, datetime] = {}
    gone: list[datetime] = []
    for tenth in arrivals:
        at = NOW + timedelta(seconds=tenth / 10)
        answers, free_at = spread([buckets(EffectKind.UPDATE_CARD, "#a", f"{len(gone)}")], free_at, at)
        gone += [at for one in answers if one is None]
    assert max(sum(one <= other < one + timedelta(minutes=1) for other in gone) for one in gone) <= 50
