"""Views through the Web API: stacking, updating, hashes and ids; and the elements people fill in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import PretendSlack, View
from bot.sandbox.slack.gestures import Raw, entered, initial, objection
from tests.contracts.pretend_slack.examples import Block, a_card, a_modal

Payload = dict[str, Any]
SUP = "sup1@example.com"


def plain(text: str) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def option(value: str) -> Block:
    """A choice whose words are its value in capitals."""
    return {"text": plain(value.upper()), "value": value}


OPTIONS = [option("a"), option("b")]


async def trigger(slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]) -> str:
    """A fresh trigger id, from a click on a card."""
    channel = slack.channel("chi-floor")
    await client.chat_postMessage(channel=channel.id, text="Olive oil", blocks=a_card())
    await slack.click(channel.card(), "Approve", by=SUP)
    return str(heard[-1]["trigger_id"])


async def opened(slack: PretendSlack, client: AsyncWebClient, heard: list[Payload], **modal: Any) -> View:
    """A modal that the person has open, with a button inside."""
    blocks = [*a_modal()["blocks"], *a_card()]
    await client.views_open(trigger_id=await trigger(slack, client, heard), view=a_modal(blocks=blocks, **modal))
    view = slack.modal(of=SUP)
    assert view is not None
    return view


async def test_a_modal_stacks_three_high(slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]) -> None:
    top = await opened(slack, client, heard)
    blocks = top.blocks
    for _ in range(2):
        await slack.click(top, "Approve", by=SUP)
        pushed = await client.views_push(trigger_id=heard[-1]["trigger_id"], view=a_modal(blocks=blocks))
        assert (pushed["view"]["root_view_id"], pushed["view"]["previous_view_id"]) == (top.root_id, top.id)
        top = slack.workspace.modals.views[pushed["view"]["id"]]
    await slack.click(top, "Approve", by=SUP)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=heard[-1]["trigger_id"], view=a_modal())


async def test_only_a_click_inside_a_modal_can_push(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_push(trigger_id=await trigger(slack, client, heard), view=a_modal())


async def test_a_refused_view_leaves_the_trigger_unused(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    given = await trigger(slack, client, heard)
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_open(trigger_id=given, view=a_modal(title=plain("x" * 25)))
    await client.views_open(trigger_id=given, view=a_modal())


async def test_a_view_is_updated_by_either_id_and_refuses_an_old_hash(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    view = await opened(slack, client, heard, external_id="case-7")
    first = view.hash
    await client.views_update(view_id=view.id, hash=first, view=a_modal(title=plain("Second"), external_id="case-7"))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view.id, hash=first, view=a_modal())
    await client.views_update(external_id="case-7", view=a_modal(title=plain("Third")))
    assert view.title == "Third"


async def test_a_closed_view_cannot_be_updated(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    view = await opened(slack, client, heard)
    await slack.close(view, by=SUP)
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id=view.id, view=a_modal())


async def test_an_external_id_is_given_once(slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]) -> None:
    await opened(slack, client, heard, external_id="case-7")
    given = await trigger(slack, client, heard)
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await client.views_open(trigger_id=given, view=a_modal(external_id="case-7"))


async def test_a_click_is_accepted_by_the_app_after_the_clock_was_moved(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    """Signatures carry the real time: the app's verifier knows no other."""
    slack.clock.advance(timedelta(days=2))
    await trigger(slack, client, heard)
    assert len(heard) == 1


def element(kind: str, **more: Any) -> Block:
    """An element of one kind."""
    return {"type": kind, "action_id": "it"} | more


@pytest.mark.parametrize(
    ("given", "raw", "entry"),
    [
        (element("plain_text_input"), "why", {"value": "why"}),
        (element("plain_text_input"), "", {"value": None}),
        (element("static_select", options=OPTIONS), "a", {"selected_option": OPTIONS[0]}),
        (element("radio_buttons", options=OPTIONS), "B", {"selected_option": OPTIONS[1]}),
        (element("checkboxes", options=OPTIONS), ["a", "b"], {"selected_options": OPTIONS}),
        (
            element("multi_static_select", option_groups=[{"label": plain("g"), "options": OPTIONS}]),
            "b",
            {"selected_options": OPTIONS[1:]},
        ),
        (element("overflow", options=OPTIONS), "a", {"selected_option": OPTIONS[0]}),
        (element("users_select"), "U1", {"selected_user": "U1"}),
        (element("datepicker"), "2026-11-21", {"selected_date": "2026-11-21"}),
        (element("timepicker"), "06:30", {"selected_time": "06:30"}),
        (element("datetimepicker"), "1795255200", {"selected_date_time": 1795255200}),
    ],
)
def test_a_gesture_becomes_the_entry_slack_sends(given: Block, raw: Raw, entry: Payload) -> None:
    assert entered(given, raw) == {"type": given["type"]} | entry


def test_an_option_that_is_not_offered_cannot_be_chosen() -> None:
    with pytest.raises(ValueError, match="no option is called 'c'"):
        entered(element("static_select", options=OPTIONS), "c")


@pytest.mark.parametrize(
    ("given", "entry"),
    [
        (element("plain_text_input", initial_value="x"), {"value": "x"}),
        (element("static_select", options=OPTIONS, initial_option=OPTIONS[0]), {"selected_option": OPTIONS[0]}),
        (element("checkboxes", options=OPTIONS), {"selected_options": []}),
        (element("users_select", initial_user="U1"), {"selected_user": "U1"}),
        (element("datepicker", initial_date="2026-11-21"), {"selected_date": "2026-11-21"}),
        (element("datetimepicker"), {"selected_date_time": None}),
    ],
)
def test_an_untouched_input_sends_its_initial_value(given: Block, entry: Payload) -> None:
    assert initial(given) == {"type": given["type"]} | entry


NUMBER = element("number_input", is_decimal_allowed=False, min_value="1", max_value="10")


@pytest.mark.parametrize(
    ("given", "value", "words"),
    [
        (element("plain_text_input"), "", "Please complete this required field."),
        (element("plain_text_input", min_length=3), "ab", "Enter at least 3 characters."),
        (element("plain_text_input", max_length=2), "abc", "Enter at most 2 characters."),
        (element("plain_text_input"), "fine", ""),
        (NUMBER, "ten", "Enter a number."),
        (NUMBER, "1.5", "Enter a whole number."),
        (NUMBER, "0", "Enter a number of at least 1."),
        (NUMBER, "11", "Enter a number of at most 10."),
        (NUMBER, "7", ""),
    ],
)
def test_slacks_client_objects_before_it_sends(given: Block, value: str, words: str) -> None:
    assert objection({"type": "input", "element": given}, entered(given, value)) == words
    if not value:
        assert objection({"type": "input", "element": given, "optional": True}, entered(given, value)) == ""
