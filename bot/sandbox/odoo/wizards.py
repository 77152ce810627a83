"""The window actions that some methods answer instead of doing anything.

To a caller over RPC each of them means: nothing happened yet, a person would now see a dialog.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def window(res_model: str, name: str, context: dict[str, Any]) -> dict[str, Any]:
    """A dialog of ``res_model`` with what it would be opened with."""
    return {
        "name": name,
        "type": "ir.actions.act_window",
        "view_mode": "form",
        "views": [[False, "form"]],
        "res_model": res_model,
        "target": "new",
        "context": context,
    }


def mail_composer(model: str, ids: Sequence[int], *, name: str, mark: str) -> dict[str, Any]:
    """The mail dialog of an order."""
    context = {
        "default_model": model,
        "default_res_ids": list(ids),
        "default_composition_mode": "comment",
        "force_email": True,
        mark: True,
    }
    return window("mail.compose.message", name, context)
