"""What differs between two configs, in lines for people: for the audit trail and the admin channel.

Core. Lines that change who may decide, or up to which value, are marked: a reviewer looks at those first. No line
holds a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from bot.config.model import Config, Secret

#: Parts that are read when the program starts and belong to what is running until it ends.
FIXED = ("odoo", "types", "admin_channel")
#: What of them is asked of the config anew each time.
_FREE = re.compile(r"odoo\.[^.]+\.(mode|user_ids(\..+)?)")

#: What the file calls a part, where the program has another word for it.
_KEYS = {"sources": "odoo", "alarms": "patterns"}

_UNTOLD = ("digest", "path")
_POWER = frozenset(
    {"roles", "sites", "limits", "limit", "members", "stages", "self_approval", "mode", "approves", "quota"}
)
_LONGEST = 120  #: characters of a value in a line


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise than before."""

    path: str  #: ``roles.finance.limit``
    told: str  #: ``50,000 USD -> 60,000 USD``
    concerns_power: bool  #: it may change who decides, or up to which value

    def __str__(self) -> str:
        return f"{'! ' if self.concerns_power else ''}{self.path}: {self.told}"


def differences(before: Config, after: Config) -> tuple[Difference, ...]:
    """Every difference, in the order of the config's parts."""
    return tuple(
        one
        for name in _parts(before)
        for one in _between(_KEYS.get(name, name), getattr(before, name), getattr(after, name))
    )


def fixed_differences(before: Config, after: Config) -> tuple[str, ...]:
    """The parts of a running program's config that ``after`` would change, such as ``odoo.main.url``."""
    paths = (one.path for one in differences(before, after))
    return tuple(path for path in paths if path.partition(".")[0] in FIXED and not _FREE.fullmatch(path))


def roles_touched(before: Config, after: Config) -> frozenset[str] | None:
    """The roles whose people, limits or places are otherwise than before; None where anybody's power may be."""
    if before.limits != after.limits or before.last_resort != after.last_resort or set(before.sites) - set(after.sites):
        return None
    found = {name for name in {*before.roles, *after.roles} if before.roles.get(name) != after.roles.get(name)}
    for name, site in after.sites.items():
        was = before.sites[name].roles if name in before.sites else {}
        found |= {role for role in {*was, *site.roles} if was.get(role) != site.roles.get(role)}
    return frozenset(found)


def _parts(config: Config) -> Iterator[str]:
    return (part.name for part in fields(config) if part.compare and part.name not in _UNTOLD)


def _between(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if path == "rules":
        old, new = ({rule.name: rule for rule in rules} for rules in (old, new))
        if list(old) != list(new) and set(old) == set(new):
            yield _told(path, "in another order")
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _of_entry(f"{path}.{key}", old.get(key), new.get(key))
    elif is_dataclass(old) and type(old) is type(new) and not isinstance(old, Secret) and _is_part(old):
        for name in (part.name for part in fields(old) if part.compare and part.name != "line"):
            yield from _between(f"{path}.{name}", getattr(old, name), getattr(new, name))
    else:
        yield _told(path, _change(old, new))


def _is_part(value: Any) -> bool:
    """Whether it has parts of its own to be told apart; amounts and conditions are told whole."""
    return "__str__" not in type(value).__dict__


def _of_entry(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if getattr(old or new, "approves", False):
        path = f"{path}.approves"
    if old is None:
        yield _told(path, "added")
    elif new is None:
        yield _told(path, "removed")
    else:
        yield from _between(path.removesuffix(".approves"), old, new)


def _change(old: Any, new: Any) -> str:
    if isinstance(old, frozenset) and isinstance(new, frozenset):
        return ", ".join([*(f"+{one}" for one in sorted(new - old)), *(f"-{one}" for one in sorted(old - new))])
    return f"{_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    if value is None:
        return "none"
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _told(path: str, told: str) -> Difference:
    return Difference(path, told, bool(_POWER.intersection(path.split("."))))
