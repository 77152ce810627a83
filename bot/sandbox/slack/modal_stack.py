"""Which views people have open: stacks of up to three modals, and one App Home tab each.

Owns view ids, hashes and the stack. Whether a trigger was valid is the Web API's question.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from bot.sandbox.slack.model import Trigger, View

MOST_STACKED = 3


class ModalStack:
    """The open views of everybody."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._serial = 0
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}

    def of(self, person_id: str) -> list[View]:
        """The modals of a person, the one on top last."""
        return [view for view in self.views.values() if view.person_id == person_id]

    def open(self, person_id: str, content: dict[str, Any], *, trigger: Trigger | None = None) -> View:
        """Show a modal. Another stack that the person had open goes away."""
        for other in self.of(person_id):
            self._drop(other)
        view = self._new(person_id, content, trigger)
        self.views[view.id] = view
        self._changed()
        return view

    def push(self, below: View, content: dict[str, Any], *, trigger: Trigger | None = None) -> View:
        """Put a modal on top of another."""
        view = self._new(below.person_id, content, trigger)
        view.root_id = below.root_id
        view.previous_id = below.id
        self.views[view.id] = view
        self._changed()
        return view

    def update(self, view: View, content: dict[str, Any]) -> None:
        """Replace the content. What was typed into inputs that are still there stays, as in Slack."""
        view.content = content
        view.hash = _new_hash(self._next())
        view.errors = {}
        view.trouble = ""
        kept = {block["block_id"] for block in content["blocks"]}
        view.values = {block_id: value for block_id, value in view.values.items() if block_id in kept}
        self._changed()

    def close(self, view: View) -> None:
        """Close the view on top; the one below shows again."""
        self._drop(view)
        self._changed()

    def clear(self, person_id: str) -> None:
        """Close every modal of a person."""
        for view in self.of(person_id):
            self._drop(view)
        self._changed()

    def publish(self, person_id: str, content: dict[str, Any]) -> View:
        """Set the App Home tab of a person."""
        view = self.homes.get(person_id)
        if view is None:
            view = self.homes[person_id] = self._new(person_id, content, None)
        view.content = content
        view.hash = _new_hash(self._next())
        self._changed()
        return view

    def find(self, view_id: str, external_id: str = "") -> View | None:
        """An open view or a home tab, by Slack's id or the app's own."""
        for view in (*self.views.values(), *self.homes.values()):
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        return None

    def opened_with(self, trigger_id: str) -> View | None:
        """The open view that this trigger was spent on."""
        return next((view for view in self.views.values() if view.trigger_id == trigger_id), None)

    def _drop(self, view: View) -> None:
        view.is_open = False
        self.views.pop(view.id, None)

    def _new(self, person_id: str, content: dict[str, Any], trigger: Trigger | None) -> View:
        serial = self._next()
        view_id = f"V0SBX{serial:05d}"
        return View(
            id=view_id,
            person_id=person_id,
            content=content,
            hash=_new_hash(serial),
            root_id=view_id,
            trigger_id=trigger.id if trigger else None,
        )

    def _next(self) -> int:
        self._serial += 1
        return self._serial


def _new_hash(serial: int) -> str:
    return f"{1_700_000_000 + serial}.{secrets.token_hex(4)}"
