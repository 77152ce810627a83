"""Limits, places and stand-ins: delegation never widens anything, and what cannot be told gives nobody power."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.approvals.authority import Allowed, Reason, Refused, may
from bot.approvals.powers import powers_at
from bot.approvals.standins import LONGEST_CHAIN, Delegation, voices
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.config.model import Role, RoleOverlay, Site
from bot.money import Money
from tests.factories import (
    FINANCE,
    NOW,
    a_case,
    a_config,
    a_decide,
    a_decision,
    a_maker,
    a_person,
    a_plan,
    a_role,
    a_stage,
    an_event,
    minutes,
    rules,
    usd,
)

ANN, BOB, CYD = FINANCE
EVE, MIA = "eve@example.com", "mia@example.com"
CHICAGO = Site("CHI", frozenset({"CHI"}), frozenset(), {})


def a_delegation(giver: str, taker: str, **changes: object) -> Delegation:
    """``giver`` lets ``taker`` decide, for an hour from ``NOW`` on."""
    dull = Delegation(
        1,
        giver,
        giver.split("@", maxsplit=1)[0].title(),
        taker,
        taker.split("@", maxsplit=1)[0].title(),
        NOW,
        minutes(60),
    )
    return replace(dull, **changes)  # type: ignore[arg-type]  # any field by its name


def judged(email: str, case: Case | None = None, under: Rules | None = None, now: datetime = NOW) -> str:
    """The role somebody acts in, or the reason of the refusal."""
    case, under = case or a_case(), under or rules()
    found = may(a_person(email), a_decide(email), case, now, powers_at(case, under))
    return found.reason.value if isinstance(found, Refused) else found.as_role


def limited(role: str | None = None, person: str | None = None, **more: object) -> Rules:
    """A limit on finance, on Ann, or on both."""
    limits = {ANN: usd(person)} if person else {}
    seat = replace(a_role(), limit=usd(role) if role else None)
    return rules(a_config(roles=[seat], limits=limits, **more))  # type: ignore[arg-type]


WORTH = {"value": usd("12500.00")}


@pytest.mark.parametrize(
    ("role", "person", "value", "result"),
    [
        ("12500", None, usd("12500.00"), "finance"),  # the border is included
        ("12500", None, usd("-12500.00"), "finance"),
        ("12500", None, usd("12500.01"), "over_limit"),
        ("12500", None, usd("-12500.01"), "over_limit"),
        ("12500", None, None, "over_limit"),
        ("12500", None, Money.parse("1 EUR"), "over_limit"),
        (None, "500", usd("500.01"), "over_limit"),
        (None, "500", usd("500.00"), "finance"),
        ("100", "500", usd("200.00"), "over_limit"),  # both have to be kept
        ("500", "100", usd("200.00"), "over_limit"),
        (None, None, None, "finance"),
    ],
)
def test_a_limit_judges_the_absolute_value_and_fails_closed(
    role: str | None, person: str | None, value: Money | None, result: str
) -> None:
    assert judged(ANN, a_case(event=an_event(value=value)), limited(role, person)) == result


def test_a_role_with_a_higher_limit_of_the_same_stage_is_taken() -> None:
    seats = [replace(a_role(), limit=usd("100")), a_role("executive", [ANN])]
    case = a_case(plan=a_plan(a_stage("finance", "executive")))
    assert judged(ANN, case, rules(a_config(roles=seats))) == "executive"


@pytest.mark.parametrize(
    ("role", "site", "company", "result"),
    [
        (replace(a_role(), sites=frozenset({"CHI"})), "CHI", "Acme", "finance"),
        (replace(a_role(), sites=frozenset({"CHI"})), None, "Acme", "not_in_role"),
        (replace(a_role(), companies=frozenset({"Acme"})), None, "Acme", "finance"),
        (replace(a_role(), companies=frozenset({"Acme"})), None, "Globex", "not_in_role"),
    ],
)
def test_a_role_has_power_at_its_own_places_alone(role: Role, site: str | None, company: str, result: str) -> None:
    case = a_case(event=an_event(company=company), plan=a_plan(site=site))
    assert judged(ANN, case, rules(a_config(roles=[role], sites=[CHICAGO]))) == result


def test_a_site_has_its_own_limit() -> None:
    strict = replace(CHICAGO, roles={"finance": RoleOverlay(limit=usd("100"))})
    assert judged(ANN, a_case(plan=a_plan(site="CHI")), rules(a_config(sites=[strict]))) == "over_limit"
    assert judged(ANN, a_case(), rules(a_config(sites=[strict]))) == "finance"


def test_a_site_that_is_no_longer_in_the_config_gives_nobody_power() -> None:
    """Chicago's own people decided there; without the site the enterprise's must not."""
    assert judged(ANN, a_case(plan=a_plan(site="CHI"))) == "power_not_told"


GIVEN = a_delegation(ANN, EVE)


def standing_in(*delegations: Delegation, **more: object) -> Rules:
    """The usual rules with these delegations."""
    return replace(limited(**more), delegations=delegations)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "result"),
    [
        (minutes(-1), "not_in_role"),
        (NOW, "finance"),
        (minutes(59.9), "finance"),
        (minutes(60), "not_in_role"),
    ],
)
def test_a_delegation_holds_from_its_start_up_to_its_end(now: datetime, result: str) -> None:
    assert judged(EVE, under=standing_in(GIVEN), now=now) == result


def test_whoever_stands_in_says_for_whom() -> None:
    case = a_case()
    found = may(a_person(EVE), a_decide(EVE), case, NOW, powers_at(case, standing_in(GIVEN)))
    assert found == Allowed("finance", ("finance",), (ANN,), "Ann")


@pytest.mark.parametrize(
    ("under", "result"),
    [
        pytest.param(standing_in(GIVEN, role="12500"), "finance", id="the giver's role reaches"),
        pytest.param(standing_in(GIVEN, role="100"), "over_limit", id="the giver's role does not"),
        pytest.param(standing_in(GIVEN, person="100"), "over_limit", id="the giver's own limit does not"),
        pytest.param(
            replace(rules(a_config(limits={EVE: usd("100")})), delegations=(GIVEN,)),
            "over_limit",
            id="the stand-in's own limit does not",
        ),
        pytest.param(
            replace(
                rules(a_config(roles=[a_role(), replace(a_role("clerks", [EVE]), limit=usd("100"))])),
                delegations=(GIVEN,),
            ),
            "over_limit",
            id="the stand-in's own role does not",
        ),
    ],
)
def test_the_smaller_power_of_both_counts(under: Rules, result: str) -> None:
    assert judged(EVE, under=under) == result


@pytest.mark.parametrize(
    ("case", "who", "result"),
    [
        pytest.param(a_case(event=an_event(makers=(a_maker(ANN),))), EVE, "own_request", id="a maker's stand-in"),
        pytest.param(a_case(event=an_event(makers=(a_maker(EVE),))), EVE, "own_request", id="a maker as stand-in"),
        pytest.param(
            a_case(plan=a_plan(a_stage(count=2)), decisions=(a_decision(ANN),)),
            EVE,
            "answered_before",
            id="whose giver has answered",
        ),
        pytest.param(
            a_case(plan=a_plan(a_stage(count=2)), decisions=(a_decision(EVE, behalf=(ANN,)),)),
            ANN,
            "answered_before",
            id="whose stand-in has answered",
        ),
    ],
)
def test_segregation_is_judged_against_both(case: Case, who: str, result: str) -> None:
    assert judged(who, case, standing_in(GIVEN)) == result


def test_who_edits_after_a_stand_in_approved_in_that_name_takes_the_approval_back() -> None:
    case = a_case(
        event=an_event(makers=(a_maker(ANN),)),
        plan=a_plan(a_stage(count=2)),
        decisions=(a_decision(EVE, behalf=(ANN,)),),
    )
    assert judged(BOB, case) == "finance"
    assert case.decisions[0].identities == {EVE, ANN}


def test_one_case_can_be_forwarded_to_a_person() -> None:
    case = a_case(forwards=(a_delegation(ANN, EVE, ends_at=None),))
    assert judged(EVE, case) == "finance"
    assert judged(EVE) == "not_in_role"


def test_chains_are_bounded() -> None:
    links = [a_delegation(f"p{number}@example.com", f"p{number + 1}@example.com") for number in range(6)]
    reached = {voice.holder for voice in voices("p6@example.com", links, NOW)}
    assert reached == {f"p{6 - step}@example.com" for step in range(LONGEST_CHAIN + 1)}


PEOPLE = [ANN, BOB, EVE, MIA]


@given(
    st.lists(st.builds(a_delegation, st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=6),
    st.sampled_from(PEOPLE),
    st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from([usd("100"), usd("99999")])),
)
def test_delegation_never_widens(delegations: list[Delegation], who: str, limits: dict[str, Money]) -> None:
    """In whatever circle people delegate: whoever acts, the holder of the role could, and no maker has a part in it."""
    under = replace(rules(a_config(limits=limits)), delegations=tuple(delegations))
    case = a_case(event=an_event(makers=(a_maker(MIA),), value=usd("5000")))
    found = may(a_person(who), a_decide(who), case, NOW, powers_at(case, under))
    if isinstance(found, Allowed):
        everybody = {who, *found.on_behalf_of}
        assert judged(found.on_behalf_of[-1] if found.on_behalf_of else who, case, under) == "finance"
        assert MIA not in everybody
        assert all(limits.get(email) != usd("100") for email in everybody)
    else:
        assert found.reason in {Reason.NOT_IN_ROLE, Reason.OWN_REQUEST, Reason.OVER_LIMIT}
