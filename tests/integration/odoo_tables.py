"""A small Odoo of tables behind httpx's transport seam: it counts calls and refuses as Odoo does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

import httpx

from bot.clock import Clock
from bot.config.model import Secret, Source
from bot.odoo.client import OdooClient
from bot.odoo.reader import Reader

Rows: TypeAlias = dict[int, dict[str, Any]]

SCHEMA: dict[str, dict[str, tuple[str, str]]] = {
    "purchase.order": {
        "name": ("char", ""),
        "amount_total": ("monetary", ""),
        "date_order": ("datetime", ""),
        "origin": ("char", ""),
        "company_id": ("many2one", "res.company"),
        "picking_type_id": ("many2one", "stock.picking.type"),
        "order_line": ("one2many", "purchase.order.line"),
        "write_uid": ("many2one", "res.users"),
    },
    "purchase.order.line": {
        "product_id": ("many2one", "product.product"),
        "price_unit": ("float", ""),
        "display_type": ("selection", ""),
    },
    "product.product": {"default_code": ("char", ""), "standard_price": ("float", "")},
    "res.company": {"name": ("char", ""), "currency_id": ("many2one", "res.currency")},
    "res.currency": {"name": ("char", "")},
    "res.users": {"login": ("char", "")},
    "stock.picking.type": {"warehouse_id": ("many2one", "stock.warehouse")},
    "stock.warehouse": {"code": ("char", "")},
}


class Server:
    """An Odoo of one table a model. ``hidden`` records are refused by a rule, ``prices`` differ by company."""

    def __init__(self, tables: dict[str, Rows]) -> None:
        self.tables = tables
        self.schema = {model: dict(fields) for model, fields in SCHEMA.items()}
        self.hidden: set[tuple[str, int]] = set()
        self.closed_models: set[str] = set()
        self.closed_fields: set[str] = set()
        self.companies = {1, 2}
        self.prices: dict[tuple[int, int], float] = {}
        self.calls: list[tuple[str, str]] = []

    def reader(self, clock: Clock | None = None) -> Reader:
        source = Source("main", "https://erp.example", "prod", "bot", Secret("key"), (), ())
        client = OdooClient(source, httpx.AsyncClient(transport=httpx.MockTransport(self)))
        return Reader(client, clock or Clock())

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/web/version":
            return httpx.Response(200, json={"version": "18.0", "version_info": [18, 0, 0, "final", 0, ""]})
        params = json.loads(request.content)["params"]
        if params["method"] == "authenticate":
            return self._envelope(result=7)
        _, _, _, model, method, args, kwargs = params["args"]
        self.calls.append((model, method))
        try:
            return self._envelope(result=getattr(self, f"_{method}")(model, *args, **kwargs))
        except PermissionError as error:
            data = {"name": "odoo.exceptions.AccessError", "message": str(error)}
            return self._envelope(error={"code": 0, "data": data})

    def _envelope(self, **answer: object) -> httpx.Response:
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, **answer})

    def _fields_get(self, model: str, attributes: list[str]) -> dict[str, Any]:
        assert attributes == ["type", "relation"]
        return {
            name: {"type": kind, **({"relation": relation} if relation else {})}
            for name, (kind, relation) in self.schema[model].items()
        }

    def _search(self, model: str, domain: list[Any], context: dict[str, Any]) -> list[int]:
        self._check(model, [], context)
        assert context["active_test"] is False
        [[_, _, ids]] = domain
        return [one for one in ids if one in self.tables[model] and (model, one) not in self.hidden]

    def _read(
        self, model: str, ids: list[int], fields: list[str], context: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        context = context or {}
        self._check(model, ids, context, fields)
        return [
            {"id": one, **{name: self._value(model, one, name, context) for name in fields}}
            for one in ids
            if one in self.tables[model]
        ]

    def _check(self, model: str, ids: Iterable[int], context: dict[str, Any], fields: Iterable[str] = ()) -> None:
        denied = model in self.closed_models or any((model, one) in self.hidden for one in ids)
        denied = denied or not self.closed_fields.isdisjoint(fields)
        if denied or not self.companies.issuperset(context.get("allowed_company_ids", [])):
            msg = "top-secret records"
            raise PermissionError(msg)

    def _value(self, model: str, one: int, name: str, context: dict[str, Any]) -> Any:
        row = self.tables[model][one]
        if name == "id":
            return one
        if name == "display_name":
            return self._label(model, one)
        if name == "standard_price":
            return self.prices[one, context["allowed_company_ids"][0]]
        kind, relation = self.schema[model][name]
        value = row.get(name, False)
        return [value, self._label(relation, value)] if kind == "many2one" and value else value

    def _label(self, model: str, one: int) -> str:
        return f"{model} {one}"


def orders(count: int) -> dict[str, Rows]:
    """``count`` orders of two lines in two companies, the first without an origin."""
    ids = range(1, count + 1)
    return {
        "purchase.order": {
            one: {
                "name": f"P{one:05}",
                "amount_total": 460.1,
                "date_order": "2026-11-21 08:08:09",
                "origin": f"SO{one}" if one > 1 else False,
                "company_id": 1 + one % 2,
                "picking_type_id": 5,
                "order_line": [one * 10, one * 10 + 1],
                "write_uid": 7,
            }
            for one in ids
        },
        "purchase.order.line": {
            one * 10 + offset: {"product_id": 40 + offset, "price_unit": 2.5} for one in ids for offset in (0, 1)
        },
        "product.product": {40: {"default_code": "BOLT"}, 41: {"default_code": False}},
        "res.company": {1: {"name": "North", "currency_id": 2}, 2: {"name": "South", "currency_id": 3}},
        "res.currency": {2: {"name": "USD"}, 3: {"name": "EUR"}},
        "res.users": {7: {"login": "bot"}},
        "stock.picking.type": {5: {"warehouse_id": 9}},
        "stock.warehouse": {9: {"code": "CHI"}},
    }
