"""Slack's pace: who is told "later", who waits for it, and in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import TransientError
from bot.slack.pacing import Pacing
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
