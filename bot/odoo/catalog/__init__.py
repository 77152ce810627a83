"""The catalog of event types. Adding one is an entry here and its tests; no other room names a model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.cases.traits import Traits
from bot.config.model import TypeSettings
from bot.odoo.catalog.bills import BILL_VARIANCE
from bot.odoo.catalog.delays import PICK_DELAY, PICK_SHORTAGE, RECEIVING_DELAY, SHIPMENT_LATE, TRANSFER_OVERDUE
from bot.odoo.catalog.entry import EventType
from bot.odoo.catalog.inventory import COUNT_VARIANCE
from bot.odoo.catalog.own import catalog_with
from bot.odoo.catalog.planning import LOW_STOCK, PURCHASE_DELAY
from bot.odoo.catalog.purchase import (
    PURCHASE_APPROVAL,
    PURCHASE_EMERGENCY,
    PURCHASE_PRICE_VARIANCE,
    PURCHASE_SUBSTITUTION,
)
from bot.odoo.catalog.repeats import REPEATS
from bot.odoo.catalog.sale import SALE_CREDIT_HOLD, SALE_DISCOUNT, SALE_MARGIN, SALE_VALUE
from bot.odoo.catalog.scrap import SCRAP
from bot.odoo.catalog.stock_trouble import INVENTORY_BLOCKED, INVENTORY_NEGATIVE
from bot.odoo.catalog.transfers import (
    BLOCKED_RELEASE,
    RECEIVING_VARIANCE,
    RETURN_EXCEPTION,
    SHIPMENT_BACKORDER,
    SHIPMENT_RELEASE,
    TRANSFER_EXCEPTION,
)

_ENTRIES = (
    PURCHASE_APPROVAL,
    PURCHASE_EMERGENCY,
    PURCHASE_SUBSTITUTION,
    PURCHASE_PRICE_VARIANCE,
    SALE_CREDIT_HOLD,
    SALE_MARGIN,
    SALE_DISCOUNT,
    SALE_VALUE,
    COUNT_VARIANCE,
    SCRAP,
    BILL_VARIANCE,
    BLOCKED_RELEASE,
    RETURN_EXCEPTION,
    RECEIVING_VARIANCE,
    SHIPMENT_BACKORDER,
    SHIPMENT_RELEASE,
    TRANSFER_EXCEPTION,
    SHIPMENT_LATE,
    PICK_SHORTAGE,
    PICK_DELAY,
    TRANSFER_OVERDUE,
    RECEIVING_DELAY,
    INVENTORY_NEGATIVE,
    INVENTORY_BLOCKED,
    PURCHASE_DELAY,
    LOW_STOCK,
)

#: Every event type by its name; where one record has several findings, the first here leads.
CATALOG: Mapping[str, EventType] = MappingProxyType({entry.name: entry for entry in _ENTRIES})


def catalog_of(types: Mapping[str, TypeSettings]) -> Mapping[str, EventType]:
    """Every event type that a config with these settings can mean: those above, narrowed, and its own."""
    return catalog_with(CATALOG, types) if types else CATALOG


def traits_of(types: Mapping[str, TypeSettings]) -> Mapping[str, Traits]:
    """What the core has to know of each of them."""
    return {**REPEATS, **{name: entry.traits for name, entry in catalog_of(types).items()}}


def models_of(types: Mapping[str, TypeSettings]) -> Mapping[str, str]:
    """The model that each of them is about."""
    return {name: entry.model for name, entry in catalog_of(types).items()}
