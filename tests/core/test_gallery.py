"""The gallery: every event type in every state, drawn as in Slack, and read as on a phone."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.odoo.catalog import CATALOG
from bot.sandbox.gallery import OWNED, STATES, Gallery, sample
from bot.sandbox.slack.blocks import message_blocks
from bot.sandbox.slack.modals import checked_view
from bot.sandbox.world import demo_config, pretend_config
from bot.slack.words import HEADLINE
from tests.factories import NOW

GALLERY = Gallery(pretend_config(demo_config(), "demo.yaml"))

#: Each event type's card as people read it; see test_cards.py for how it is written anew.
TYPES = Path(__file__).resolve().parent.parent / "golden" / "types.txt"
_DATE = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|([\d :-]+UTC)>")

#: States in which somebody is asked to approve or reject.
ASKING = {"waiting", "changed while waiting", "a question is open", "the question was answered"}


@pytest.mark.parametrize("state", STATES)
def test_slack_takes_every_type_in_every_state_and_no_card_lives_on_after_its_end(state: str) -> None:
    cards = GALLERY.cards("", state, NOW)
    decided = {name for name, entry in CATALOG.items() if not entry.is_exception}
    assert {card["type"] for card in cards} >= decided
    for card in cards:
        blocks = message_blocks(json.loads(json.dumps(card["blocks"])))
        offered = {each["action_id"] for block in blocks for each in block.get("elements", ()) if "action_id" in each}
        assert ("case:approve" in offered) == (state in ASKING and card["type"] in decided), card["type"]


@pytest.mark.parametrize("event_type", CATALOG)
def test_the_top_level_text_alone_names_what_how_much_until_when_and_what_is_asked(event_type: str) -> None:
    (card,) = GALLERY.cards(event_type, "waiting", NOW)
    event = sample(CATALOG[event_type])
    asked = "please take" if CATALOG[event_type].is_exception else "please approve or reject"
    assert asked in card["text"]
    assert event.title in card["text"]
    assert str(event.value) in card["text"]
    assert ("Answer by" in card["text"]) == any(block["block_id"].startswith("clock") for block in card["blocks"])


@pytest.mark.parametrize("event_type", CATALOG)
def test_value_and_deadline_stand_in_the_first_three_lines_and_the_reason_right_below(event_type: str) -> None:
    (card,) = GALLERY.cards(event_type, "waiting", NOW)
    names = [block["block_id"].partition(":")[0] for block in card["blocks"]]
    owned = CATALOG[event_type].is_exception
    assert names.pop(1) == "found" if owned else "found" not in names  # what is wrong is no small print there
    assert [name for name in names[:4] if name != "clock"][:3] == ["headline", "standing", "why"]
    assert "clock" not in names or names[1] == "clock"
    assert card["headline"].endswith(str(sample(CATALOG[event_type]).value))
    assert len(card["headline"]) <= HEADLINE


@pytest.mark.parametrize("state", OWNED)
def test_slack_takes_every_exception_in_every_state(state: str) -> None:
    cards = [one for one in GALLERY.cards("", state, NOW) if CATALOG[one["type"]].is_exception]
    assert len(cards) == sum(entry.is_exception for entry in CATALOG.values())
    for card in cards:
        blocks = message_blocks(json.loads(json.dumps(card["blocks"])))
        offered = {each["action_id"] for block in blocks for each in block.get("elements", ()) if "action_id" in each}
        assert ("please take" in card["text"]) == ("case:acknowledge" in offered), card["text"]


@pytest.mark.parametrize(("event_type", "number"), [("purchase.approval", 15), ("shipment.late", 7)])
def test_slack_takes_every_modal(event_type: str, number: int) -> None:
    modals = GALLERY.modals(event_type, NOW)
    assert len({one["state"] for one in modals}) == len(modals) == number
    for one in modals:
        checked_view(json.loads(json.dumps(one["view"])), "modal")


def _lines(blocks: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Blocks as people read them, from the top down."""
    for block in blocks:
        match block["type"]:
            case "header":
                yield f"# {block['text']['text']}"
            case "section":
                yield block["text"]["text"]
            case "context":
                yield from "  ".join(each["text"] for each in block["elements"]).split("\n")
            case "rich_text":
                yield from "".join(each["text"] for each in block["elements"][0]["elements"]).split("\n")
            case "actions":
                yield " ".join(f"[{each['text']['text']}]" for each in block["elements"])


def test_a_card_of_each_type_reads_as_agreed() -> None:
    """One golden file for all, so that a change of wording is read as a whole."""
    told = [
        "\n".join([f"== {card['type']}", _plain(card["text"]), "", *map(_plain, _lines(card["blocks"]))])
        for card in GALLERY.cards("", "waiting", NOW)
    ]
    drawn = "\n\n".join(told) + "\n"
    if os.environ.get("SIGNOFF_UPDATE_GOLDEN"):
        TYPES.write_text(drawn, encoding="utf-8")
    assert drawn == TYPES.read_text(encoding="utf-8")


def _plain(line: str) -> str:
    return _DATE.sub(r"\1", line)


def test_a_type_that_nobody_has_drawn_yet_is_shown_all_the_same() -> None:
    entry = CATALOG["sale.value"]
    told = sample(replace(entry, name="own.type"))
    assert told.findings[0].text == entry.summary.rstrip(".")


def test_every_state_is_another_card() -> None:
    drawn = [json.dumps(card["blocks"]) for card in GALLERY.cards("purchase.approval", "", NOW)]
    assert len(set(drawn)) == len(drawn) == len(STATES) + 1, "and one for what was approved with changes"
