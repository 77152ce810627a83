"""The Slack app as a manifest: what Signoff needs of it, for either transport, and each scope with its reason.

Core: values. The keys are those of https://docs.slack.dev/reference/app-manifest; Slack refuses any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Scope of the bot token -> why it is asked for.
SCOPES: Mapping[str, str] = {
    "chat:write": "cards, replies below them, and answers to whoever clicks",
    "commands": "slash commands",
    "users:read": "who clicked: guest, deactivated, name",
    "users:read.email": "roles are lists of e-mail addresses",
    "usergroups:read": "who is in a user group that the config pings or trusts, and its id for the mention",
    "im:write": "cards in direct messages",
    "channels:read": "from #finance-approvals to its id, and whether the bot is in it",
    "groups:read": "the same for private channels",
    "channels:history": "a card whose answer was lost is looked for before it is posted again",
    "groups:history": "the same in private channels",
    "im:history": "the same in direct messages",
    "files:read": "photos and documents that a policy wants to see before an approval",
    "files:write": "the pictures of the weekly report",
}

#: Somebody looks at the Home tab. Files in a card's thread come as messages; every other message is left alone.
EVENTS: Sequence[str] = ("app_home_opened", "message.channels", "message.groups", "message.im")

#: Scope of the app-level token, which a manifest cannot ask for.
APP_SCOPE = "connections:write"

#: (command, description, hint), as ``handlers`` registers them.
COMMANDS: Sequence[tuple[str, str, str]] = (
    ("/signoff", "Signoff itself: is it well, and why did it do that", "help"),
    ("/approvals", "Approvals that wait", "help"),
    ("/exceptions", "What somebody has to own until it is resolved", "help"),
)


def manifest(request_url: str = "") -> dict[str, Any]:
    """The manifest for requests to ``request_url``; for Socket Mode where it is empty."""
    over_http = {"request_url": request_url} if request_url else {}
    url = {"url": request_url} if request_url else {}
    return {
        "display_information": {
            "name": "Signoff",
            "description": "Odoo exceptions and approvals, decided in Slack",
            "background_color": "#1d3b53",
        },
        "features": {
            "bot_user": {"display_name": "Signoff", "always_online": True},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "slash_commands": [
                {"command": name, "description": about, "usage_hint": hint, "should_escape": True, **url}
                for name, about, hint in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True, **over_http},
            "event_subscriptions": {"bot_events": list(EVENTS), **over_http},
            "socket_mode_enabled": not request_url,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }
