"""Where goods can be sent by an outcome. Core: names alone; ``bot/odoo/places.py`` finds the places."""

from __future__ import annotations

from enum import StrEnum


class To(StrEnum):
    """Where goods are sent; which place that is, is looked up when it is carried out."""

    QUARANTINE = "quarantine"  #: the place that the config names, else the warehouse's one place called so
    STOCK = "stock"  #: the stock of the warehouse
