"""What tired people type after a slash command, before anything of it is understood."""

from __future__ import annotations

import pytest

from bot.handlers import slash
from bot.handlers.slash import Asked, Command, Subcommand
from bot.handlers.typed import mentions, naming, tidy


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mine", "mine"),
        ("  mine  ", "mine"),
        ("approvals: mine", "mine"),
        ("/approvals mine", "mine"),
        ("Approval mine", "mine"),
        ("approvals", ""),
        ("history “WH/IN/00012”", 'history "WH/IN/00012"'),
        ("&gt;500", ">500"),
        ("<500 >100", "<500 >100"),
        ("a &amp; b", "a & b"),
        ("<#C123|chi-floor>", "chi-floor"),
        ("owner <mailto:dana@example.com|dana@example.com>", "owner dana@example.com"),
        ("waiting <@U123|ann>", "waiting <@U123|ann>"),
    ],
)
def test_it_is_tidied(typed: str, meant: str) -> None:
    assert tidy(typed, "/approvals") == meant


def test_mentions_become_addresses_whatever_stands_beside_them() -> None:
    words = ("waiting", "<@U123|ann>please", "<@U9>")
    assert mentions(words) == ("U123", "U9")
    assert naming(words, {"U123": "ann@example.com", "U9": ""}) == ("waiting", "@ann@example.com", "please", "<@U9>")


async def _nothing(_asked: Asked) -> str:
    return ""


LISTS = Command(
    "/approvals",
    "",
    tuple(Subcommand(name, "", _nothing) for name in ("mine", "list", "overdue", "show", "history", "pause")),
    usual="mine",
    filtering="list",
)


@pytest.mark.parametrize(
    ("typed", "name", "rest"),
    [
        ("", "mine", ""),
        ("MINE", "mine", ""),
        ("mine.", "mine", ""),
        ("“mine”", "mine", ""),
        ("--mine", "mine", ""),
        ("overdues", "overdue", ""),
        ("over", "overdue", ""),
        ("lists CHI", "list", "CHI"),
        ("CHI overdue", "overdue", "CHI"),
        ("12 show", "show", "12"),
        ("P00042 history", "history", "P00042"),
        ("12", "show", "12"),
        ("case #12.", "show", "12"),
        ("CHI", "list", "CHI"),
        ("finance waiting", "list", "finance waiting"),
        ("12 13", "list", "12 13"),
    ],
)
def test_the_subcommand_is_found_wherever_it_stands(typed: str, name: str, rest: str) -> None:
    found, left = LISTS.meant(tidy(typed, "/approvals"))
    assert (found.name if found else None, left) == (name, rest)


def test_a_slip_is_not_taken_for_a_word_to_search_for() -> None:
    assert LISTS.meant("ovredue")[0] is None
    assert LISTS.like("ovredue") == "overdue"


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), ("#12,", 12), ("case 12", 12), ("Case #12.", 12), ("x", None)]
)
def test_a_case_is_named_in_many_ways(typed: str, number: int | None) -> None:
    asked = Asked("/approvals", tuple(typed.split()), typed, None, None, "")  # type: ignore[arg-type]  # neither counts
    assert slash.case_number(asked) == number
