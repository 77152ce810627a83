"""An answer that is held, as JSON, for storing. Core: values in, text out, and back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.cases.amounts import money_from_plain, money_to_plain
from bot.cases.lines import changes_from_plain, changes_to_plain
from bot.cases.model import Decision, Intended, Verdict


def intended_to_text(intended: Intended | None) -> str | None:
    """An answer that is held."""
    if intended is None:
        return None
    given = intended.decision
    body = {
        **{name: getattr(given, name) for name in _PLAIN},
        "at": given.at.isoformat(),
        "value": money_to_plain(given.value),
        "roles": list(given.roles),
        "behalf": list(given.behalf),
        "until": intended.until.isoformat(),
        **({"changes": changes_to_plain(given.changes)} if given.changes else {}),
        **({"choice": given.choice} if given.choice else {}),
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def intended_from_text(text: str | None) -> Intended | None:
    """The inverse of ``intended_to_text``."""
    if not text:
        return None
    body: dict[str, Any] = json.loads(text)
    decision = Decision(
        **{**{name: body[name] for name in _PLAIN}, "verdict": Verdict(body["verdict"])},
        at=datetime.fromisoformat(body["at"]),
        value=money_from_plain(body["value"]),
        roles=tuple(body["roles"]),
        behalf=tuple(body["behalf"]),
        changes=changes_from_plain(body.get("changes", ())),
        choice=body.get("choice", ""),
    )
    return Intended(decision, datetime.fromisoformat(body["until"]))


#: Fields of a decision that are written as they are.
_PLAIN = ("revision", "stage", "person", "email", "name", "as_role", "verdict", "reason", "behalf_name", "code")
