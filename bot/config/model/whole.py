"""The whole file as one value.

Core: values only. Which part of the file becomes which field is said in ``assemble.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.config.model.people import Role, Site
from bot.config.model.policies import Policy
from bot.config.model.rules import Rule
from bot.config.model.sources import Source
from bot.money import Money


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    digest: str  #: SHA-256 of the file's text before secrets were put in, hexadecimal
    path: str
    sources: Mapping[str, Source]
    roles: Mapping[str, Role]
    sites: Mapping[str, Site]
    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    materiality: Mapping[str, Money]  #: event type -> value below which no case opens
