"""Cards and modals: each state as people read it (golden files), and what holds whatever Odoo and people write.

The golden files stand in ``tests/golden``. After a wanted change of wording or layout run
``SIGNOFF_UPDATE_GOLDEN=1 pytest tests/core/test_cards.py`` and read the difference before committing it.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases.model import Case, Finding, Revision, Seen, Status, WriteBackState
from bot.config.model import Manner, ReasonRule
from bot.sandbox.slack.blocks import characters, elements_of, message_blocks
from bot.sandbox.slack.modals import checked_view
from bot.slack.buttons import Action, pointer
from bot.slack.cards import LONGEST_CARD, Card, render
from bot.slack.modals import CODE_BLOCK, REASON_BLOCK, ask_reason, asks_first, not_done
from bot.slack.words import HEADLINE, changed_title, facts, headline, sentence
from tests.core.card_cases import CASES, FINANCE, TEXTS, cases
from tests.factories import NOW, a_case, a_maker, a_plan, a_record, a_stage, an_event, seen

GOLDEN = Path(__file__).resolve().parent.parent / "golden"

ASKED = {Action.APPROVE, Action.REJECT, Action.ASK, Action.COMMENT}
STUCK = {Action.RETRY, Action.BY_HAND, Action.GIVE_UP, Action.COMMENT}

MODALS = (
    Action.APPROVE,
    Action.REJECT,
    Action.ASK,
    Action.ANSWER,
    Action.COMMENT,
    Action.BY_HAND,
    Action.GIVE_UP,
)

#: Hostile texts are long, and drawing thousands of them takes its time.
HOSTILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_OWN_MARKUP = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[\d :-]+UTC>")


def buttons(card: Card) -> dict[str, dict[str, Any]]:
    """The buttons by action id."""
    return {element["action_id"]: element for block in card.blocks for element in elements_of(block)}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every text object in a tree of blocks."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from objects(item)
    elif isinstance(value, dict):
        if value.get("type") in {"plain_text", "mrkdwn"}:
            yield value
        for item in value.values():
            yield from objects(item)


def accepted(card: Card) -> list[dict[str, Any]]:
    """The blocks as Slack would take them. Raises SlackRefusal."""
    return message_blocks(json.loads(json.dumps(card.blocks)))


@pytest.mark.parametrize("name", CASES)
def test_a_card_reads_as_agreed_in_every_state(name: str) -> None:
    card = render(CASES[name], FINANCE)
    drawn = json.dumps({"text": card.text, "blocks": card.blocks}, indent=1, ensure_ascii=False) + "\n"
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("SIGNOFF_UPDATE_GOLDEN"):
        golden.write_text(drawn, encoding="utf-8")
    assert drawn == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CASES)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("pending", ASKED),
        ("pending_revised", ASKED),
        ("pending_asked", ASKED | {Action.ANSWER}),
        ("pending_answered", ASKED),
        ("pending_held", {Action.UNDO, Action.COMMENT}),
        ("approved_queued", set()),
        ("approved_confirmed", set()),
        ("rejected_queued", set()),
        ("withdrawn", set()),
        ("superseded", set()),
        ("uncertain_settling", set()),
        ("uncertain_asked", STUCK),
        ("failed", STUCK),
        ("by_hand", set()),
        ("given_up", set()),
    ],
)
def test_buttons_are_offered_only_where_they_do_something(name: str, offered: set[Action]) -> None:
    assert set(buttons(render(CASES[name], FINANCE))) == offered | {Action.OPEN}


def test_a_button_carries_the_case_the_revision_and_its_pin_and_nothing_else() -> None:
    case = CASES["pending_revised"]
    values = {button["value"] for button in buttons(render(case, FINANCE)).values()}
    assert values == {f"{case.id}:{case.revision.number}:{case.event.pin}"}


def test_a_pin_tells_records_and_figures_apart() -> None:
    event = an_event()
    others = (an_event(record=a_record(8)), an_event(seen=seen(amount_total="1.00")))
    assert len({one.pin for one in (event, *others)}) == 3
    assert event.pin == an_event(title="another name").pin


def test_retry_warns_of_a_second_write_only_where_the_first_may_have_arrived() -> None:
    asked = buttons(render(CASES["uncertain_asked"], FINANCE))[Action.RETRY]
    failed = buttons(render(CASES["failed"], FINANCE))[Action.RETRY]
    assert "do it twice" in asked["confirm"]["text"]["text"]
    assert "confirm" not in failed


def test_a_copy_in_a_channel_that_is_not_asked_any_more_says_so_and_has_no_answer() -> None:
    case = a_case(plan=a_plan(a_stage("executive")), channels=("#finance", "#executive"))
    old, new = render(case, "#finance"), render(case, "#executive")
    assert set(buttons(old)) == {Action.COMMENT, Action.OPEN}
    assert "it is asked in #executive" in json.dumps(old.blocks)
    assert Action.APPROVE in buttons(new)


def test_the_first_stages_channel_loses_its_buttons_when_the_second_stage_is_asked() -> None:
    case = CASES["pending_second_stage"]
    assert Action.APPROVE not in buttons(render(case, "#finance"))
    assert Action.APPROVE in buttons(render(case, "#executive"))


def test_a_link_that_leads_nowhere_safe_is_left_out() -> None:
    card = render(a_case(event=an_event(link="javascript:alert(1)")), FINANCE)
    assert set(buttons(card)) == ASKED


def test_done_is_said_only_after_odoo_has_confirmed() -> None:
    """Promise P3, over every state there is."""
    for status in (Status.APPROVED, Status.REJECTED):
        for state in WriteBackState:
            case = replace(CASES["approved_confirmed"], status=status, write_back=state)
            says_so = "Confirmed in Odoo" in json.dumps(render(case, FINANCE).blocks)
            assert says_so == (state is WriteBackState.CONFIRMED), (status, state)


def test_block_ids_are_new_whenever_the_case_is() -> None:
    before = {block["block_id"] for block in render(a_case(version=1), FINANCE).blocks}
    after = {block["block_id"] for block in render(a_case(version=2), FINANCE).blocks}
    assert not before & after


@given(cases(), st.sampled_from((FINANCE, "#elsewhere")), st.booleans())
@HOSTILE
def test_slack_takes_every_card_whatever_is_written_in_it(case: Case, channel: str, short: bool) -> None:
    card = render(case, channel, short=short)
    assert characters(accepted(card)) < LONGEST_CARD
    assert 0 < len(card.text) <= 400


@given(cases())
@HOSTILE
def test_markup_on_a_card_is_of_our_own_making(case: Case) -> None:
    """Promise P12: whatever else is written stands in objects that Slack shows literally."""
    card = render(case, FINANCE)
    for text in objects(card.blocks):
        if text["type"] == "mrkdwn":
            assert text["verbatim"] is True
            rest = html.unescape(_OWN_MARKUP.sub("", text["text"]))
            assert "<" not in _OWN_MARKUP.sub("", text["text"])
            assert not re.search(r"(?:^|[\W_])[*_~`]", rest), rest
    facts_on_it = [one for block in card.blocks if block["type"] == "rich_text" for one in block["elements"]]
    assert {one["type"] for section in facts_on_it for one in section["elements"]} <= {"text"}
    assert not re.search("[<>\n]", _OWN_MARKUP.sub("", card.text))
    assert not re.search(r":[a-z_]+:", card.text)


@given(TEXTS, TEXTS)
@HOSTILE
def test_a_headline_fits_a_phone(title: str, partner: str) -> None:
    assert 0 < len(headline(a_case(event=an_event(title=title, partner=partner)))) <= HEADLINE


def test_a_headline_keeps_the_value_when_the_title_is_long() -> None:
    told = headline(a_case(event=an_event(title="Count of a pallet " * 20)))
    assert len(told) <= HEADLINE
    assert told.endswith("…, 12,500.00 USD")


def test_the_sentence_for_screen_readers_says_who_is_asked_what() -> None:
    assert sentence(a_case()) == (
        "Finance: please approve or reject P00007, 12,500.00 USD (above the approval limit, Globex)."
    )


def test_the_sentence_keeps_value_and_deadline_however_long_everything_else_is() -> None:
    event = an_event(title="A " * 90, partner="P" * 200, findings=(Finding("x", "because " * 40),))
    text = render(replace(CASES["pending_until"], revision=Revision(1, event, NOW)), FINANCE).text
    assert "12,500.00 USD" in text
    assert re.search(r"….* Answer by <!date\^[^>]+>\.$", text)


@pytest.mark.parametrize(
    ("case", "title"),
    [
        (replace(CASES["pending_revised"], decisions=()), "Changed in Odoo since it was first shown:"),
        (CASES["pending_revised"], "Changed in Odoo; earlier answers are void, please decide again:"),
        (
            CASES["pending_after_conflict"],
            "Changed in Odoo after it was decided; nothing was written, please decide again:",
        ),
        (CASES["pending"], ""),
    ],
)
def test_changed_figures_say_what_became_of_earlier_answers(case: Case, title: str) -> None:
    assert changed_title(case) == title


def test_what_is_told_twice_is_shown_once_and_figures_that_only_look_alike_are_all_shown() -> None:
    event = an_event(
        partner="Globex",
        seen=(
            Seen("partner_id", "Vendor", "4", "Globex"),
            Seen("amount_total", "Total", "12500.00 USD", "12,500.00 USD"),
            Seen("quantity", "On hand", "40", "40"),
            Seen("inventory_quantity", "Counted", "40", "40"),
        ),
        context=(),
    )
    assert [fact for fact in facts(a_case(event=event)) if fact[0] not in {"Company", "Site"}] == [
        ("Asked for or edited by", "Mia"),
        ("Vendor", "Globex"),
        ("On hand", "40"),
        ("Counted", "40"),
    ]


def test_facts_that_find_no_room_are_counted() -> None:
    case = a_case(event=an_event(context=tuple((f"Label {n}", "text") for n in range(20))))
    assert "10 more in Odoo" in json.dumps(render(case, FINANCE).blocks)


def test_a_short_card_is_far_shorter() -> None:
    case = a_case(event=an_event(context=tuple((f"Label {n}", "text " * 40) for n in range(20))))
    assert characters(accepted(render(case, FINANCE, short=True))) * 3 < characters(accepted(render(case, FINANCE)))


@given(cases(), st.sampled_from(MODALS))
@HOSTILE
def test_slack_takes_every_modal_whatever_is_written_in_it(case: Case, action: Action) -> None:
    view = checked_view(json.loads(json.dumps(ask_reason(case, action, "C0000001"))), "modal")
    assert view["callback_id"] == action
    assert view["private_metadata"] == f"{pointer(case)}:C0000001"


@pytest.mark.parametrize("sentence", ["Already approved by Ann.", "", "x" * 10_000])
def test_a_refused_modal_turns_into_one_sentence(sentence: str) -> None:
    view = checked_view(not_done(sentence), "modal")
    assert "submit" not in view


@pytest.mark.parametrize(
    ("action", "approve", "reject", "optional"),
    [
        (Action.APPROVE, ReasonRule.REQUIRED, ReasonRule.OPTIONAL, False),
        (Action.APPROVE, ReasonRule.OPTIONAL, ReasonRule.REQUIRED, None),
        (Action.REJECT, ReasonRule.OPTIONAL, ReasonRule.REQUIRED, False),
        (Action.REJECT, ReasonRule.REQUIRED, ReasonRule.OPTIONAL, True),
        (Action.BY_HAND, ReasonRule.OPTIONAL, ReasonRule.OPTIONAL, False),
        (Action.GIVE_UP, ReasonRule.OPTIONAL, ReasonRule.OPTIONAL, False),
        (Action.RETRY, ReasonRule.REQUIRED, ReasonRule.REQUIRED, None),
    ],
)
def test_a_reason_is_asked_as_the_plan_wants(
    action: Action, approve: ReasonRule, reject: ReasonRule, optional: bool | None
) -> None:
    """``optional`` None: no modal opens at all."""
    case = a_case(plan=a_plan(approve_reason=approve, reject_reason=reject))
    assert asks_first(case, action) == (optional is not None)
    if optional is not None:
        blocks = {block.get("block_id"): block for block in ask_reason(case, action, "C1")["blocks"]}
        assert blocks[REASON_BLOCK]["optional"] is optional


def test_a_maker_whom_slack_does_not_know_is_marked() -> None:
    """Such a person could approve what they asked for themselves: whoever reads the card is to see it."""
    known, unknown = a_maker("ann@example.com"), a_maker("puru", login="puru")
    told = dict(facts(a_case(event=an_event(makers=(known, unknown)))))["Asked for or edited by"]
    assert told == f"{known.name}, {unknown.name} (Odoo login puru, not matched to Slack)"


def test_the_sentence_alone_says_until_when() -> None:
    """Notifications, screen readers and search have nothing else."""
    text = render(CASES["pending_until"], FINANCE).text
    assert text.startswith("Finance: please approve or reject P00007, 12,500.00 USD (above the approval limit, ")
    assert re.fullmatch(r".* Answer by <!date\^\d+\^.*>\.", text)
    assert "Answer by" not in render(CASES["expired"], FINANCE).text


def test_the_requesters_copy_lets_answer_and_comment_and_nothing_else() -> None:
    card = render(CASES["pending_asked"], "@mia@example.com")
    assert set(buttons(card)) == {Action.ANSWER, Action.COMMENT, Action.OPEN}
    assert "You asked for this; it is decided by finance." in json.dumps(card.blocks)


def test_the_question_stands_above_its_answer_and_the_reasons_above_the_text() -> None:
    asked = ask_reason(CASES["pending_asked"], Action.ANSWER, "C1")
    assert "Why so many?" in json.dumps(asked)
    coded = ask_reason(a_case(plan=a_plan(manner=Manner(reject_codes=("Too dear",)))), Action.REJECT, "C1")
    (choice,) = [block for block in coded["blocks"] if block.get("block_id") == CODE_BLOCK]
    assert [option["text"]["text"] for option in choice["element"]["options"]] == ["Too dear"]
