"""What is sent twice is done once: by what a request is known, and for how long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.replays import Replays, identity


def _modal(**changes: Any) -> dict[str, Any]:
    view = {"id": "V1", "hash": "1.a", "private_metadata": "1:1:x", "state": {"values": {"reason": "dear"}}}
    return {"type": "view_submission", "user": {"id": "U1"}, "view": view | changes}


_EVENT = {"type": "event_callback", "event_id": "Ev1", "event": {}}


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        (_EVENT, {**_EVENT, "event_time": 2}, True),
        (_EVENT, {**_EVENT, "event_id": "Ev2"}, False),
        (_modal(), {**_modal(), "trigger_id": "2"}, True),
        (_modal(), _modal(hash="2.b"), False),
        (_modal(), _modal(state={"values": {"reason": "too dear"}}), False),
        (_modal(), {**_modal(), "user": {"id": "U2"}}, False),
        (_modal(hash=""), _modal(hash=""), False),
        ({"type": "block_actions"}, {"type": "block_actions"}, False),
    ],
    ids=[
        "an event under another signature",
        "another event",
        "a modal sent off by hand again",
        "a modal that was drawn anew",
        "a modal with other words",
        "somebody else's modal",
        "a modal that Slack does not mark",
        "two clicks",
    ],
)
def test_a_request_is_known_again_by_what_slack_keeps_of_it(
    first: dict[str, Any], second: dict[str, Any], is_same: bool
) -> None:
    assert (identity(first, "one") == identity(second, "two")) == is_same
    assert identity(first, "one") == identity(first, "one")


async def test_whoever_asks_again_gets_the_same_answer_also_while_it_is_being_found() -> None:
    replays, answers, begun = Replays[int](lambda _: True), iter((1, 2)), asyncio.Event()

    async def work() -> int:
        begun.set()
        await asyncio.sleep(0)
        return next(answers)

    assert list(await asyncio.gather(replays.once("a", work), replays.once("a", work))) == [1, 1]
    assert (await replays.once("a", work), await replays.once("b", work)) == (1, 2)


async def test_a_failure_is_no_answer() -> None:
    replays = Replays[int](lambda answer: answer > 0)

    async def breaks() -> int:
        raise ValueError

    async def refuses() -> int:
        return 0

    async def works() -> int:
        return 1

    with pytest.raises(ValueError):  # noqa: PT011
        await replays.once("a", breaks)
    await asyncio.sleep(0)
    assert [await replays.once("a", refuses), await replays.once("a", works)] == [0, 1]
