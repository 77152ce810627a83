"""What lies on a desk, and the Home that shows it: all of it could be opened, and nothing else leaves a trace."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.approvals.sight import Sight, seen_by, sight, view_of
from bot.cases.chase import Chase, Segment
from bot.cases.desk import Desk, Entry, Found, Pile, desk_of, urgency
from bot.cases.model import Case, Kind, Status
from bot.cases.planning import Rules
from bot.config.model import CareRule, Role, Site, Span
from bot.exceptions.care import Care, Owner
from bot.sandbox.slack.modals import checked_view
from bot.slack.home import digest, home, nobody
from tests.core.test_powers import a_delegation
from tests.factories import (
    NOW,
    a_case,
    a_config,
    a_maker,
    a_person,
    a_plan,
    a_stage,
    an_event,
    minutes,
    rules,
    usd,
)

ANN, DOT, SAL, LEE, BOSS, ZOE = (f"{name}@example.com" for name in ("ann", "dot", "sal", "lee", "boss", "zoe"))
PEOPLE = (ANN, DOT, SAL, LEE, BOSS, ZOE, "")


def _rules(*stand_ins: tuple[str, str]) -> Rules:
    """Finance everywhere, a floor for each site, somebody who looks on without values, a boss of one company."""
    found = rules(
        a_config(
            roles=[
                Role("finance", "#finance", frozenset({ANN})),
                Role("floor", "#floor", frozenset({DOT}), sites=frozenset({"CHI"})),
                Role("south", "#south", frozenset({SAL}), sites=frozenset({"DAL"})),
                Role(
                    "lead", "#lead", frozenset({LEE}), sites=frozenset({"CHI"}), sees_everything=True, hides_values=True
                ),
                Role("clerk", "#clerk", frozenset({LEE}), hides_values=True),
                Role("boss", "#boss", frozenset({BOSS}), sees_everything=True, companies=frozenset({"Acme"})),
            ],
            sites=[Site(name, frozenset({name}), frozenset(), {}) for name in ("CHI", "DAL")],
        )
    )
    return replace(found, delegations=tuple(a_delegation(giver, taker) for giver, taker in stand_ins))


def _case(number: int, role: str, site: str | None, *, owner: str | None, due: int | None, **about: str) -> Case:
    """Case ``number``, an exception where ``owner`` is not None; ``due`` so many minutes after ``NOW``."""
    event = an_event(
        title=f"REC{number:03}",
        value=usd(f"{number}7777"),
        company=about.get("company", "Acme"),
        makers=(a_maker(about.get("maker", "mia@example.com")),),
    )
    sla = None if due is None else Span(timedelta(minutes=due + 600), wall=True)
    stage = replace(a_stage(role), sla=sla)
    chase = Chase((Segment(0, 0, NOW - timedelta(minutes=600)),))
    plain = a_case(id=number, event=event, plan=a_plan(stage, site=site), chase=chase)
    if owner is None:
        return plain
    care = Care(Owner(f"slack:T1:{owner}", owner, owner.title()) if owner else None)
    plan = replace(plain.plan, care=CareRule(), stages=(stage, stage))
    return replace(plain, kind=Kind.EXCEPTION, status=Status.OPEN, care=care, plan=plan)


@st.composite
def some_cases(draw: st.DrawFn) -> list[Case]:
    """Cases of all sorts, at places that are known, unknown or none."""
    return [
        _case(
            number,
            draw(st.sampled_from(("finance", "floor", "south", "clerk", "gone"))),
            draw(st.sampled_from((None, "CHI", "DAL", "SHUT"))),
            owner=draw(st.sampled_from((None, "", ANN, DOT, ZOE))),
            due=draw(st.sampled_from((None, -90, 30, 600))),
            company=draw(st.sampled_from(("Acme", "Acme GmbH"))),
            maker=draw(st.sampled_from(("mia@example.com", ANN, ZOE))),
        )
        for number in range(1, draw(st.integers(1, 8)))
    ]


STAND_INS = st.lists(st.tuples(st.sampled_from(PEOPLE[:-1]), st.sampled_from(PEOPLE[:-1])), max_size=3)
LAW = settings(max_examples=30, deadline=None)


def _desk(email: str, cases: list[Case], under: Rules) -> Desk:
    """Everything is handed in, whatever a reading of the database would have kept back."""
    found = Found(pending=cases, exceptions=cases, reviews=cases, late=cases)
    return desk_of(a_person(email), found, under, NOW)


def _piles(desk: Desk) -> list[Entry]:
    piles = (desk.waiting, desk.free, desk.owned, desk.reviews, desk.late)
    return [entry for pile in piles for entry in pile.entries]


@LAW
@given(some_cases(), STAND_INS)
def test_what_one_could_not_open_leaves_no_trace_on_the_desk(
    cases: list[Case], stand_ins: list[tuple[str, str]]
) -> None:
    under = _rules(*stand_ins)
    for email in PEOPLE:
        view = view_of(email, under, NOW)
        open_to = [case for case in cases if sight(case, view) is not Sight.NOTHING]
        desk = _desk(email, cases, under)
        assert desk == _desk(email, open_to, under)
        told = json.dumps(home(desk, NOW))
        for case in cases:
            assert case in open_to or case.event.title not in told
            assert sight(case, view) is Sight.WHOLE or f"{case.id}7,777" not in told


@LAW
@given(some_cases(), STAND_INS)
def test_those_whom_a_case_concerns_are_those_who_could_open_it(
    cases: list[Case], stand_ins: list[tuple[str, str]]
) -> None:
    under = _rules(*stand_ins)
    for case in cases:
        seeing = {one for one in PEOPLE[:-1] if sight(case, view_of(one, under, NOW)) is not Sight.NOTHING}
        assert seen_by(case, under, NOW) & set(PEOPLE) == seeing


@LAW
@given(some_cases(), st.sampled_from(PEOPLE))
def test_slack_takes_every_home(cases: list[Case], email: str) -> None:
    checked_view(json.loads(json.dumps(home(_desk(email, cases, _rules()), NOW))), "home")


def test_a_full_desk_fits_and_says_what_is_left_out() -> None:
    cases = [_case(n, "finance", None, owner=(None, "", ANN)[n % 3], due=-n) for n in range(1, 100)]
    many = [replace(a_delegation(ANN, ZOE), id=n) for n in range(1, 20)]
    found = Found(pending=cases, exceptions=cases, late=cases, delegations=many)
    desk = desk_of(a_person(ANN), found, _rules(), NOW)
    worst = replace(desk, reviews=Pile(desk.waiting.entries[:3], 4), late=Pile(desk.waiting.entries, 40, whole=False))
    view = home(worst, NOW)
    told = json.dumps(view)
    assert len(view["blocks"]) <= 100
    assert "and 23 more: /approvals mine" in told
    assert "and at least 40 more: /approvals overdue and /exceptions overdue" in told
    assert "and 11 more: /approvals delegations" in told
    assert len({block["block_id"] for block in view["blocks"]}) == len(view["blocks"])


def _labels(email: str, cases: list[Case]) -> list[str]:
    blocks = home(_desk(email, cases, _rules()), NOW)["blocks"]
    return [one["text"]["text"] for block in blocks for one in block.get("elements", ()) if one["type"] == "button"]


def test_a_desk_offers_what_the_card_does_and_a_look_at_it() -> None:
    assert _labels(ANN, [_case(1, "finance", None, owner=None, due=5)])[:5] == [
        "Approve",
        "Reject",
        "Ask a question",
        "Open in Odoo",
        "Details",
    ]
    assert "I’m on it" in _labels(DOT, [_case(1, "floor", "CHI", owner="", due=5)])


def test_nobody_decides_on_figures_that_are_hidden_from_him() -> None:
    case = _case(1, "clerk", "CHI", owner=None, due=5)
    assert _labels(LEE, [case])[:2] == ["Open in Odoo", "Details"]
    told = json.dumps(home(_desk(LEE, [case], _rules()), NOW))
    assert "Figures are hidden from you here" in told
    assert f"1:1:{case.event.pin}" in told  # the pointer is that of the case as it is


def test_an_empty_desk_says_so_and_a_stranger_sees_a_sentence() -> None:
    told = json.dumps(home(_desk(ZOE, [], _rules()), NOW))
    assert "Nothing waits for you, and you have nothing in hand." in told
    assert "Nobody stands in for you" in told
    assert len(nobody()["blocks"]) == 1


def test_when_it_was_drawn_makes_no_other_home_and_what_it_shows_does() -> None:
    cases = [_case(1, "finance", None, owner=None, due=5)]
    first = home(_desk(ANN, cases, _rules()), NOW)
    assert digest(first) == digest(home(_desk(ANN, cases, _rules()), minutes(1)))
    assert digest(first) != digest(home(_desk(ANN, [], _rules()), NOW))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((-5, "10"), (5, "9000")),  # late before dear
        ((-5, "9000"), (-90, "10")),  # of the late ones the dearest
        ((239, "9000"), (1, "10")),  # of those due within four hours the dearest
        ((239, "10"), (241, "9000")),  # due soon before dear
        ((600, "10"), (None, "9000")),  # due at all before no date
        ((5, "-9000"), (5, "10")),  # whatever its sign
        ((5, "10"), (6, "10")),  # else the one that is due first
    ],
)
def test_the_pressing_come_first(first: tuple[int | None, str], then: tuple[int | None, str]) -> None:
    def ranked(due: int | None, value: str) -> tuple[object, ...]:
        case = _case(1, "finance", None, owner=None, due=due)
        event = replace(case.event, value=usd(value))
        return urgency(replace(case, revision=replace(case.revision, event=event)), NOW)

    assert ranked(*first) < ranked(*then)
