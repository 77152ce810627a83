"""What is wrong between Signoff and one Odoo, found out with the bot's own login, and how to mend each.

Looks and changes nothing. With an administrator's login it compares the pieces in Odoo exactly, code included;
without, it sees what the bot's group may see.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final, TypeAlias

import httpx

from bot.config.model import Group
from bot.errors import PermanentError, SignoffError
from bot.findings import Check, Verdict
from bot.odoo import guard
from bot.odoo.catalog.entry import EDITS_PRODUCTS, EventType
from bot.odoo.classify import ACCESS_ERROR
from bot.odoo.findings import Visit
from bot.odoo.guarded import bound_to
from bot.odoo.identity import judge
from bot.odoo.keys import key_of
from bot.odoo.membership import Memberships, users_of
from bot.odoo.roster import membership
from bot.odoo.setup.pieces import Do, Rule, Step
from bot.odoo.setup.run import Administrator, Asked, set_up
from bot.odoo.setup.standing import RULES, USERS, is_administrator
from bot.odoo.setup.wanted import guarding, watched, webhook

#: Series that this release knows: 18 and 19 tried on real servers, 17 by the same client.
_KNOWN: Final = range(17, 20)

#: A clock that differs by more makes deadlines and comparisons doubtful; HTTP tells whole seconds only.
MOST_SKEW: Final = timedelta(seconds=5)

#: A comparison counts as stuck when so many intervals have passed without one.
_MISSED: Final = 3

_SETUP: Final = "signoff odoo setup"
_SECONDS: Final = 10.0
_OK: Final = 200


Look: TypeAlias = Callable[[Visit], AsyncIterator[Check]]


async def examine(visit: Visit) -> list[Check]:
    """Every check of one source. Never raises SignoffError: what could not be asked is a finding."""
    found: list[Check] = []
    for look in (_version, _login, _clock, _key, _rights, _activities, _people, _groups, _rules, _guards, _holds):
        found += await _all(look, visit)
        if look in (_version, _login) and found[-1].verdict is Verdict.BAD and not _logged_in(found):
            break  # without these Odoo cannot be asked anything else
    return [*found, await _reachable(visit), await _compared(visit)]


async def let_in(visit: Visit) -> list[Check]:
    """Whether the source answers, and lets the bot in: the least of all checks."""
    found = await _all(_version, visit)
    return found if found[-1].verdict is Verdict.BAD else [*found, *await _all(_login, visit)]


def _logged_in(found: Sequence[Check]) -> bool:
    return any(check.name == "login" and check.verdict is Verdict.OK for check in found)


async def _all(look: Look, visit: Visit) -> list[Check]:
    found: list[Check] = []
    try:
        found += [check async for check in look(visit)]
    except SignoffError as error:
        found.append(Check(look.__name__.strip("_"), Verdict.BAD, error.sentence))
    return found


async def _version(visit: Visit) -> AsyncIterator[Check]:
    version = await visit.client.version()
    if version.major in _KNOWN:
        yield Check("version", Verdict.OK, f"Odoo {version.text}")
    else:
        yield Check(
            "version", Verdict.WARN, f"Odoo {version.text} is not among those this release was tried on (18, 19)"
        )


async def _login(visit: Visit) -> AsyncIterator[Check]:
    try:
        uid = await visit.client.uid()
    except PermanentError as error:
        mend = (
            f"log in to Odoo as {visit.source.login}, make a key under Preferences > Account Security, and put it "
            "where api_key points"
        )
        yield Check("login", Verdict.BAD, error.sentence, mend)
        return
    yield Check("login", Verdict.OK, f"{visit.source.login} is user {uid}, over {visit.client.api}")
    if await is_administrator(visit.client):
        says = "the bot's user may change settings in Odoo"
        yield Check("login", Verdict.WARN, says, "take Administration: Settings away from it")
    (me,) = await visit.client.read(USERS, [uid], ["email"])
    if not me["email"]:
        says = "the bot's user has no e-mail address: Odoo refuses its notes"
        yield Check("login", Verdict.BAD, says, f"give {visit.source.login} an e-mail address in Odoo")


async def _clock(visit: Visit) -> AsyncIterator[Check]:
    try:
        answer = await visit.http.get(f"{visit.source.url}/web/health", timeout=_SECONDS)
        told = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (httpx.HTTPError, ValueError):
        yield Check("clock", Verdict.UNKNOWN, "the server does not tell its time")
        return
    skew = abs(told - visit.now)
    if skew <= MOST_SKEW:
        yield Check("clock", Verdict.OK, "the clocks agree")
    else:
        says = f"the clocks of Odoo and of this machine differ by {round(skew.total_seconds())} s"
        yield Check("clock", Verdict.WARN, says, "let both follow a time server")


async def _key(visit: Visit) -> AsyncIterator[Check]:
    yield await key_of(visit.client, visit.source.login, visit.now)


async def _rights(visit: Visit) -> AsyncIterator[Check]:
    has: dict[str, bool] = {}
    for model, entries in sorted(watched(visit.source).items()):
        try:
            await visit.client.query(model, "search_count", [["id", "=", 0]])
        except PermanentError as error:
            names = ", ".join(entry.name for entry in entries)
            yield Check("rights", Verdict.BAD, f"{names}: {error.sentence}", "install the module, or give the right")
            continue
        for entry in entries:
            yield await _right(visit, entry, has)


async def _right(visit: Visit, entry: EventType, has: dict[str, bool]) -> Check:
    for group in entry.groups:
        if group not in has:
            has[group] = bool(await visit.client.query(USERS, "has_group", [await visit.client.uid()], group))
    lacking = ", ".join(group for group in entry.groups if not has[group])
    if not lacking:
        return Check("rights", Verdict.OK, f"{entry.name}: the bot may carry it out")
    says = f"{entry.name}: the bot is not in {lacking}; Odoo may take its calls and do nothing"
    return Check("rights", Verdict.BAD, says, f"give {visit.source.login} the group {lacking} in Odoo")


async def _activities(visit: Visit) -> AsyncIterator[Check]:
    """Whether those who are asked can be told in Odoo while Slack is away, where only the product takes an activity."""
    names = [entry.name for entries in watched(visit.source).values() for entry in entries if entry.activities_on]
    if not names:
        return
    if await visit.client.query(USERS, "has_group", [await visit.client.uid()], EDITS_PRODUCTS):
        yield Check("activities", Verdict.OK, "the bot may plan activities on products")
        return
    says = f"while Slack is away nobody is told in Odoo of {', '.join(sorted(names))}: the bot may not edit products"
    yield Check("activities", Verdict.WARN, says, f"give {visit.source.login} the group {EDITS_PRODUCTS} in Odoo")


async def _people(visit: Visit) -> AsyncIterator[Check]:
    """Whether every address is one user's; whether one has come to another user, only the running program remembers."""
    found = judge(await users_of(visit.client), {}, visit.source)
    refused = [one.refused for _, one in sorted(found.items()) if one.refused]
    for sentence in refused:
        yield Check("people", Verdict.BAD, sentence)
    if not refused:
        yield Check("people", Verdict.OK, f"{len(found)} users of Odoo have an address each")


