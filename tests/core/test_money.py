"""Money: written, rounded, compared by size, and never across currencies."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import CurrencyMismatch, Money
from tests.factories import usd
from tests.strategies import amounts


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("5000 USD", "5000", "USD"),
        ("99.50 EUR", "99.50", "EUR"),
        ("  -1.000001  JPY ", "-1.000001", "JPY"),
        ("999999999999999 USD", "999999999999999", "USD"),  # 15 digits are the most
    ],
)
def test_an_amount_is_read_as_written(text: str, amount: str, currency: str) -> None:
    assert Money.parse(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "5000",
        "USD 5000",
        "5,000 USD",
        "5000USD",
        "5e3 USD",
        "5000 usd",
        "5000 $",
        "",
        "1.1234567 USD",
        "1" * 16 + " USD",
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount with its currency"):
        Money.parse(text)


@pytest.mark.parametrize(
    ("number", "digits", "amount"),
    [
        (0.1 + 0.2, 2, "0.30"),  # a float's noise goes
        (2.675, 2, "2.68"),  # half up by what is written, though the float is 2.67499…
        (-2.675, 2, "-2.68"),  # away from zero
        (1234.5, 0, "1235"),
        (7, 3, "7.000"),
        (1e15, 2, "1000000000000000.00"),
    ],
)
def test_a_number_is_rounded_half_up_to_the_digits_of_its_currency(number: float, digits: int, amount: str) -> None:
    made = Money.of(number, "USD", digits=digits)
    assert (str(made.amount), made.currency) == (amount, "USD")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), "sNaN", "many", "", 1e300])
def test_what_is_no_number_is_no_money(number: float | str) -> None:
    with pytest.raises(ValueError, match="is not an amount of money"):
        Money.of(number, "USD")


@pytest.mark.parametrize(
    ("amount", "over", "under"),
    [
        ("5000.01", True, False),
        ("5000", False, False),  # the border is neither over nor under
        ("4999.99", False, True),
        ("-5000.01", True, False),  # a loss is as large as a gain
        ("-5000", False, False),
        ("-4999.99", False, True),
    ],
)
def test_limits_judge_the_absolute_value_and_include_their_border(amount: str, over: bool, under: bool) -> None:
    assert (usd(amount).exceeds(usd("5000")), usd(amount).is_under(usd("5000"))) == (over, under)


@pytest.mark.parametrize("compare", [Money.exceeds, Money.is_under])
def test_two_currencies_are_never_compared(compare: Callable[[Money, Money], bool]) -> None:
    with pytest.raises(CurrencyMismatch, match="EUR cannot be compared with USD"):
        compare(Money(Decimal(1), "EUR"), usd("1"))


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(Decimal("12500.00"), "USD"), "12,500.00 USD"),
        (Money(Decimal("-1234567.5"), "EUR"), "-1,234,567.5 EUR"),
        (Money(Decimal("1E+3"), "JPY"), "1,000 JPY"),  # never in powers
    ],
)
def test_people_read_grouped_digits(money: Money, shown: str) -> None:
    assert str(money) == shown


@given(amounts(), amounts())
def test_an_amount_is_over_under_or_at_a_limit(money: Money, other: Money) -> None:
    limit = Money(abs(other.amount), money.currency)
    at = abs(money.amount) == limit.amount
    assert [money.exceeds(limit), money.is_under(limit), at].count(True) == 1


@given(st.floats(-1e12, 1e12), st.integers(0, 4))
def test_rounding_moves_by_half_a_digit_at_most(number: float, digits: int) -> None:
    made = Money.of(number, "USD", digits=digits)
    assert abs(made.amount - Decimal(str(number))) <= Decimal(5).scaleb(-digits - 1)
