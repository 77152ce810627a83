"""What a policy means for an exception: who owns it, for how long, and how it may end.

Core. A policy that was written for approvals serves too: whoever would decide owns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.config.model import USUAL_CARE, CareRule, PauseRule, Policy, Stage

#: For how long an exception may stand still in all where its policy does not say: a supplier may take weeks.
LONGEST_PAUSE = timedelta(days=30)


def care_of(policy: Policy, resolutions: Sequence[str]) -> CareRule:
    """How it is looked after; ``resolutions`` are those of its event type."""
    care = policy.care or USUAL_CARE
    return replace(care, resolutions=care.resolutions or tuple(resolutions))


def owned(policy: Policy) -> list[Stage]:
    """Two stages: somebody takes it, then it is resolved. Of a policy for approvals the first one's people own it."""
    if policy.care is not None:
        return list(policy.stages)
    first = replace(policy.stages[0], count=1, every=False, over=None, under=None, when=None)
    return [first, replace(first, sla=None, faster=())]


def pause_of(policy: Policy) -> PauseRule:
    """Who may stop the clock, and for how long; whoever looks after it may in any case."""
    return policy.pause or PauseRule(policy.stages[0].roles, LONGEST_PAUSE)
