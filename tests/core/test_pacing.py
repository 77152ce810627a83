"""Slack's pace: who is told "later", who waits for it, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.effects import EffectKind
from bot.errors import TransientError
from bot.slack.pacing import APART, Pace, Pacing, Queue, buckets, spread, turn
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
    assert [wait(pacing) for _ in range(3)] == [pytest.approx(30 + n * APART.total_seconds()) for n in (1, 2, 3)]


def test_everybody_may_go_once_the_time_has_passed(pacing: Pacing) -> None:
    assert wait(pacing, 29.9) is not None
    assert wait(pacing, 30) is None


def test_another_channel_and_another_method_do_not_wait(pacing: Pacing) -> None:
    assert wait(pacing, channel="#sales") is None
    assert wait(pacing, method="chat.update") is None


def test_a_shorter_word_does_not_shorten_a_longer_one(pacing: Pacing) -> None:
    pacing.shut(POST, "#finance", now=NOW, seconds=1)
    assert wait(pacing, 2) == pytest.approx(28 + APART.total_seconds())


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


A_MINUTE = timedelta(minutes=1)

#: (when it is owed, kind, target, key)
Owed = tuple[datetime, EffectKind, str, str]


def played(owed: Sequence[Owed]) -> list[tuple[datetime, Owed]]:
    """When each effect goes, with the relay looking every tenth of a second, as the outbox has it."""
    due = {number: one[0] for number, one in enumerate(owed)}
    free_at: Mapping[str, datetime] = {}
    gone: list[tuple[datetime, Owed]] = []
    now = NOW
    while due:
        ready = sorted((at, number) for number, at in due.items() if at <= now)[:50]
        ready.sort(key=lambda one: turn(owed[one[1]][1], now - owed[one[1]][0]))
        asked = [owed[number] for _, number in ready]
        answers, free_at = spread([buckets(kind, target, key) for _, kind, target, key in asked], free_at, now)
        for (_, number), then in zip(ready, answers, strict=True):
            if then is None:
                gone.append((now, owed[number]))
                del due[number]
            else:
                due[number] = then
        now += timedelta(seconds=0.1)
    return gone


def most_in_a_minute(times: Sequence[datetime]) -> int:
    return max(sum(one <= other < one + A_MINUTE for other in times) for one in times)


def test_three_hundred_events_for_one_channel_in_a_minute_all_arrive_at_slacks_pace() -> None:
    storm = [(NOW + n * A_MINUTE / 300, EffectKind.POST_CARD, "#dock", f"{n}") for n in range(300)]
    gone = played(storm)
    times = [at for at, _ in gone]
    assert {key for _, (*_, key) in gone} == {f"{n}" for n in range(300)}
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(times))
    assert times[-1] - NOW < 300 * 1.1 * timedelta(seconds=1.05)


@pytest.mark.parametrize("channels", [1, 4, 20])
def test_posts_of_all_channels_together_keep_the_workspaces_limit(channels: int) -> None:
    storm = [(NOW, EffectKind.POST_CARD, f"#{n % channels}", f"{n}") for n in range(600)]
    assert most_in_a_minute([at for at, _ in played(storm)]) <= 300


def test_two_hundred_cases_decided_in_ten_minutes_are_told_truly_within_a_minute_of_the_last_click() -> None:
    """Each card is drawn when Odoo has confirmed, and its thread is told; every fourth hangs in two channels."""
    clicks = [NOW + n * timedelta(minutes=10) / 200 for n in range(200)]
    edits = [(at, EffectKind.UPDATE_CARD, "#a", f"#a:{n}") for n, at in enumerate(clicks)]
    copies = [(at, EffectKind.UPDATE_CARD, "#b", f"#b:{n}") for n, at in enumerate(clicks) if n % 4 == 0]
    stories = [(at, EffectKind.TELL_STORY, "#a", f"#a:{n}") for n, at in enumerate(clicks)]
    gone = played(sorted((*edits, *copies, *stories), key=lambda one: one[0]))
    drawn = [at for at, (_, kind, _, _) in gone if kind is EffectKind.UPDATE_CARD]
    assert len(gone) == 450
    assert most_in_a_minute(drawn) <= 50
    assert drawn[-1] - clicks[-1] < A_MINUTE


def test_a_new_card_does_not_wait_for_the_replies_of_its_channel_nor_they_for_ever() -> None:
    """Thirty replies are owed, and a new card comes every three seconds: in a minute's time the replies take turns."""
    replies = [(NOW, EffectKind.TELL_STORY, "#dock", f"{n}") for n in range(30)]
    cards = [(NOW + n * timedelta(seconds=3), EffectKind.POST_CARD, "#dock", f"card {n}") for n in range(15)]
    gone = played([*replies, *cards])
    waited = [at - owed for at, (owed, kind, _, _) in gone if kind is EffectKind.POST_CARD]
    assert max(waited) <= timedelta(seconds=2.2)
    assert len(gone) == 45
    storm = [(NOW + n * APART, EffectKind.POST_CARD, "#dock", f"card {n}") for n in range(180)]
    last = [at for at, (_, kind, _, _) in played([*replies[:10], *storm]) if kind is EffectKind.TELL_STORY][-1]
    assert last - NOW < timedelta(minutes=2)


def test_the_last_of_a_storm_does_not_wait_for_those_that_come_after_it() -> None:
    """New edits come for ever at the rate at which they go: the first twenty are through all the same."""
    first = [(NOW, EffectKind.UPDATE_CARD, "#a", f"{n}") for n in range(45)]
    later = [(NOW + n * timedelta(seconds=4 / 3), EffectKind.UPDATE_CARD, "#a", f"later {n}") for n in range(200)]
    gone = {key: at for at, (*_, key) in played([*first, *later])}
    assert max(gone[f"{n}"] for n in range(45)) - NOW < 3 * A_MINUTE


def test_a_file_that_is_fetched_takes_no_message_away() -> None:
    assert buckets(EffectKind.FETCH_FILE, "F1", "k") == {}


@pytest.mark.parametrize(
    ("waiting", "delay_s"),
    [
        (Queue({}, 0), 0),
        (Queue({"#a": 100, "#b": 3}, 0), 105),
        (Queue({f"#{n}": 20 for n in range(30)}, 0), 132),
        (Queue({"#a": 1}, 45), 60),
    ],
)
def test_the_expected_delay_is_that_of_the_fullest_bucket(waiting: Queue, delay_s: float) -> None:
    assert waiting.delay.total_seconds() == pytest.approx(delay_s)
