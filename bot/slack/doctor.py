"""What is wrong between Signoff and Slack: token, scopes, way in, channels, people; and how to mend each.

Looks and changes nothing: no message is posted, no channel joined. What Slack cannot be asked is a finding too.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.config.model import SLACK, Config, Group
from bot.config.named import NamedChannel, channels, people, user_groups
from bot.errors import PermanentError, SignoffError, TransientError
from bot.findings import Check, Verdict
from bot.settings import SlackAccess
from bot.slack.accounts import powerless
from bot.slack.exchange import exchange
from bot.slack.gateway import SlackGateway
from bot.slack.manifest import APP_SCOPE, SCOPES
from bot.slack.refusals import MISSING_SCOPE, NO_SUCH_PERSON
from bot.slack.usergroups import UserGroups
from bot.text import one_line

T = TypeVar("T")

#: Slack answers a question about an address fifty times a minute; after so many pauses the doctor gives up.
_PAUSES: Final = 30
_LONGEST_PAUSE: Final = 60.0
_MOST_PAGES: Final = 50

#: What Slack gives out as a signing secret.
_SIGNING: Final = re.compile(r"[0-9a-f]{32}")

_REINSTALL: Final = "add it under OAuth & Permissions, Bot Token Scopes, and reinstall the app into the workspace"
_WHERE_SIGNING: Final = "copy it from Basic Information, Signing Secret"


@dataclass(frozen=True, slots=True)
class Visit:
    """What an examination needs. ``gateway`` has been started."""

    access: SlackAccess
    gateway: SlackGateway
    config: Config


async def examine(visit: Visit) -> list[Check]:
    """Every check. Never raises SignoffError."""
    found = [check async for check in _token(visit)]
    found.append(await _transport(visit))
    if found[0].verdict is Verdict.OK:
        found += [check async for check in _channels(visit)]
        found += [check async for check in _people(visit)]
        found += [check async for check in _groups(visit)]
    return found


async def _token(visit: Visit) -> AsyncIterator[Check]:
    """Who the token is, and what it may."""
    where = "copy the Bot User OAuth Token (xoxb-...) from OAuth & Permissions into SLACK_BOT_TOKEN"
    if not visit.access.bot_token.reveal():
        yield Check("token", Verdict.BAD, "SLACK_BOT_TOKEN is not set", where)
        return
    try:
        told = await _patiently(lambda: exchange(visit.gateway.client.auth_test(), repeatable=True))
    except SignoffError as error:
        yield Check("token", Verdict.BAD, f"{_kindly(error)} (auth.test: {error.kind})", where)
        return
    about = told.data if isinstance(told.data, dict) else {}
    if not about.get("bot_id"):
        yield Check("token", Verdict.BAD, "the token is a person's, not the bot's", where)
        return
    yield Check("token", Verdict.OK, f"@{_said(about.get('user'))} in the workspace {_said(about.get('team'))}")
    for check in _scopes(told):
        yield check


def _scopes(told: AsyncSlackResponse) -> list[Check]:
    """Slack names the scopes of a token in the head of every answer."""
    header = next((str(text) for name, text in told.headers.items() if name.lower() == "x-oauth-scopes"), "")
    has = {scope.strip() for scope in header.split(",") if scope.strip()}
    if not has:
        return [Check("scopes", Verdict.UNKNOWN, "Slack does not say which scopes the token has")]
    lacking = [
        Check("scopes", Verdict.BAD, f"{one} is missing: {SCOPES[one]}", _REINSTALL) for one in SCOPES if one not in has
    ]
    if more := sorted(has - SCOPES.keys()):
        mend = "take what nobody else needs out of the app's scopes, and reinstall it"
        lacking.append(Check("scopes", Verdict.WARN, f"more than Signoff needs: {', '.join(more)}", mend))
    return lacking or [Check("scopes", Verdict.OK, f"all {len(SCOPES)} that Signoff needs, and no other")]


async def _transport(visit: Visit) -> Check:
    """Whether Slack has a way in."""
    app_token, secret = visit.access.app_token.reveal(), visit.access.signing_secret.reveal()
    if app_token:
        return await _sockets(visit, app_token)
    if not secret:
        mend = f"over HTTP: {_WHERE_SIGNING}, into SLACK_SIGNING_SECRET; else make an app-level token: SLACK_APP_TOKEN"
        return Check("transport", Verdict.BAD, "neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN is set", mend)
    if _SIGNING.fullmatch(secret) is None:
        says = "over HTTP; SLACK_SIGNING_SECRET does not look like Slack's (32 hexadecimal digits)"
        return Check("transport", Verdict.WARN, says, _WHERE_SIGNING)
    return Check("transport", Verdict.OK, "over HTTP; that the signing secret is this app's shows with the first click")


async def _sockets(visit: Visit, app_token: str) -> Check:
    mend = f"make an app-level token (xapp-...) with the scope {APP_SCOPE} under Basic Information, for SLACK_APP_TOKEN"
    if not app_token.startswith("xapp-"):
        return Check("transport", Verdict.BAD, "SLACK_APP_TOKEN is not an app-level token", mend)
    try:
        await _patiently(lambda: visit.gateway.open_socket(visit.access.app_token))
    except SignoffError as error:
        return Check("transport", Verdict.BAD, f"SLACK_APP_TOKEN opens no connection ({error.kind})", mend)
    return Check("transport", Verdict.OK, "Socket Mode; the app-level token opens connections")


async def _channels(visit: Visit) -> AsyncIterator[Check]:
    try:
        listed = await _listed(visit)
    except SignoffError as error:
        yield Check("channel", Verdict.UNKNOWN, f"Slack does not list the channels: {_kindly(error)}")
        return
    known = {str(one.get("id")): one for one in listed} | {f"#{one.get('name')}": one for one in listed}
    renamed = {f"#{name}": one for one in listed for name in one.get("previous_names") or ()}
    for channel in channels(visit.config):
        yield _channel(channel, known.get(channel.name), renamed.get(channel.name))


async def _listed(visit: Visit) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        told = (await _patiently(lambda: exchange(_page(visit, cursor), repeatable=True))).data  # noqa: B023  # awaited here
        page = told if isinstance(told, dict) else {}
        found += page.get("channels") or ()
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return found


def _page(visit: Visit, cursor: str) -> Awaitable[AsyncSlackResponse]:
    kinds = "public_channel,private_channel"
    return visit.gateway.client.conversations_list(
        types=kinds, exclude_archived=False, limit=999, cursor=cursor or None
    )


def _channel(named: NamedChannel, found: Mapping[str, Any] | None, renamed: Mapping[str, Any] | None) -> Check:
    where = f"({', '.join(named.places)})"
    if named.is_open:
        says = f"{named.name} depends on the record's company, and the config names none {where}"
        return Check("channel", Verdict.UNKNOWN, says)
    if found is None and renamed is not None:
        says = f"{named.name} is called #{_said(renamed.get('name'))} now {where}"
        return Check("channel", Verdict.BAD, says, "write the new name into the config, or the channel's id")
    if found is None:
        says = f"{named.name}: no such channel, or a private one without the bot {where}"
        worth = Verdict.WARN if named.is_rare else Verdict.BAD
        return Check("channel", worth, says, "make the channel, or invite the bot: /invite @Signoff")
    if found.get("is_archived"):
        return Check(
            "channel", Verdict.BAD, f"{named.name} is archived {where}", "unarchive it, or name another channel"
        )
    if not found.get("is_member"):
        says = f"{named.name}: the bot is no member {where}"
        return Check("channel", Verdict.BAD, says, "write /invite @Signoff in the channel")
    return Check("channel", Verdict.OK, f"{named.name}: the bot is in it {where}")


async def _people(visit: Visit) -> AsyncIterator[Check]:
    """Address by address: only so does Slack tell who is active, and a large workspace is not read whole."""
    well = 0
    for email, places in people(visit.config).items():
        try:
            found = await _person(visit, email, f"({', '.join(places)})")
        except SignoffError as error:
            yield Check("people", Verdict.UNKNOWN, f"Slack does not look addresses up: {_kindly(error)}")
            return
        well += found is None
        if found is not None:
            yield found
    if well:
        yield Check("people", Verdict.OK, f"{well} {'has' if well == 1 else 'have'} an active account in Slack")


async def _person(visit: Visit, email: str, where: str) -> Check | None:
    """What is wrong with an address; None where nothing is. Raises SignoffError where Slack cannot be asked."""
    try:
        ours = (await _patiently(visit.gateway.identity)).team_id
        user = await _patiently(lambda: visit.gateway.user_by_email(email))
    except PermanentError as error:
        if error.kind != NO_SUCH_PERSON:
            raise
        mend = "correct the address in the config, or invite the person: nobody can answer with this one"
        return Check("people", Verdict.BAD, f"{email} has no active account in Slack {where}", mend)
    trouble = powerless(user, ours)
    mend = "make the account a full member, or name somebody else"
    return Check("people", Verdict.WARN, f"{email} {trouble} and cannot decide {where}", mend) if trouble else None


async def _groups(visit: Visit) -> AsyncIterator[Check]:
    """The user groups that the config pings or trusts."""
    wanted = user_groups(visit.config)
    reader = UserGroups(visit.gateway, Clock())
    for name, places in wanted.items():
        where = f"({', '.join(places)})"
        try:
            found = await _patiently(lambda: reader.of(Group(SLACK, name)))  # noqa: B023  # awaited here
        except PermanentError as error:
            yield Check("user group", Verdict.BAD, f"@{name}: {error.sentence} {where}", _mend_group(error))
            continue
        except SignoffError as error:
            yield Check("user group", Verdict.UNKNOWN, f"@{name}: {_kindly(error)} {where}")
            continue
        left = f"; left out: {', '.join(found.left_out)}" if found.left_out else ""
        says = f"@{name}: {', '.join(one.email for one in found.members) or 'nobody'}{left} {where}"
        yield Check("user group", Verdict.OK if found.members else Verdict.WARN, says)


def _mend_group(error: PermanentError) -> str:
    if error.kind == MISSING_SCOPE:
        return f"usergroups:read is missing: {_REINSTALL}"
    return "write the handle as Slack shows it under People, User groups, without the @"


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """What ``ask`` answers, waiting as Slack says. Raises SignoffError."""
    for _ in range(_PAUSES):
        try:
            return await ask()
        except TransientError as error:
            if error.retry_after is None:
                raise
            await asyncio.sleep(min(error.retry_after, _LONGEST_PAUSE))
    return await ask()


def _kindly(error: SignoffError) -> str:
    return error.sentence.removesuffix(" Cards wait until an admin has renewed it.")


def _said(text: object) -> str:
    return one_line(str(text or ""), 80)
