"""What Slack refuses in blocks and views, finding by finding, with the JSON pointer it names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.blocks import message_blocks
from bot.sandbox.slack.errors import SlackRefusal
from bot.sandbox.slack.modals import checked_view
from tests.contracts.pretend_slack.examples import Block, a_card, a_modal, actions, button, section


def plain(text: str) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def select(**more: Any) -> Block:
    """A static select of one option."""
    return {"type": "static_select", "action_id": "why", "options": [{"text": plain("One"), "value": "1"}]} | more


CONFIRM = {"title": plain("Sure?"), "text": plain("It goes to Odoo."), "confirm": plain("Yes"), "deny": plain("No")}

GOOD: dict[str, list[Block]] = {
    "a card": a_card(),
    "header at its limit": [{"type": "header", "text": plain("x" * 150)}],
    "fields": [{"type": "section", "fields": [plain("a"), {"type": "mrkdwn", "text": "*b*", "verbatim": True}]}],
    "accessory": [section() | {"accessory": select()}],
    "context": [{"type": "context", "elements": [plain("a"), {"type": "mrkdwn", "text": "b"}]}],
    "divider": [{"type": "divider"}],
    "image": [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart"}],
    "confirm dialog": [actions(button(confirm=CONFIRM, style="danger", value="7:1"))],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"bold": True}}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "b"}], "border": 0},
            ],
        }
    ],
    "the same action id in two blocks": [actions(block_id="a"), actions(block_id="b")],
}


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD)
def test_blocks_slack_draws_are_accepted_and_get_ids(blocks: list[Block]) -> None:
    assert all(block["block_id"] for block in message_blocks(blocks))


BAD: dict[str, tuple[list[Any], str]] = {
    "not an object": (["text"], "must provide an object [json-pointer:/blocks/0]"),
    "unknown type": ([{"type": "marquee"}], "unsupported type: marquee [json-pointer:/blocks/0/type]"),
    "empty text": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "long section": ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    "long header": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "mrkdwn header": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "must be a valid enum value: plain_text [json-pointer:/blocks/0/text/type]",
    ),
    "unknown key": ([section() | {"colour": "red"}], "invalid additional property: colour [json-pointer:/blocks/0]"),
    "empty section": ([{"type": "section"}], "must provide either text or fields [json-pointer:/blocks/0]"),
    "long field": (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "eleven fields": (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "eleven context elements": (
        [{"type": "context", "elements": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "26 buttons": (
        [actions(*(button(action_id=f"b{n}") for n in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "no buttons": (
        [{"type": "actions", "elements": []}],
        "must have at least 1 item [json-pointer:/blocks/0/elements]",
    ),
    "long button": (
        [actions(button("x" * 76))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "long value": (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "unknown style": (
        [actions(button(style="success"))],
        "must be a valid enum value: danger, primary [json-pointer:/blocks/0/elements/0/style]",
    ),
    "script address": (
        [actions(button(url="javascript:alert(1)"))],
        "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
    ),
    "long confirm": (
        [actions(button(confirm=CONFIRM | {"confirm": plain("x" * 31)}))],
        "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]",
    ),
    "101 options": (
        [section() | {"accessory": select(options=select()["options"] * 101)}],
        "no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    "options and groups": (
        [section() | {"accessory": select(option_groups=[{"label": plain("a"), "options": select()["options"]}])}],
        "must provide either options or option_groups [json-pointer:/blocks/0/accessory]",
    ),
    "no alt text": (
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    "the same block id twice": (
        [actions(), actions()],
        "block_id 'case' already exists [json-pointer:/blocks/1/block_id]",
    ),
    "the same action id twice": (
        [actions(button(), button())],
        "action_id already exists in this block [json-pointer:/blocks/0]",
    ),
    "long block id": (
        [section() | {"block_id": "x" * 256}],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    "alert outside a modal": ([{"type": "alert"}], "unsupported type: alert [json-pointer:/blocks/0/type]"),
}


@pytest.mark.parametrize(("blocks", "finding"), BAD.values(), ids=BAD)
def test_blocks_slack_refuses_are_refused_with_a_pointer(blocks: list[Any], finding: str) -> None:
    with pytest.raises(SlackRefusal) as refused:
        message_blocks(blocks)
    assert (refused.value.code, refused.value.messages) == ("invalid_blocks", (f"[ERROR] {finding}",))


BAD_VIEWS: dict[str, tuple[Block, str]] = {
    "long title": (a_modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "long metadata": (
        a_modal(private_metadata="x" * 3001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    "101 blocks": (a_modal(blocks=[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    "a home tab": ({"type": "home", "blocks": []}, "unsupported type: home [json-pointer:/view/type]"),
    "input without submit": (
        {key: value for key, value in a_modal().items() if key != "submit"},
        "missing required field: submit (the view has an input block) [json-pointer:/view]",
    ),
}


@pytest.mark.parametrize(("view", "finding"), BAD_VIEWS.values(), ids=BAD_VIEWS)
def test_modals_slack_refuses_are_refused_with_a_pointer(view: Block, finding: str) -> None:
    with pytest.raises(SlackRefusal) as refused:
        checked_view(view, "modal")
    assert (refused.value.code, refused.value.messages) == ("invalid_arguments", (f"[ERROR] {finding}",))


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    with pytest.raises(SlackRefusal, match="view_too_large"):
        checked_view(a_modal(blocks=[section("x" * 2900)] * 95), "modal")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "fields", "accessory", "block_id", "options", "element"]),
            inner | st.sampled_from(["section", "actions", "context", "button", "plain_text", "input", "rich_text"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=json_values)
def test_whatever_an_app_sends_is_accepted_or_refused_in_slacks_words(value: Any) -> None:
    """No shape of JSON makes the check itself fall over."""
    codes = set()
    try:
        accepted = message_blocks(value)
    except SlackRefusal as refused:
        codes.add(refused.code)
    else:
        assert all(isinstance(block["block_id"], str) for block in accepted)
    assert codes <= {"invalid_blocks", "msg_blocks_too_long"}
