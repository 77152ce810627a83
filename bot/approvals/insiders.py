"""Who is in a group that Odoo or Slack keeps: as it was read, and as the rules know it.

Core: values only. What a group gives its people is said by the config, who reads it by ``odoo`` and ``slack``.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.config.model import Group


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """Somebody in a group, and by which address Slack knows that person."""

    email: str
    name: str
    login: str  #: in Odoo, or the person's id in Slack


@dataclass(frozen=True, slots=True)
class Membership:
    """A group as it was read."""

    group: Group
    members: tuple[Member, ...]
    left_out: tuple[str, ...] = ()  #: those who hold no role by it, each with the reason, for people
    mention: str = ""  #: Slack's id of a user group, by which all of it is mentioned


@dataclass(frozen=True, slots=True)
class Insiders:
    """The people of a group, as read minutes ago at most."""

    people: frozenset[str]  #: addresses
    mention: str = ""  #: Slack's id of a user group, by which all of it is mentioned
