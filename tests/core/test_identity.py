"""Whose an address is: one user of Odoo, remembered; what is in doubt bars and frees nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.model import Maker
from bot.odoo.identity import Account, Identity, judge, with_doubts
from bot.odoo.roster import User, membership
from tests.factories import a_maker, a_source, an_event
from tests.integration.test_odoo_groups import GROUP

ANN = "ann@example.com"
FIRST = {ANN: Identity(7)}
NOBODY: dict[str, Identity] = {}


@pytest.mark.parametrize(
    ("accounts", "known", "says"),
    [
        ([Account(7, ANN)], NOBODY, ""),
        ([Account(7, "Ann@Example.com")], FIRST, ""),
        (
            [Account(7, ANN), Account(9, "Ann@example.com")],
            FIRST,
            "is the address of Odoo user 7 (ann@example.com) and",
        ),
        ([Account(7, ANN), Account(9, "annie")], FIRST, "is the address of Odoo user 7 (ann@example.com) and"),
        ([Account(9, ANN)], FIRST, "was Odoo user 7, and leads to Odoo user 9 (ann@example.com) now"),
        ([Account(9, "annie")], FIRST, "put annie: 9 under odoo.main.user_ids"),
        ([Account(5, ANN)], FIRST, ""),
        ([Account(7, ANN)], {"bob@example.com": Identity(7)}, "was known as bob@example.com, and leads to ann@"),
        ([Account(7, "annie")], {"bob@example.com": Identity(7)}, ""),
        ([Account(9, ANN)], {ANN: Identity(7, "in doubt")}, "was Odoo user 7"),
        ([Account(7, ANN)], {ANN: Identity(7, "in doubt")}, ""),
        ([], {ANN: Identity(7, "in doubt")}, ""),
    ],
    ids=[
        "seen first",
        "the same user as before",
        "two logins that differ in case",
        "an override for somebody who is there by login",
        "another user by the same login",
        "another user by an override",
        "another user whom the config confirms",
        "a user who goes by another login",
        "a user whose address the config names",
        "still another user",
        "the old user again",
        "nobody any more",
    ],
)
def test_an_address_is_one_user_and_stays_that_user(
    accounts: list[Account], known: dict[str, Identity], says: str
) -> None:
    source = a_source(users={"annie": ANN}, user_ids={ANN: 5})
    found = judge(accounts, known, source)[ANN]
    assert says in found.refused
    assert bool(says) == bool(found.refused)


def test_a_confirmed_user_is_the_one_that_is_remembered() -> None:
    confirmed = judge([Account(9, ANN)], FIRST, a_source(user_ids={ANN: 9}))
    assert confirmed[ANN] == Identity(9)
    assert judge([Account(11, ANN)], confirmed, a_source(user_ids={ANN: 9}))[ANN].refused


def test_an_address_that_nobody_has_any_more_keeps_its_user_but_an_unsettled_one_is_forgotten() -> None:
    known = {ANN: Identity(7), "two@example.com": Identity(None, "in doubt")}
    assert judge([], known, a_source()) == {ANN: Identity(7)}


def test_the_bot_and_logins_that_are_no_address_are_nobody() -> None:
    assert judge([Account(1, "bot@example.com"), Account(2, "admin")], {}, a_source()) == {}


_LOGINS = st.sampled_from(["ann@example.com", "Ann@example.com", "bob@example.com", "annie", "admin"])


@given(st.lists(st.dictionaries(st.integers(1, 4), _LOGINS, max_size=4), max_size=5))
def test_without_a_word_of_the_config_no_address_ever_becomes_another_users(days: list[dict[int, str]]) -> None:
    known: dict[str, Identity] = {}
    for day in days:
        after = judge([Account(one, login) for one, login in day.items()], known, a_source())
        for address, before in known.items():
            assert before.user is None or after[address].user == before.user
        trusted = [one.user for address, one in after.items() if not one.refused and address in _addresses(day)]
        assert len(set(trusted)) == len(trusted)
        known = after


def _addresses(day: dict[int, str]) -> set[str]:
    return {login.lower() for login in day.values()}


def test_a_maker_in_doubt_stays_a_maker_and_counts_as_unknown_besides() -> None:
    mia, ann = a_maker("mia@example.com"), a_maker(ANN)
    event = replace(an_event(makers=(mia, ann)), apart=(an_event(makers=(mia, ann)),))
    doubted = with_doubts(event, {ANN})
    assert doubted.makers == (mia, ann, Maker(ann.login, "", ann.name))
    assert doubted.apart[0].makers == doubted.makers
    assert with_doubts(event, {"else@example.com"}) is event


def test_nobody_holds_a_role_by_a_group_with_an_address_in_doubt() -> None:
    users = [User(ANN, "Ann", active=True), User("bob@example.com", "Bob", active=True)]
    found = membership(GROUP, users, a_source(), {ANN})
    assert [one.email for one in found.members] == ["bob@example.com"]
    assert found.left_out == (f"Ann: it is not sure whose address {ANN} is in Odoo",)
