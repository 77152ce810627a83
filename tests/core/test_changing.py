"""Approving with changes: what may be typed, what follows for value, stages and limits, and when it still holds."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bot import numerals
from bot.approvals.authority import Reason, Refused
from bot.cases import changing
from bot.cases.amending import holds_for
from bot.cases.answers import Refusal, Transition
from bot.cases.changing import agreed, as_in_odoo
from bot.cases.codec import revision_from_text, revision_to_text
from bot.cases.commands import Consider, Decide, Observed, Over, Undo
from bot.cases.intended_codec import intended_from_text, intended_to_text
from bot.cases.lines import Line, LineChange, Lines, Wish
from bot.cases.model import Case, Event, Seen, Status, Verdict
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.config.model import Changeable, Execution, Manner, Stage, Tolerance
from bot.odoo.catalog.changeable import lines_of
from bot.odoo.catalog.purchase_lines import AMENDABLE
from bot.odoo.catalog.sale_lines import AMENDABLE as SALES
from bot.slack.buttons import more_buttons
from bot.slack.cards import render
from bot.slack.change_modal import ask_changes
from tests.factories import (
    NOW,
    a_case,
    a_config,
    a_decide,
    a_decision,
    a_maker,
    a_person,
    a_plan,
    a_policy,
    a_record,
    a_role,
    a_rule,
    a_stage,
    an_event,
    minutes,
    rules,
    usd,
)

Q, P = Changeable.QUANTITY, Changeable.PRICE
BOTH = Manner(changes=(Q, P))

DESK = Line(1, "Desk", 11, Decimal(10), Decimal(100), Decimal(1100))
LAMP = Line(2, "Lamp", 12, Decimal(4), Decimal("25.50"), Decimal("112.20"))
LINES = Lines("order_line", "amount_total", usd("1212.20"), (DESK, LAMP))
SEEN = (
    Seen("partner_id", "Vendor", "7", "Globex"),
    Seen("amount_total", "Total", "1,212.20 USD", "1,212.20 USD", firm="USD"),
    Seen("order_line", "Lines", "digest", "10 × Desk at 100.00; 4 × Lamp at 25.50", firm="11,12"),
)
ORDER = an_event(value=usd("1212.20"), seen=SEEN, lines=LINES)


def pending(manner: Manner = BOTH, event: Event = ORDER, **changes: object) -> Case:
    """One of finance decides about the order."""
    plan = changes.pop("plan", None) or a_plan(manner=manner)
    return a_case(event=event, plan=plan, **changes)


def under(manner: Manner = BOTH, *stages: Stage, **changes: object) -> Rules:
    """The rules that give that plan."""
    return rules(a_config(policies=[a_policy(*stages, manner=manner)], **changes))  # type: ignore[arg-type]


def wish(**typed: str) -> Decide:
    """``wish(q1="8")``: a smaller quantity of line 1; ``p2``: a smaller price of line 2."""
    what = {"q": Q, "p": P}
    wishes = tuple(Wish(int(name[1:]), what[name[0]], text) for name, text in typed.items())
    return a_decide(wishes=wishes, pin=ORDER.pin)


def changed(command: Decide, case: Case | None = None, known: Rules | None = None) -> Case:
    """The case after ``command``, which is taken."""
    answer = transition(case or pending(), command, known or under(), NOW)
    assert isinstance(answer, Transition), answer
    return answer.case


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param({"q1": "11"}, {"1:quantity": "can only become smaller: at most 10"}, id="more than now"),
        pytest.param({"p2": "25.51"}, {"2:price": "at most 25.5"}, id="dearer"),
        pytest.param({"q1": "0"}, {"1:quantity": "more than zero"}, id="nothing left"),
        pytest.param({"q1": "-3"}, {"1:quantity": "a number such as 10"}, id="a return"),
        pytest.param({"q1": "eight"}, {"1:quantity": "a number such as 10"}, id="a word"),
        pytest.param({"q1": "8e0", "p2": "NaN"}, {"1:quantity": "a number", "2:price": "a number"}, id="no figures"),
        pytest.param({"q1": "7.125"}, {"1:quantity": "At most 2 decimals"}, id="finer than Odoo"),
        pytest.param({"q9": "1"}, {"9:quantity": "not on the record"}, id="another line"),
        pytest.param({"q1": "10", "p2": "25.50"}, {"1:quantity": "Nothing is smaller"}, id="as it is"),
        pytest.param({"q1": " "}, {"1:quantity": "Nothing is smaller"}, id="nothing typed"),
    ],
)
def test_what_cannot_be_taken_is_told_where_it_was_typed(typed: dict[str, str], said: dict[str, str]) -> None:
    answer = transition(pending(), wish(**typed), under(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.BAD_CHANGE
    assert {place: said[place] in words for place, words in answer.beside} == dict.fromkeys(said, True)
    assert [one.action for one in answer.entries] == ["case.refused"]


@pytest.mark.parametrize(
    ("manner", "event", "execution"),
    [
        pytest.param(Manner(), ORDER, Execution.CARRY_OUT, id="the policy names nothing"),
        pytest.param(BOTH, replace(ORDER, lines=None), Execution.CARRY_OUT, id="a type without lines"),
        pytest.param(BOTH, ORDER, Execution.RELEASE, id="a release writes no figure"),
        pytest.param(
            BOTH, replace(ORDER, lines=replace(LINES, fixed="some of it was billed")), Execution.CARRY_OUT, id="billed"
        ),
    ],
)
def test_where_nothing_may_be_changed_nothing_is_offered_and_nothing_taken(
    manner: Manner, event: Event, execution: Execution
) -> None:
    case = pending(event=event, plan=a_plan(manner=manner, execution=execution))
    assert list(more_buttons(case, "#finance")) == []
    for command in (wish(q1="8"), Consider(wish())):
        answer = transition(case, command, under(), NOW)
        assert isinstance(answer, Refusal)
        assert answer.reason is Reason.NOT_CHANGEABLE


def test_only_what_the_policy_names_may_be_changed() -> None:
    answer = transition(pending(Manner(changes=(Q,))), wish(p2="20"), under(), NOW)
    assert isinstance(answer, Refusal)
    assert dict(answer.beside) == {"2:price": "This line is not on the record any more."}


def test_the_case_is_about_the_changed_record_from_then_on_and_remembers_what_odoo_has() -> None:
    case = changed(wish(q1="8", p2="25"))
    event = case.event
    assert (case.status, event.value) == (Status.APPROVED_WITH_CHANGES, usd("990.00"))
    assert {one.field: one.shown for one in event.seen} == {
        "partner_id": "Globex",
        "amount_total": "990.00 USD",
        "order_line": "8 × Desk at 100.00; 4 × Lamp at 25.00",
    }
    assert event.pin != ORDER.pin
    assert [(one.words.label, one.words.before, one.words.after) for one in agreed(case)] == [
        ("Desk, quantity", "10", "8"),
        ("Lamp, price", "25.5", "25"),
    ]
    assert case.decisions[0].value == usd("990.00")
    assert as_in_odoo(case).event == ORDER
    assert revision_from_text(a_record(), 1, NOW, revision_to_text(case.revision)) == case.revision


def test_limits_are_about_the_changed_value_and_the_form_opens_for_whoever_may_come_below() -> None:
    """The border belongs to the limit."""
    bounded = under(roles=[replace(a_role(), limit=usd("990"))])
    assert isinstance(transition(pending(), a_decide(pin=ORDER.pin), bounded, NOW), Refusal)
    assert transition(pending(), Consider(wish()), bounded, NOW) is None
    answer = transition(pending(), wish(q1="8", p2="25.25"), bounded, NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.OVER_LIMIT
    assert [place for place, _ in answer.beside] == ["1:quantity"]
    assert changed(wish(q1="8", p2="25"), known=bounded).status is Status.APPROVED_WITH_CHANGES
    stranger = transition(pending(), replace(wish(), person=a_person("eve@example.com")), bounded, NOW)
    assert isinstance(stranger, Refusal)
    maker = pending(event=replace(ORDER, makers=(a_maker("ann@example.com"),)))
    refused = transition(maker, wish(q1="x"), bounded, NOW)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.OWN_REQUEST


@pytest.mark.parametrize(
    ("typed", "stages"),
    [
        pytest.param({"q1": "8"}, ["finance"], id="below the border of the second stage"),
        pytest.param({"p2": "25"}, ["finance", "owner"], id="above it"),
    ],
)
def test_stages_are_asked_by_the_changed_value(typed: dict[str, str], stages: list[str]) -> None:
    known = under(BOTH, Stage(("finance",)), Stage(("owner",), over=usd("1000")), roles=[a_role(), a_role("owner")])
    case = changed(wish(**typed), pending(plan=a_plan(a_stage(), a_stage("owner"), manner=BOTH)), known)
    assert [role for stage in case.plan.stages for role in stage.roles] == stages
    assert case.status is (Status.PENDING if len(stages) > 1 else Status.APPROVED_WITH_CHANGES)


def test_a_rule_for_the_changed_value_adds_its_stages_and_loses_none() -> None:
    known = under(
        BOTH,
        roles=[a_role(), a_role("owner")],
        rules=[a_rule("small", "owners", under=usd("1000")), a_rule()],
    )
    owners = a_policy(Stage(("owner",)), name="owners", manner=BOTH)
    known = replace(known, config=replace(known.config, policies={**known.config.policies, "owners": owners}))
    case = changed(wish(q1="8", p2="25"), known=known)
    assert [stage.roles for stage in case.plan.stages] == [("finance",), ("owner",)]
    assert case.status is Status.PENDING


def test_an_approval_of_more_stands_for_less_and_an_old_card_decides_nothing() -> None:
    two = a_plan(a_stage(count=3), manner=BOTH)
    known = under(BOTH, Stage(("finance",), count=3))
    given = a_decision("bob@example.com", value=usd("1212.20"))
    case = changed(wish(q1="8"), pending(plan=two, decisions=(given,)), known)
    assert [one.name for one in case.standing] == ["Bob", "Ann"]
    old = transition(case, a_decide("cyd@example.com", pin=ORDER.pin), known, NOW)
    assert isinstance(old, Refusal)
    assert old.reason is Reason.CHANGED
    last = changed(replace(wish(q1="7"), person=a_person("cyd@example.com"), pin=case.event.pin), case, known)
    assert last.status is Status.APPROVED_WITH_CHANGES
    assert [(int(one.before), int(one.after)) for one in last.decisions[-1].changes] == [(8, 7)]
    assert [(int(one.before), int(one.after)) for one in agreed(last)] == [(10, 7)]


def test_what_is_held_changes_nothing_until_it_counts() -> None:
    manner = replace(BOTH, grace=minutes(1) - NOW)
    held = changed(wish(q1="8"), pending(manner), under(manner))
    assert held.intended is not None
    assert (held.status, held.event) == (Status.PENDING, ORDER)
    assert intended_from_text(intended_to_text(held.intended)) == held.intended
    assert "Desk, quantity: 10 → 8" in json.dumps(render(held, "#finance").blocks, ensure_ascii=False)
    back = transition(held, Undo(1, a_person(), ORDER.pin), under(manner), NOW)
    assert isinstance(back, Transition)
    assert (back.case.intended, back.case.event) == (None, ORDER)


BILLED = replace(ORDER, lines=replace(LINES, fixed="some of it was billed in Odoo"))


def test_a_pending_case_follows_the_record_as_it_was_read() -> None:
    plan = a_plan(a_stage(count=2), manner=replace(BOTH, tolerance=Tolerance(share=Decimal("0.5"))))
    known = under(plan.manner, Stage(("finance",), count=2))
    case = changed(wish(q1="8"), pending(plan=plan), known)
    assert transition(case, Observed(a_record(), ORDER), known, NOW) is None
    cheaper = replace(ORDER, value=usd("1200.00"), seen=(SEEN[0], replace(SEEN[1], value="1,200.00 USD"), SEEN[2]))
    anew = transition(case, Observed(a_record(), cheaper), known, NOW)
    assert isinstance(anew, Transition), "no tolerance covers what was changed"
    assert (anew.case.revision.number, anew.case.revision.in_odoo, anew.case.event) == (2, None, cheaper)
    bounded = replace(known, config=replace(known.config, limits={"cyd@example.com": usd("1000")}))
    gone = Over("approved in Odoo", "Cyd", "odoo:main:5", "cyd@example.com", approved=True)
    over = transition(case, Observed(a_record(), gone), bounded, NOW)
    assert isinstance(over, Transition)
    assert over.entries[0].detail["breach"] == "over_limit", "what was approved there is the order as it stands there"


ROUNDED = replace(LINES.changed_by((LineChange(1, Q, "Desk", Decimal(10), Decimal(8)),)), total=usd("992.23"))


@pytest.mark.parametrize(
    ("lines", "holds"),
    [
        pytest.param(ROUNDED, True, id="as agreed, but for rounding"),
        pytest.param(replace(ROUNDED, total=usd("992.24")), False, id="beyond rounding"),
        pytest.param(replace(ROUNDED, total=replace(usd("992.20"), currency="EUR")), False, id="another currency"),
        pytest.param(replace(ROUNDED, lines=(replace(ROUNDED.lines[0], id=5), LAMP)), False, id="another line"),
        pytest.param(replace(ROUNDED, lines=(replace(ROUNDED.lines[0], product=5), LAMP)), False, id="another product"),
        pytest.param(replace(ROUNDED, others=1, rest="x"), False, id="one line more"),
    ],
)
def test_a_decided_case_holds_for_the_record_as_agreed(lines: Lines, holds: bool) -> None:
    case = changed(wish(q1="8"))
    now_is = replace(ORDER, lines=lines, seen=(SEEN[0], replace(SEEN[1], value=str(lines.total)), SEEN[2]))
    assert holds_for(case, now_is, under()) is holds
    assert holds_for(case, ORDER, under()), "nothing is written yet"
    assert not holds_for(case, replace(now_is, seen=(replace(SEEN[0], value="8"), *now_is.seen[1:])), under())


def test_the_odoo_side_takes_lines_that_become_less_and_leaves_the_others() -> None:
    def row(number: int, quantity: float, price: float) -> dict[str, object]:
        product = {"id": 10 + number, "display_name": f"Item {number}"}
        figures = {"product_qty": quantity, "price_unit": price, "price_total": quantity * price}
        return {"id": number, "product_id": product, **figures, "qty_received": 0.0, "qty_invoiced": 0.0}

    rows = [
        row(1, 0.1 + 0.2, 3.0),
        row(2, -1.0, 5.0),
        row(3, 1.0, -5.0),
        *(row(number, 1.0, 1.0) for number in range(4, 30)),
    ]
    read = lines_of(AMENDABLE, {"order_line": [*rows, {"id": 99, "product_id": None}], "locked": False}, usd("30.00"))
    assert read is not None
    assert [one.id for one in read.lines] == [1, *range(4, 23)]
    assert (read.lines[0].quantity, read.others, read.fixed) == (Decimal("0.3"), 9, "")
    billed = {"order_line": [{**rows[0], "qty_invoiced": 1.0}]}
    assert lines_of(AMENDABLE, billed, usd("30.00")) != read
    assert "billed" in str(lines_of(AMENDABLE, billed, usd("30.00")))
    less = (LineChange(4, Q, "Item 4", Decimal(1), Decimal("0.5")),)
    assert AMENDABLE.written(read.changed_by(less), less) == {
        "order_line": [[1, 4, {"product_qty": 0.5, "price_unit": 1.0}]]
    }
    view = ask_changes(pending(event=replace(ORDER, lines=read)), "C1", "en-US")
    assert "9 more lines stay as they are." in str(view["blocks"])
    assert len(view["blocks"]) < 100


def test_of_a_quotation_the_quantity_alone_and_with_price_and_discount_as_they_are() -> None:
    product = {"id": 11, "display_name": "Desk"}
    row = {"id": 1, "product_id": product, "product_uom_qty": 10.0, "price_unit": 100.0, "price_total": 700.0}
    read = lines_of(SALES, {"order_line": [{**row, "discount": 30.0, "qty_delivered": 0.0}]}, usd("700.00"))
    assert read is not None
    case = pending(event=replace(ORDER, lines=read))
    assert changing.offered(case) == (Q,)
    assert isinstance(changing.wanted(case, wish(p1="90")), Refused)
    less = changing.wanted(case, wish(q1="8"))
    assert not isinstance(less, Refused)
    assert SALES.written(read.changed_by(less), less) == {
        "order_line": [[1, 1, {"product_uom_qty": 8.0, "price_unit": 100.0, "discount": 30.0}]]
    }
    text = revision_to_text(case.revision)
    assert revision_from_text(case.record, 1, NOW, text) == case.revision
    other = lines_of(SALES, {"order_line": [{**row, "discount": 20.0}]}, usd("700.00"))
    assert other is not None
    assert not read.same_as(other)
    gone = lines_of(SALES, {"order_line": [{**row, "qty_delivered": 1.0}]}, usd("700.00"))
    assert gone is not None
    assert gone.fixed == "some of it was delivered in Odoo"


@pytest.mark.parametrize(
    ("style", "text", "number"),
    [
        ("en-US", "1,234.50", "1234.5"),
        ("en-US", "1234,50", None),
        ("de-DE", "1.234,50", "1234.5"),
        ("de-DE", "8.5", None),
        ("fr-FR", "1 234,5", "1234.5"),
        ("de-CH", "1'234.5", "1234.5"),
        ("es-LA", "1.234,5", "1234.5"),
        ("", "8.5", "8.5"),
        ("xx-YY", "8.5", "8.5"),
        ("en-US", "1e3", None),
        ("en-US", "Infinity", None),
        ("en-US", "٨", None),
        ("en-US", "1" * 40, None),
    ],
)
def test_a_number_is_read_in_the_style_of_a_locale(style: str, text: str, number: str | None) -> None:
    assert numerals.read(text, style) == (None if number is None else Decimal(number))
    if number is not None:
        assert numerals.read(numerals.write(Decimal(number), style), style) == Decimal(number)


def test_a_rejection_of_what_was_changed_writes_no_figure() -> None:
    plan = a_plan(a_stage(count=2), manner=BOTH)
    known = under(BOTH, Stage(("finance",), count=2))
    case = changed(wish(q1="8"), pending(plan=plan), known)
    no = a_decide("bob@example.com", Verdict.REJECT, pin=case.event.pin)
    assert changed(no, case, known).status is Status.REJECTED
    assert changing.approval_of(case) is Status.APPROVED_WITH_CHANGES
