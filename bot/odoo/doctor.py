"""What is wrong between Signoff and one Odoo, found out with the bot's own login, and how to mend each.

Looks and changes nothing. What of ours stands in Odoo is ``ours``'s to look at.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final, TypeAlias

import httpx

from bot.config.model import Group
from bot.errors import PermanentError, SignoffError, TransientError
from bot.findings import Check, Verdict
from bot.odoo.catalog.entry import EDITS_PRODUCTS, EventType
from bot.odoo.classify import is_not_odoo
from bot.odoo.doer import Doer, user_of
from bot.odoo.findings import Visit
from bot.odoo.identity import judge
from bot.odoo.keys import key_of
from bot.odoo.membership import Memberships, users_of
from bot.odoo.ours import guards, holds, rules
from bot.odoo.roster import membership
from bot.odoo.setup.standing import USERS, is_administrator
from bot.odoo.setup.wanted import watched

#: Series that this release knows: 18 and 19 tried on real servers, 17 by the same client.
_KNOWN: Final = range(17, 20)

#: A clock that differs by more makes deadlines and comparisons doubtful; HTTP tells whole seconds only.
MOST_SKEW: Final = timedelta(seconds=5)

#: A comparison counts as stuck when so many intervals have passed without one.
_MISSED: Final = 3

_ACT_AS: Final = "give this person an ordinary user of Odoo, or let others decide last; Done by hand is left for now"

_SECONDS: Final = 10.0
_OK: Final = 200


Look: TypeAlias = Callable[[Visit], AsyncIterator[Check]]


async def examine(visit: Visit) -> list[Check]:
    """Every check of one source. Never raises SignoffError: what could not be asked is a finding."""
    found: list[Check] = []
    for look in (_version, _login, _clock, _key, _rights, _activities, _people, _groups, rules, guards, holds, _doers):
        found += await _all(look, visit)
        if look in (_version, _login) and found[-1].verdict is Verdict.BAD and not _logged_in(found):
            break  # without these Odoo cannot be asked anything else
    return [*found, await _reachable(visit), await _compared(visit)]


async def let_in(visit: Visit) -> list[Check]:
    """Whether the source answers, and lets the bot in: the least of all checks."""
    found = await _all(_version, visit)
    return found if found[-1].verdict is Verdict.BAD else [*found, *await _all(_login, visit)]


async def acted(visit: Visit) -> list[Check]:
    """What stands in the way of writing decisions as whoever decided: missing guards, holds, people without a user."""
    found = [check for look in (guards, holds, _doers) for check in await _all(look, visit)]
    return [check for check in found if check.verdict is not Verdict.OK]


def _logged_in(found: Sequence[Check]) -> bool:
    return any(check.name == "login" and check.verdict is Verdict.OK for check in found)


async def _all(look: Look, visit: Visit) -> list[Check]:
    found: list[Check] = []
    try:
        found += [check async for check in look(visit)]
    except SignoffError as error:
        found.append(Check(look.__name__.strip("_"), Verdict.BAD, error.sentence, _mend(error, visit)))
    return found


def _mend(error: SignoffError, visit: Visit) -> str:
    """What to do where Odoo could not be asked."""
    if isinstance(error, TransientError):
        return f"start Odoo, or mend the way to {visit.source.url}, and look again"
    if is_not_odoo(error):
        return f"mend url under odoo.{visit.source.name}, or the proxy that answers there"
    return f"look into the log of Odoo, and at database and login under odoo.{visit.source.name}"


async def _version(visit: Visit) -> AsyncIterator[Check]:
    version = await visit.client.version()
    if version.major in _KNOWN:
        yield Check("version", Verdict.OK, f"Odoo {version.text}")
    else:
        says = f"Odoo {version.text} is not among those this release was tried on (18, 19)"
        yield Check("version", Verdict.WARN, says, "try it with a copy of the database first (make odoo-live)")


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
        says = "the server does not tell its time"
        yield Check("clock", Verdict.UNKNOWN, says, "let the proxy pass /web/health and its Date on")
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
    dialogs = [one for method in (entry.carry_out, entry.reject) if method for one in method.dialogs.values()]
    for group in (*entry.groups, *(one.group for one in dialogs if one.group)):
        if group not in has:
            has[group] = bool(await visit.client.query(USERS, "has_group", [await visit.client.uid()], group))
    login = visit.source.login
    if lacking := ", ".join(group for group in entry.groups if not has[group]):
        says = f"{entry.name}: the bot is not in {lacking}; Odoo may take its calls and do nothing"
        return Check("rights", Verdict.BAD, says, f"give {login} the group {lacking} in Odoo")
    if unanswered := [one for one in dialogs if one.group and not has[one.group]]:
        (first, *_) = unanswered
        says = f"{entry.name}: the bot may carry it out, but for {first.when}: those are left to people"
        return Check("rights", Verdict.WARN, says, f"give {login} the group {first.group} in Odoo, or leave it so")
    return Check("rights", Verdict.OK, f"{entry.name}: the bot may carry it out")


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
        yield Check("people", Verdict.BAD, sentence, "until then nobody decides by that address; see docs/odoo.md, 1")
    if not refused:
        yield Check("people", Verdict.OK, f"{len(found)} users of Odoo have an address each")


async def _doers(visit: Visit) -> AsyncIterator[Check]:
    """As whom of those who decide nothing can be written, where decisions are written as whoever decided."""
    if not visit.source.act_as_user:
        return
    found, fit = judge(await users_of(visit.client), {}, visit.source), 0
    for email in visit.deciders:
        doer = await user_of(email, found.get(email), visit.source, visit.client)
        if isinstance(doer, Doer):
            fit += 1
        else:
            says = f"{doer} What this person decides last is not written."
            yield Check("act_as_user", Verdict.WARN, says, _ACT_AS)
    more = "; whoever is in a group is not looked at" if visit.groups else ""
    says = (
        f"{fit} of {len(visit.deciders)} people who are named in roles have a user as whom their decisions are written"
    )
    yield Check("act_as_user", Verdict.OK, f"{says}{more}")


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
        if found.members:
            yield Check("groups", Verdict.OK, says)
        else:
            yield Check("groups", Verdict.WARN, says, "put people into the group in Odoo, or others into the role")


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
