"""What Slack sends to the app, field by field.

Pure functions from records to dictionaries: block_actions, view_submission, view_closed, slash commands, events.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.model import Channel, Ephemeral, Message, Person, Trigger, View
from bot.sandbox.slack.wording import Json, message_json, view_json
from bot.sandbox.slack.workspace import Workspace

VERIFICATION_TOKEN = "deprecated-verification-token"  # noqa: S105  # Slack still sends the field; nobody may trust it


def message_action(
    workspace: Workspace,
    person: Person,
    surface: Message | Ephemeral,
    *,
    action: Json,
    trigger: Trigger,
    response_url: str,
) -> Json:
    """block_actions on a message. The message itself is left out for ephemerals, as in Slack."""
    channel = workspace.channels[surface.channel_id]
    container: Json = {
        "type": "message",
        "message_ts": surface.ts,
        "channel_id": channel.id,
        "is_ephemeral": isinstance(surface, Ephemeral),
    }
    if surface.thread_ts:
        container["thread_ts"] = surface.thread_ts
    told = {} if isinstance(surface, Ephemeral) else {"message": message_json(workspace, surface, with_metadata=True)}
    return (
        _interaction(workspace, person, "block_actions", trigger)
        | told
        | {
            "container": container,
            "channel": {"id": channel.id, "name": "directmessage" if channel.is_direct else channel.name},
            "state": {"values": {}},
            "response_url": response_url,
            "actions": [action],
        }
    )


def view_action(workspace: Workspace, person: Person, view: View, *, action: Json, trigger: Trigger) -> Json:
    """block_actions inside a modal or a home tab."""
    return _interaction(workspace, person, "block_actions", trigger) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(workspace, view),
        "actions": [action],
    }


def view_submission(workspace: Workspace, person: Person, view: View, trigger: Trigger) -> Json:
    """The submit button of a modal."""
    return _interaction(workspace, person, "view_submission", trigger) | {
        "view": view_json(workspace, view),
        "response_urls": [],
    }


def view_closed(workspace: Workspace, person: Person, view: View, *, is_cleared: bool) -> Json:
    """A dismissed modal that asked to be told."""
    told = _interaction(workspace, person, "view_closed", None)
    return told | {"view": view_json(workspace, view), "is_cleared": is_cleared}


def slash_command(
    workspace: Workspace, person: Person, channel: Channel, command: str, text: str, *, trigger: Trigger, url: str
) -> dict[str, str]:
    """The form fields of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_direct else channel.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger.id,
    }


def event_callback(workspace: Workspace, event: Json, event_id: str) -> Json:
    """An Events API delivery around one event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(workspace.clock.now().timestamp()),
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def _interaction(workspace: Workspace, person: Person, kind: str, trigger: Trigger | None) -> dict[str, Any]:
    told: Json = {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": workspace.app_id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return told | ({"trigger_id": trigger.id} if trigger else {})
