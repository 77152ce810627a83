"""What is wrong with a config although every part of it reads well: people, rules and sites against each other.

Core: pure functions from the parts that could be read to problems. A part that could not be read is absent here
and is not complained about twice. A check is a function in the module it belongs to, and a line in ``CHECKS``.
"""

from __future__ import annotations

from bot.config.lint import conditions, currencies, dead_ends, escalation, people, places, rules, unused
from bot.config.lint.draft import Draft
from bot.config.problems import ConfigProblem

CHECKS = (
    places.same_database,
    places.site_overlaps,
    places.settle_too_short,
    places.unguarded,
    people.people,
    dead_ends.dead_ends,
    rules.last_rule,
    rules.rule_names,
    rules.windows,
    rules.unbounded,
    rules.shadowed,
    conditions.conditions,
    conditions.stage_conditions,
    conditions.faster_conditions,
    places.pilots,
    places.digests,
    currencies.unknown_currencies,
    unused.unused,
    unused.unwatched,
    unused.unused_times,
    unused.unheard,
    unused.unpinged,
    escalation.shares,
    escalation.order,
    escalation.endless,
    escalation.reassigned,
    escalation.handed_over,
    escalation.contacts,
    escalation.around_the_clock,
)


def lint(draft: Draft) -> list[ConfigProblem]:
    """Every problem that takes more than one part of the file to see."""
    return [problem for check in CHECKS for problem in check(draft)]


__all__ = ["CHECKS", "Draft", "lint"]
