"""Who somebody in Slack is, as looked up at the click. Core: a value, and no judgement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack, as looked up at the click."""

    key: str  #: ``slack:TEAM:USER``: what the audit trail and the decisions hold
    email: str  #: lower case; empty when Slack does not tell
    name: str
    guest: bool = False
    deactivated: bool = False
    foreign: bool = False  #: of another workspace
    locale: str = ""  #: in whose style this person writes numbers, such as ``de-DE``; empty when Slack does not tell
