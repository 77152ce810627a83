"""What tired people type, and what it is taken for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.model import Kind
from bot.reports.question import Amount, Known, Question, Waiting, Which
from bot.reports.reading import read

KNOWN = Known(
    ("CHI", "DAL"),
    ("inventory.count_variance", "inventory.negative", "receiving.delay", "purchase.approval"),
    ("finance", "warehouse_supervisor"),
    ("ann@example.com", "dana.okafor@example.com"),
    "bob@example.com",
)
INVENTORY = frozenset({"inventory.count_variance", "inventory.negative"})
E = Kind.EXCEPTION


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", {}),
        ("open", {}),
        ("mine", {"which": {Which.MINE}}),
        ("OVERDUE", {"which": {Which.OVERDUE}}),
        ("mine overdue", {"which": {Which.MINE, Which.OVERDUE}}),
        ("chi", {"sites": {"CHI"}}),
        ("at chi", {"sites": {"CHI"}}),
        ("site:chi", {"sites": {"CHI"}}),
        ("site=DAL chi", {"sites": {"CHI", "DAL"}}),
        ("inventory", {"event_types": INVENTORY}),
        ("inventory.*", {"event_types": INVENTORY}),
        ("count_variance", {"event_types": {"inventory.count_variance"}}),
        ("count-variance", {"event_types": {"inventory.count_variance"}}),
        ("type: receiving", {"event_types": {"receiving.delay"}}),
        ("type:receiving.delay", {"event_types": {"receiving.delay"}}),
        ("over 500", {"over": Amount(Decimal(500))}),
        (">500", {"over": Amount(Decimal(500))}),
        (">=500", {"over": Amount(Decimal(500))}),
        ("over 2.5k USD", {"over": Amount(Decimal(2500), "USD")}),
        ("over 1,250.50usd", {"over": Amount(Decimal("1250.50"), "USD")}),
        ("under:9k", {"under": Amount(Decimal(9000))}),
        ("over 500 and receiving", {"over": Amount(Decimal(500)), "event_types": {"receiving.delay"}}),
        ("older 2h", {"older": timedelta(hours=2)}),
        ("older than 1d", {"older": timedelta(days=1)}),
        ("age:30m", {"older": timedelta(minutes=30)}),
        ("owner Dana", {"owner": "dana"}),
        ("owner:me", {"which": {Which.MINE}}),
        ("page 3", {"page": 3}),
        ("Pallet Jack", {"words": ("pallet", "jack")}),
        ("WH/IN/00012", {"words": ("wh/in/00012",)}),
        ("12:30", {"words": ("12:30",)}),
        ("CHI, overdue!", {"sites": {"CHI"}, "which": {Which.OVERDUE}}),
        ("show me the open ones at CHI please", {"sites": {"CHI"}, "words": ("ones",)}),
        ("owner @dana", {"owner": "dana"}),
        ("@dana.okafor@example.com", {"owner": "dana.okafor@example.com"}),
    ],
)
def test_what_is_typed_is_understood(typed: str, asked: dict[str, Any]) -> None:
    understood = read(typed.split(), E, KNOWN)
    frozen: dict[str, Any] = {name: frozenset(one) if isinstance(one, set) else one for name, one in asked.items()}
    assert understood.question == Question(E, **frozen)
    assert understood.hints == ()


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("overdeu", "“overdeu” is searched for. Did you mean overdue?"),
        ("site NYC", "There is no site “NYC”. Known: CHI, DAL."),
        ("type recieving.delay", "There is no event type “recieving.delay”. Did you mean receiving.delay?"),
        ("older soon", "“soon” is no length of time such as 2h, 30m or 1d: cases of any age are listed."),
        ("over much", "“much” is no amount such as 500 or 2k USD: cases of any value are listed."),
        ("over", "“” is no amount such as 500 or 2k USD: cases of any value are listed."),
        ("page 0", "“0” is no page from 1 to 50: this is the first."),
        ("a1 b2 c3 d4 e5 f6", "“f6” is left out: at most 5 words are searched for."),
    ],
)
def test_what_is_not_understood_is_said(typed: str, hint: str) -> None:
    assert hint in read(typed.split(), E, KNOWN).hints


def test_a_site_that_is_not_there_has_no_cases() -> None:
    assert read(["site", "NYC"], E, KNOWN).question.sites == {"NYC"}


def test_a_type_that_is_not_there_has_no_cases() -> None:
    assert read(["type", "nonsense"], E, KNOWN).question.event_types == frozenset()


@given(st.lists(st.text(max_size=20), max_size=12))
def test_nothing_that_is_typed_breaks_it(words: list[str]) -> None:
    understood = read(words, E, KNOWN)
    assert 1 <= understood.question.page <= 50
    assert len(understood.question.words) <= 5


@pytest.mark.parametrize(
    ("typed", "whose", "words"),
    [
        ("waiting finance", Waiting(role="finance"), ()),
        ("waiting on Finance.", Waiting(role="finance"), ()),
        ("waits for warehouse supervisors", Waiting(role="warehouse_supervisor"), ()),
        ("waiting: warehouse-supervisor", Waiting(role="warehouse_supervisor"), ()),
        ("waiting on WAREHOUSE_SUPERVISOR P00042", Waiting(role="warehouse_supervisor"), ("p00042",)),
        ("finance waiting", Waiting(role="finance"), ()),
        ("pallet warehouse supervisor waiting", Waiting(role="warehouse_supervisor"), ("pallet",)),
        ("waiting on @ann", Waiting(person="ann"), ()),
        ("waiting @ann@example.com since long", Waiting(person="ann@example.com"), ("since", "long")),
        ("waiting Dana", Waiting(person="dana"), ()),
        ("dana waiting", Waiting(person="dana"), ()),
        ("@ann", Waiting(person="ann"), ()),
        ("waiting on me", Waiting(person="bob@example.com"), ()),
        ("mine", Waiting(person="bob@example.com"), ()),
    ],
)
def test_whose_turn_it_is_can_be_asked(typed: str, whose: Waiting, words: tuple[str, ...]) -> None:
    understood = read(typed.split(), Kind.APPROVAL, KNOWN)
    assert understood.question == Question(Kind.APPROVAL, waiting=whose, words=words)
    assert understood.hints == ()


@pytest.mark.parametrize(
    ("typed", "hint", "whose"),
    [
        (
            "waiting on finanse",
            "“finanse” is neither a role nor anybody who holds one. Did you mean finance?",
            Waiting(),
        ),
        ("waiting @zoe", "“zoe” is neither a role nor anybody who holds one.", Waiting()),
        ("waiting", "Waiting on whom? Name a person or a role, such as waiting on @ann or waiting finance.", None),
    ],
)
def test_nobody_waits_on_what_is_not_known(typed: str, hint: str, whose: Waiting | None) -> None:
    understood = read(typed.split(), Kind.APPROVAL, KNOWN)
    assert (understood.hints, understood.question.waiting) == ((hint,), whose)