async def _groups(visit: Visit) -> AsyncIterator[Check]:
    """Who holds roles by a group of Odoo, and which of its users do not."""
    reader = Memberships(visit.client)
    for name in visit.groups:
        try:
            found = membership(Group(visit.source.name, name), await reader.of(name), visit.source)
        except PermanentError as error:
            yield Check("groups", Verdict.BAD, error.sentence, "mend odoo_group in the config")
            continue
        left = f"; left out: {', '.join(found.left_out)}" if found.left_out else ""
        says = f"{name}: {', '.join(one.email for one in found.members) or 'nobody'}{left}"
        yield Check("groups", Verdict.OK if found.members else Verdict.WARN, says)


async def _rules(visit: Visit) -> AsyncIterator[Check]:
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


async def _guards(visit: Visit) -> AsyncIterator[Check]:
    for model, entries in sorted(watched(visit.source).items()):
        if not guard.can_guard(entries):
            continue
        wanted = guarding(visit.source.name, model, entries)
        names = await bound_to(visit.client, visit.source.name, model)
        if wanted.name in names:
            yield Check("guard", Verdict.OK, f"{model} is written by its guard")
        elif names:
            says = f"the guard of {model} is of another release and is not used"
            yield Check("guard", Verdict.WARN, says, f"run {_SETUP}")
        else:
            yield Check("guard", Verdict.OK, f"{model} is written without a guard (signoff odoo setup --guard)")


