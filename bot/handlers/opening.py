"""The way of every button that opens a modal: the case of its card, and a dialog, or why there is none.

No rule is here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.cases.answers import Refusal
from bot.cases.commands import Consider, Wanted
from bot.cases.model import Person
from bot.errors import PermanentError
from bot.handlers import payloads, replies
from bot.handlers.counter import Counter
from bot.handlers.payloads import Click
from bot.slack.board import Shown
from bot.slack.modals import View


async def ask(
    counter: Counter,
    ack: AsyncAck,
    body: dict[str, Any],
    *,
    likely: Callable[[Click, Person], Wanted],
    view: Callable[[Click, Shown, Person], View],
) -> None:
    """Open the ``view`` of a button that leads to a modal, unless ``likely`` would not be taken whatever is typed."""
    found = await shown_by(counter, ack, body)
    if found is None:
        return
    click, shown = found
    person = await counter.person(click.whom)
    await offer(counter, ack, click, shown, likely=likely(click, person), view=lambda: view(click, shown, person))


async def offer(
    counter: Counter, ack: AsyncAck, click: Click, shown: Shown, *, likely: Wanted, view: Callable[[], View]
) -> None:
    """The same, once the case and the person are known."""
    refused = await counter.execute(Consider(likely))
    await ack()
    if isinstance(refused, Refusal):
        sentence = refused.sentence
    else:
        sentence = await opened(counter, click.trigger_id, view())
    await counter.tell(click.whom, sentence)
    await counter.adopt(click, shown)


async def shown_by(counter: Counter, ack: AsyncAck, body: dict[str, Any]) -> tuple[Click, Shown] | None:
    """The click and the case of its card; None where there are none, which the person has been told then."""
    click = payloads.click(body)
    shown = await counter.board.look(click.case_id) if click is not None else None
    if click is None or shown is None:
        await not_understood(counter, ack, body)
        return None
    return click, shown


async def not_understood(counter: Counter, ack: AsyncAck, body: dict[str, Any]) -> None:
    """A button of another time, or no click at all."""
    await ack()
    who = payloads.whom(body)
    if who is not None:
        await counter.tell(who, replies.NOT_UNDERSTOOD)


async def opened(counter: Counter, trigger_id: str, view: View) -> str:
    """Open a modal; the sentence for the person where Slack would not any more, else nothing.

    It keeps nothing, so whoever calls acknowledges first: Slack may take longer for it than a click can wait.
    """
    try:
        await counter.gateway.open_modal(trigger_id, view)
    except PermanentError:
        return replies.NOT_OPENED
    return ""
