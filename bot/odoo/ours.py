"""The doctor's look at what of ours stands in Odoo: rules, guards, holds.

Reads and changes nothing. With an administrator's login every value is compared, code included; without, what the bot's
group may see.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from bot.errors import PermanentError
from bot.findings import Check, Verdict
from bot.odoo import guard
from bot.odoo.classify import ACCESS_ERROR
from bot.odoo.findings import Visit
from bot.odoo.guarded import bound_to
from bot.odoo.setup.pieces import Do, Rule, Step
from bot.odoo.setup.run import Administrator, Asked, set_up
from bot.odoo.setup.standing import RULES
from bot.odoo.setup.wanted import guarding, watched, webhook

_SETUP: Final = "signoff odoo setup"


async def rules(visit: Visit) -> AsyncIterator[Check]:
    if visit.administrator is not None:
        async for check in _exactly(visit, visit.administrator):
            yield check
        return
    domain = [["name", "=like", f"Signoff {visit.source.name}%"]]
    try:
        rows = await visit.client.search_read(RULES, domain, ["name", "active"], context={"active_test": False})
    except PermanentError as error:
        if error.kind != ACCESS_ERROR:
            raise
        yield Check("rules", Verdict.UNKNOWN, "the bot may not see the automation rules", f"run {_SETUP}")
        return
    active = {row["name"] for row in rows if row["active"]}
    for model, entries in sorted(watched(visit.source).items()):
        name = webhook(visit.source, model, entries, frozenset()).name
        if name in active:
            yield Check("rules", Verdict.OK, f"“{name}” is there")
        else:
            off = any(row["name"] == name for row in rows)
            says = f"“{name}” is {'switched off' if off else 'missing'}: Odoo does not tell of changes to {model}"
            yield Check("rules", Verdict.BAD, says, f"run {_SETUP}; until then the comparison finds them")


async def _exactly(visit: Visit, administrator: Administrator) -> AsyncIterator[Check]:
    """Every value of every piece, as ``signoff odoo setup --dry-run`` compares them."""
    outcome = await set_up(visit.source, administrator, Asked(dry_run=True, limits=visit.limits), visit.http)
    for problem in outcome.problems:
        yield Check("rules", Verdict.UNKNOWN, problem)
    for step in outcome.steps:
        kept = step.do is Do.KEEP
        mend = "" if kept else f"run {_SETUP}"
        yield Check("rules", Verdict.OK if kept else Verdict.BAD, _step(step), mend)


def _step(step: Step) -> str:
    what = {Do.KEEP: "is as it should be", Do.CREATE: "is missing", Do.REMOVE: "should not be there"}
    if step.do is Do.CHANGE:
        return f"“{step.piece.name}” was changed in Odoo: {', '.join(step.differs)}"
    kind = "rule" if isinstance(step.piece, Rule) else str(step.piece.kind)
    return f"the {kind} “{step.piece.name}” {what[step.do]}"


async def guards(visit: Visit) -> AsyncIterator[Check]:
    for model, entries in sorted(watched(visit.source).items()):
        if not guard.can_guard(entries):
            continue
        wanted = guarding(visit.source, model, entries)
        names = await bound_to(visit.client, visit.source.name, model)
        if wanted.name in names:
            yield Check("guard", Verdict.OK, f"{model} is written by its guard")
        elif visit.source.act_as_user:
            what = "is of another release or setting" if names else "is missing"
            says = f"the guard of {model} {what}: with act_as_user no decision is written without it"
            yield Check("guard", Verdict.BAD, says, f"run {_SETUP} --guard")
        elif names:
            says = f"the guard of {model} is of another release or setting and is not used"
            yield Check("guard", Verdict.WARN, says, f"run {_SETUP}")
        else:
            yield Check("guard", Verdict.OK, f"{model} is written without a guard ({_SETUP} --guard)")


async def holds(visit: Visit) -> AsyncIterator[Check]:
    """Which types are held, as far as the bot may see; of the others a decision past Signoff is found afterwards."""
    wanted = {f"Signoff {visit.source.name} hold: {name}": name for name in visit.source.events}
    domain = [["name", "in", sorted(wanted)]]
    try:
        rows = await visit.client.search_read(RULES, domain, ["name", "active"], context={"active_test": False})
    except PermanentError:
        yield Check("hold", Verdict.UNKNOWN, "the bot may not see whether types are held", f"run {_SETUP}")
        return
    for row in rows:
        name = wanted[row["name"]]
        if row["active"] and visit.source.act_as_user:
            says = f"{name} is held, and the hold refuses those as whom decisions are written (act_as_user)"
            yield Check("hold", Verdict.BAD, says, f"take act_as_user out, or run {_SETUP} --hold {name} --remove")
        elif row["active"]:
            yield Check("hold", Verdict.OK, f"{name} is held: nobody but the bot takes its step")
        else:
            yield Check("hold", Verdict.BAD, f"the hold of {name} is switched off", f"run {_SETUP}")
    loose = sorted(wanted[name] for name in wanted.keys() - {row["name"] for row in rows})
    if loose:
        says = f"detective, not held: people can go past Signoff in Odoo and are found afterwards: {', '.join(loose)}"
        yield Check("hold", Verdict.OK, says)
