"""Whoever asked for a record: known by address as far as Odoo tells, and told how it ended. Core."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.answers import post_cards
from bot.cases.model import Case
from bot.effects import DIRECT, Effect


def requester(case: Case) -> str:
    """The address of whoever asked for the record, as far as Slack could know it; else empty."""
    return next((maker.email for maker in case.event.makers if "@" in maker.email), "")


def with_copy(case: Case) -> tuple[Case, tuple[Effect, ...]]:
    """The case with a copy of its card for the requester, and the effect that posts it.

    The card says how it ended, by whom, in which role, when and why. Without an address the note in Odoo has to do;
    whoever has a copy already sees it change, and who decided knows.
    """
    email = requester(case)
    channel = f"{DIRECT}{email}"
    if not email or channel in case.channels or any(given.email == email for given in case.standing):
        return case, ()
    after = replace(case, channels=(*case.channels, channel))
    return after, post_cards(after, (channel,))