async def _holds(visit: Visit) -> AsyncIterator[Check]:
    """Which types are held, as far as the bot may see; of the others a decision past Signoff is found afterwards."""
    wanted = {f"Signoff {visit.source.name} hold: {name}": name for name in visit.source.events}
    domain = [["name", "in", sorted(wanted)]]
    try:
        rows = await visit.client.search_read(RULES, domain, ["name", "active"], context={"active_test": False})
    except PermanentError:
        return  # the rules' own check says so
    for row in rows:
        name = wanted[row["name"]]
        if row["active"]:
            yield Check("hold", Verdict.OK, f"{name} is held: nobody but the bot takes its step")
        else:
            yield Check("hold", Verdict.BAD, f"the hold of {name} is switched off", f"run {_SETUP}")
    loose = sorted(wanted[name] for name in wanted.keys() - {row["name"] for row in rows})
    if loose:
        says = f"detective, not held: people can go past Signoff in Odoo and are found afterwards: {', '.join(loose)}"
        yield Check("hold", Verdict.OK, says)


async def _reachable(visit: Visit) -> Check:
    """Asked from here: whether Odoo's machine gets through as well, only a webhook can tell."""
    url = visit.source.signoff_url
    if not url:
        return Check("webhook", Verdict.UNKNOWN, "signoff_url is not set for this source", "set it in the config")
    try:
        answer = await visit.http.get(f"{url}/healthz", timeout=_SECONDS)
    except httpx.HTTPError as error:
        says = f"{url} cannot be reached from here ({type(error).__name__})"
        return Check("webhook", Verdict.BAD, says, "start Signoff, or mend the proxy and the name in between")
    if answer.status_code == _OK:
        return Check("webhook", Verdict.OK, f"{url} answers")
    says = f"{url}/healthz answers with {answer.status_code}"
    return Check("webhook", Verdict.BAD, says, "let the proxy pass /odoo/ and /healthz on to SIGNOFF_LISTEN")


async def _compared(visit: Visit) -> Check:
    """How long ago the running program compared this source whole."""
    mend = "run the doctor where Signoff runs, with the same SIGNOFF_ADMIN_LISTEN"
    try:
        answer = await visit.http.get(f"{visit.admin_url}/metrics", timeout=_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL):
        return Check("comparison", Verdict.UNKNOWN, "the running program cannot be asked from here", mend)
    name = re.escape(visit.source.name)
    told = re.search(rf'^signoff_reconcile_finished_timestamp_seconds{{source="{name}"}} (\S+)$', answer.text, re.M)
    if told is None:
        says = "Odoo has not been compared whole since Signoff was started"
        return Check("comparison", Verdict.BAD, says, "look at /readyz for the reason")
    lag = timedelta(seconds=max(0.0, visit.now.timestamp() - float(told[1])))
    says = f"Odoo was last compared {round(lag.total_seconds())} s ago"
    if lag > _MISSED * visit.source.reconcile_every + timedelta(seconds=_SECONDS):
        return Check("comparison", Verdict.BAD, says, "look at /readyz for the reason")
    return Check("comparison", Verdict.OK, says)
