"""Records in memory, and transactions over them.

Committed rows are never changed in place: a transaction writes copies and swaps them in at commit, so that
readers see the old state until then and a rollback costs nothing. It knows no fields, rights or rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

from bot.sandbox.odoo.model import Row


class Store:
    """Every committed row, and an index on the fields that are looked up often."""

    def __init__(self, indexed: dict[str, tuple[str, ...]]) -> None:
        self._tables: dict[str, dict[int, Row]] = {model: {} for model in indexed}
        self._indexed = indexed
        self._index: dict[tuple[str, str], dict[Hashable, dict[int, None]]] = {
            (model, name): defaultdict(dict) for model, names in indexed.items() for name in names
        }
        self._counters: dict[str, int] = defaultdict(int)

    def get(self, model: str, record_id: int) -> Row | None:
        """The committed row, or None."""
        return self._tables[model].get(record_id)

    def ids(self, model: str) -> Iterator[int]:
        """The committed ids of a model."""
        return iter(self._tables[model])

    def is_indexed(self, model: str, name: str) -> bool:
        """Whether ``among`` can answer for this field."""
        return (model, name) in self._index

    def among(self, model: str, name: str, value: Hashable) -> list[int]:
        """The committed ids whose indexed field equals ``value``."""
        return list(self._index[(model, name)].get(value, ()))

    def take_number(self, counter: str) -> int:
        """The next number of a sequence; like a database sequence it is not given back by a rollback."""
        self._counters[counter] += 1
        return self._counters[counter]

    def skip_to(self, counter: str, number: int) -> None:
        """Make ``number`` the last one taken."""
        self._counters[counter] = number

    def replace(self, model: str, record_id: int, row: Row | None) -> None:
        """Put a committed row in the place of the old one; None removes it."""
        old = self._tables[model].get(record_id)
        for name in self._indexed[model]:
            index = self._index[(model, name)]
            if old is not None:
                index[old[name]].pop(record_id, None)
            if row is not None:
                index[row[name]][record_id] = None
        if row is None:
            self._tables[model].pop(record_id, None)
        else:
            self._tables[model][record_id] = row


class Transaction:
    """One request's view: the committed rows plus its own changes."""

    def __init__(self, store: Store, moment: str) -> None:
        self.store = store
        #: The start of the transaction, the write_date of everything it writes.
        self.moment = moment
        #: What was worked out of a record, with the figures that it hangs on: kept until the cache is invalidated.
        self.told: dict[tuple[str, int], tuple[object, ...]] = {}
        self._changed: dict[str, dict[int, Row | None]] = {}
        self._seen: dict[tuple[str, int], Row | None] = {}

    def get(self, model: str, record_id: int) -> Row | None:
        """The row as this transaction sees it, or None."""
        changed = self._changed.get(model)
        if changed is not None and record_id in changed:
            return changed[record_id]
        return self.store.get(model, record_id)

    def ids(self, model: str) -> list[int]:
        """The ids of a model as this transaction sees them."""
        changed = self._changed.get(model, {})
        kept = [one for one in self.store.ids(model) if one not in changed]
        return kept + [one for one, row in changed.items() if row is not None]

    def among(self, model: str, name: str, value: Hashable) -> list[int]:
        """The ids whose indexed field equals ``value``, as this transaction sees them."""
        changed = self._changed.get(model, {})
        kept = [one for one in self.store.among(model, name, value) if one not in changed]
        return kept + [one for one, row in changed.items() if row is not None and row[name] == value]

    def put(self, model: str, record_id: int, row: Row | None) -> None:
        """Write a row, or delete it with None."""
        self._seen.setdefault((model, record_id), self.store.get(model, record_id))
        self._changed.setdefault(model, {})[record_id] = row

    def commit(self) -> bool:
        """Make the changes visible to all; False, and nothing happens, if somebody else wrote one of the rows."""
        if any(self.store.get(*key) is not row for key, row in self._seen.items()):
            return False
        for model, rows in self._changed.items():
            for record_id, row in rows.items():
                self.store.replace(model, record_id, row)
        return True
