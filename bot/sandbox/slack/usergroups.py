"""The usergroups.* methods: which user groups there are, and who is in one."""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.model import UserGroup
from bot.sandbox.slack.wording import Json
from bot.sandbox.slack.workspace import Workspace


def list_groups(workspace: Workspace, arguments: Arguments) -> Json:
    """usergroups.list: without those that are switched off, unless they are asked for; counts and people likewise."""
    shown = [one for one in workspace.user_groups.values() if arguments.flag("include_disabled") or not one.is_disabled]
    return {"usergroups": [_told(workspace, one, arguments) for one in shown]}


def list_users(workspace: Workspace, arguments: Arguments) -> Json:
    """usergroups.users.list: the ids of those in a group, by the group's id."""
    found = workspace.user_groups.get(arguments.needed("usergroup"))
    if found is None or (found.is_disabled and not arguments.flag("include_disabled")):
        raise SlackRefusal(Code.NO_SUCH_SUBTEAM)
    return {"users": list(found.members)}


def _told(workspace: Workspace, group: UserGroup, arguments: Arguments) -> Json:
    made = int(group.created.timestamp())
    return {
        "id": group.id,
        "team_id": workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": group.is_external,
        "date_create": made,
        "date_update": made,
        "date_delete": made if group.is_disabled else 0,
        "auto_type": None,
        "created_by": "USLACKBOT",
        "updated_by": "USLACKBOT",
        "deleted_by": "USLACKBOT" if group.is_disabled else None,
        "prefs": {"channels": [], "groups": []},
        **({"users": list(group.members)} if arguments.flag("include_users") else {}),
        **({"user_count": str(len(group.members))} if arguments.flag("include_count") else {}),
    }
