"""What the file says of event types: how one of the catalog is narrowed, and what one of the admin's own is.

Core: values only. What Odoo has of it is found out when records are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

#: Odoo's prefix notation; lists have become tuples.
Domain: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class OwnMethod:
    """A method of Odoo that carries an outcome out."""

    name: str
    done: Domain  #: what the record is in once it has run
    repeatable: bool  #: whether a second call can do no harm


@dataclass(frozen=True, slots=True)
class OwnType:
    """An event type that only this file knows. Fields may be dotted paths, as ``x_product_id.default_code``."""

    model: str
    title: str  #: field that names the record
    why: str  #: why it needs people, as half a sentence
    watch: Mapping[str, str]  #: field -> label; what people decide on
    approve: OwnMethod
    reject: OwnMethod | None = None
    value: str | None = None  #: field that holds an amount in company currency
    company: str | None = None  #: field that leads to the company
    warehouse: str | None = None  #: field that leads to a warehouse
    partner: str | None = None
    makers: tuple[str, ...] = ("create_uid",)
    deadline: str | None = None
    notes: bool = True  #: whether the model has a chatter


@dataclass(frozen=True, slots=True)
class TypeSettings:
    """``types.<name>``: what the file says of one event type."""

    limit: Decimal | None = None  #: in percent, in the place of the catalog's
    where: Domain = field(default_factory=tuple)  #: what a record has to be in besides
    own: OwnType | None = None  #: None for a type of the catalog
