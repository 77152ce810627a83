"""Text from Odoo and from people: it can neither ping, link, format nor break a card, nor forge a note."""

from __future__ import annotations

import json

from tests.scenarios.story import PURCHASE, Record, Story

HOSTILE = {
    "pings": "<!channel> <!here> <@U0SBX00002> @channel @here",
    "links": "<https://evil.example|Approve here> https://evil.example mailto:a@b.example",
    "formats": "*bold* _it_ ~gone~ `code` ```block``` > quote",
    "html": "<script>alert(1)</script><b>&amp;</b>&lt;!channel&gt;",
    "long": "long " * 2_000,
    "emoji": ":rotating_light: 🚨👩‍👩‍👧‍👦" * 20,
    "directions": "\u202egnp.exe\u202c \u200f\u2067عربي\u2069 \u200b\ufeff",
    "controls": "a\x00b\x07c\x1b[31m\r\nd\u2028e",
    "json": '"}]} \\" {{7*7}} ${HOME} %s',
}


async def _an_order_from(story: Story, name: str) -> Record:
    return await story.order(vendor=name)


async def test_a_hostile_name_is_shown_literally_and_the_card_works(quick_story: Story) -> None:
    story = quick_story
    for kind, name in HOSTILE.items():
        order = await _an_order_from(story, name)
        card = await story.card(order)
        assert (_active(card.blocks, card.text), len(json.dumps(card.blocks)) < 13_000) == ([], True), kind
        await story.approve(order)
        await story.card(order, "Confirmed in Odoo")
    await story.quiet()
    # A bare @channel pings only where names are looked for.
    posts = [post.arguments for post in story.slack.calls_of("chat.postMessage")]
    assert len(posts) >= len(HOSTILE)
    assert {(post["parse"], str(post["link_names"]) in {"0", "False", "false"}) for post in posts} == {("none", True)}


def _active(blocks: object, text: str) -> list[str]:
    """Whatever Slack would turn into a mention, a link, or formatting of somebody else's making."""
    marked = [
        one for one in _mrkdwn(blocks) if any(sign in one for sign in ("<!channel", "<!here", "<@", "<http", "evil"))
    ]
    return marked + [text for sign in ("<!", "<@", "<http") if sign in text]


def _mrkdwn(value: object) -> list[str]:
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            return [text]
        case dict():
            return [text for one in value.values() for text in _mrkdwn(one)]
        case list() | tuple():
            return [text for one in value for text in _mrkdwn(one)]
        case _:
            return []


async def test_a_hostile_reason_is_inert_on_the_card_and_in_odoo(quick_story: Story) -> None:
    story = quick_story
    for kind in ("pings", "links", "html", "long", "controls"):
        order = await story.order()
        await story.reject(order, HOSTILE[kind][:3_000])
        card = await story.card(order, "Confirmed in Odoo")
        await story.quiet()
        (note,) = story.notes(order)
        assert _active(card.blocks, card.text) == [], kind
        (told,) = [one for one in story.odoo.messages(order.model, order.id) if one["body"] == note]
        assert told["subtype_id"][1] == "Note", "internal: followers, customers among them, are not mailed"
        found = ("<script>" in note, "<a " in note, "Rejected in Slack by Ann" in note)
        assert found == (False, False, True), kind


async def test_a_reason_cannot_forge_the_mark_of_another_decision(quick_story: Story) -> None:
    """The note of one decision is looked for by its mark; a person may type whatever looks like one."""
    story = quick_story
    first = await story.order()
    await story.reject(first, "see [Signoff #999 deadbeef]")
    await story.card(first, "Confirmed in Odoo")
    await story.quiet()
    (entry,) = await story.audited("case.rejected")
    assert entry.mark in story.notes(first)[0]
    assert story.odoo.record(PURCHASE, first.id)["state"] == "cancel"


async def test_what_odoo_says_in_a_refusal_is_inert_too(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    said = f"{HOSTILE['pings']} {HOSTILE['links']} {'x' * 5_000}"
    story.odoo.faults.error(name="odoo.exceptions.UserError", message=said, method="button_approve")
    await story.approve(order)
    card = await story.card(order, "NOT written to Odoo")
    assert _active(card.blocks, card.text) == []
    await story.click(card, "Retry")
    await story.card(order, "Confirmed in Odoo")
