"""Zones are read off the full names of places."""

from __future__ import annotations

import pytest

from bot.odoo.catalog.places import zone


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("CHI/Stock/Aisle 3/Bin 7", "CHI/Stock/Aisle 3"),
        ("CHI/Stock/Aisle 3", "CHI/Stock/Aisle 3"),
        ("CHI/Stock", "CHI/Stock"),
        ("CHI/Stockroom/Bin 7", "CHI/Stockroom"),
        ("CHI/Input", "CHI/Input"),
        ("Cold store/Bin 7", "CHI/Cold store"),
    ],
    ids=["a bin", "an aisle", "right in the stock", "a name that begins alike", "beside the stock", "in a view"],
)
def test_a_zone_is_the_first_place_below_the_stock(place: str, expected: str) -> None:
    assert zone(place, stock="CHI/Stock", warehouse="CHI") == expected


def test_without_the_warehouse_a_zone_is_the_first_part_of_the_name() -> None:
    assert zone("Cold store/Bin 7", stock=None, warehouse=None) == "Cold store"
