"""A record of each event type, as the catalog would have read it. Made up; nobody decides anything about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.cases.lines import Line, Lines
from bot.cases.model import Event, Finding, Maker, RecordRef, Seen
from bot.money import Money
from bot.odoo.catalog.entry import EventType

_LINK = "https://erp.example.com/odoo/action-471/7"


@dataclass(frozen=True, slots=True)
class _Told:
    """What differs from type to type."""

    title: str
    finding: str
    value: str
    partner: str
    facts: tuple[tuple[str, str], ...]
    warehouse: str = "CHI"


_GLOBEX, _BREWERY = "Globex Valves & Pumps", "Lakeside Brewing Co."
_ORDER = (("Lines", "40 × Ball valve 2in at 312.50"), ("Planned receipt", "2026-12-04"), ("Buyer", "Ana Ruiz"))

_TOLD: Mapping[str, _Told] = {
    "purchase.approval": _Told(
        "Purchase order P00021", "above the double-validation limit", "12500 USD", _GLOBEX, _ORDER
    ),
    "purchase.emergency": _Told("Purchase order P00034", "marked as urgent", "1980 USD", _GLOBEX, _ORDER),
    "purchase.supplier_substitution": _Told(
        "Purchase order P00035", "the usual vendor is Acme Fittings", "3400 USD", "Initech Supply", _ORDER
    ),
    "purchase.price_variance": _Told(
        "Purchase order P00036", "a price differs by 18 % from the vendor's list", "6100 USD", _GLOBEX, _ORDER
    ),
    "purchase.bill_variance": _Told(
        "Bill BILL/2026/11/0042 of Globex Valves",
        "billed for more than was received",
        "4210 USD",
        _GLOBEX,
        (("Ordered", "40 at 98.00"), ("Received", "36"), ("Billed", "40 at 105.25"), ("Due", "2026-12-15")),
    ),
    "sale.credit_hold": _Told(
        "Quotation S00087",
        "the customer would owe 61,200.00 USD, the limit is 50,000.00 USD",
        "18300 USD",
        _BREWERY,
        (("Open invoices", "42,900.00 USD"), ("Salesperson", "Sam Keller")),
    ),
    "sale.margin": _Told(
        "Quotation S00088", "a margin of 4 %, the floor is 12 %", "9750 USD", _BREWERY, (("Margin", "390.00"),)
    ),
    "sale.discount": _Told(
        "Quotation S00089",
        "a discount of 35 %, the limit is 20 %",
        "7200 USD",
        _BREWERY,
        (("Lines", "12 × Coupler at -35 %"),),
    ),
    "sale.value": _Told("Quotation S00090", "a large quotation", "84000 USD", _BREWERY, (("Expires", "2026-12-01"),)),
    "inventory.count_variance": _Told(
        "Count of Copper pipe 22 mm at CHI/Stock/Shelf 4",
        "differs from the quantity on hand",
        "-4020 USD",
        "",
        (("On hand", "402 m"), ("Counted", "201 m"), ("Difference", "-201 m"), ("Counted by", "Carl Jensen")),
    ),
    "inventory.scrap": _Told(
        "Scrap of 86 Units Sealant",
        "to be scrapped",
        "860 USD",
        "",
        (("Product", "Sealant"), ("Quantity", "86"), ("Why", "frozen")),
    ),
    "inventory.blocked_release": _Told(
        "Transfer CHI/INT/00031",
        "out of CHI/Quarantine",
        "2750 USD",
        "",
        (("To", "CHI/Stock"), ("Goods", "25 × Gauge")),
    ),
    "return.exception": _Told(
        "Transfer CHI/IN/00077", "goods come back from a customer", "640 USD", _BREWERY, (("Goods", "8 × Keg coupler"),)
    ),
    "receiving.variance": _Told(
        "Transfer CHI/IN/00078",
        "less was received than ordered",
        "1200 USD",
        _GLOBEX,
        (("Ball valve 2in", "ordered 40, received 36"), ("Order", "P00021")),
    ),
    "shipment.backorder": _Told(
        "Transfer CHI/OUT/00112", "only a part is available", "5400 USD", _BREWERY, (("Keg coupler", "30 of 50 there"),)
    ),
    "shipment.release": _Told(
        "Transfer CHI/OUT/00113", "ready to leave", "5400 USD", _BREWERY, (("Carrier", "UPS Freight"),)
    ),
    "transfer.exception": _Told(
        "Transfer CHI/INT/00032", "leaves its warehouse", "3100 USD", "", (("From", "CHI/Stock"), ("To", "DAL/Stock"))
    ),
    "shipment.late": _Told(
        "Transfer CHI/OUT/00120",
        "promised to the customer 5 h ago, and not shipped",
        "8900 USD",
        _BREWERY,
        (("Promised", "2026-11-20 17:00"), ("Goods", "40 × Keg coupler"), ("Source", "S00071")),
    ),
    "pick.shortage": _Told(
        "Transfer CHI/PICK/00044",
        "half an hour late, and 12 of 40 are missing",
        "2300 USD",
        _BREWERY,
        (("Keg coupler", "28 of 40 there"), ("Elsewhere", "260 at DAL/Stock")),
    ),
    "pick.delay": _Told(
        "Transfer CHI/PICK/00045",
        "ready to be picked, and overdue by 3 h",
        "1700 USD",
        _BREWERY,
        (("Goods", "16 × Hose 3 m"), ("Planned", "2026-11-21 09:00")),
    ),
    "transfer.overdue": _Told(
        "Transfer CHI/INT/00051", "overdue by 2 d", "3100 USD", "", (("From", "CHI/Stock"), ("To", "DAL/Stock"))
    ),
    "receiving.delay": _Told(
        "Transfer CHI/IN/00090",
        "expected 1 d ago, and not there",
        "12500 USD",
        _GLOBEX,
        (("Order", "P00021"), ("Goods", "40 × Ball valve 2in")),
    ),
    "purchase.delay": _Told(
        "Purchase order P00019", "should have come 4 d ago", "7400 USD", _GLOBEX, (("Open", "24 of 60 × Gauge"),)
    ),
    "inventory.negative": _Told(
        "[HOSE-3] Hose 3 m at CHI/Stock", "below zero by 6 m", "-90 USD", "", (("On hand", "-6 m"), ("Reserved", "0 m"))
    ),
    "inventory.blocked": _Told(
        "[GAUGE-10] Gauge 10 bar at CHI/Quarantine", "blocked for 8 d", "2750 USD", "", (("On hand", "25 Units"),)
    ),
    "inventory.low_stock": _Told(
        "[VALVE-2] Ball valve 2in at CHI/Stock",
        "9 below its minimum of 40",
        "980 USD",
        "",
        (("Forecast", "31 Units"), ("This supplier before", "late 3 of 10 times")),
    ),
}


def _lines(total: Money) -> Lines:
    """Forty of something, and seven lines more than are offered."""
    valve = Line(1, "Ball valve 2in", 12, Decimal(40), total.amount / 40, total.amount)
    return Lines("Lines", "Total", total, (valve,), others=7, rest="others")


#: Types whose record is there in part, so that whoever approves has to choose.
_IN_PART = frozenset({"receiving.variance", "shipment.backorder"})


def sample(entry: EventType) -> Event:
    """A record of ``entry``'s type; one that nobody has drawn here yet is told by the catalog's own words."""
    told = _TOLD.get(entry.name) or _Told("REC/00001", entry.summary.rstrip("."), "1000 USD", "", ())
    return Event(
        record=RecordRef("main", entry.model, 7),
        event_type=entry.name,
        findings=(Finding(entry.name, told.finding),),
        title=told.title,
        company="Midwest Supply Co.",
        warehouse=told.warehouse,
        value=Money.parse(told.value),
        makers=(Maker("puru", "buyer@example.com", "Ana Ruiz"),),
        seen=tuple(Seen(label, label, text, text) for label, text in told.facts),
        context=(),
        link=_LINK,
        partner=told.partner or None,
        lines=_lines(Money.parse(told.value)) if entry.amendable else None,
        choices=entry.traits.choices if entry.name in _IN_PART else (),
    )
