"""The users.* methods and auth.test."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.wording import Json, person_json
from bot.sandbox.slack.workspace import Workspace


def auth_test(workspace: Workspace, arguments: Arguments) -> Json:
    """auth.test: who the token is."""
    return {
        "url": f"{workspace.site_url}/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def info(workspace: Workspace, arguments: Arguments) -> Json:
    """users.info."""
    person = workspace.people.get(arguments.needed("user"))
    if person is None:
        raise SlackRefusal(Code.USER_NOT_FOUND)
    told = person_json(person, workspace.clock.now())
    return {"user": told | ({"locale": person.locale} if arguments.flag("include_locale") else {})}


def lookup_by_email(workspace: Workspace, arguments: Arguments) -> Json:
    """users.lookupByEmail: active people only, case ignored."""
    email = arguments.needed("email").casefold()
    for person in workspace.people.values():
        if person.email.casefold() == email and not person.deleted:
            return {"user": person_json(person, workspace.clock.now())}
    raise SlackRefusal(Code.USERS_NOT_FOUND)


def list_users(workspace: Workspace, arguments: Arguments) -> Json:
    """users.list, deactivated people included."""
    shown, metadata = page(list(workspace.people.values()), arguments, default=1000, most=1000)
    now = workspace.clock.now()
    return {"members": [person_json(person, now) for person in shown], "response_metadata": metadata}
