"""What Slack's error codes mean for us: may the call be tried again, and what is a person told?

Core: a table. The codes are those of Slack's method references; one that is not listed is a refusal for good.
"""

from __future__ import annotations

from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome

RATE_LIMITED = "ratelimited"

#: Seconds to wait where Slack says "later" and not when.
USUAL_PAUSE = 30.0

#: An admin has to mend these; the cards wait for it.
_UNAUTHORISED = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
#: The same, where it is a card that is owed; where something is only looked up, there often is another way.
MISSING_SCOPE = "missing_scope"
_LATER = frozenset({RATE_LIMITED, "rate_limited", "message_limit_exceeded", "external_channel_migrating"})
#: Slack broke while at it: it may have taken effect.
_BROKEN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})

_SENTENCES = {
    "is_archived": "The Slack channel is archived. Unarchive it or name another one in the config.",
    "is_inactive": "The Slack channel is archived. Unarchive it or name another one in the config.",
    "channel_not_found": "Slack knows no such channel, or it is private and the bot has not been invited.",
    "not_in_channel": "The bot is not in the Slack channel; invite it there.",
    "restricted_action": "Slack's settings do not let the bot post in this channel.",
    "missing_scope": "The Slack app lacks a permission (scope); reinstall it with the manifest's scopes.",
    "message_not_found": "The Slack message was deleted.",
    "cant_update_message": "The Slack message is not the bot's own any more, so that it cannot be edited.",
    "edit_window_closed": "Slack's settings do not let the message be edited so late.",
    "expired_trigger_id": "It took too long to open the dialog. Please click again.",
    "exchanged_trigger_id": "The dialog was opened already.",
    "users_not_found": "Nobody with this address has an active account in Slack.",
    "user_not_found": "Slack does not know this person any more.",
    "user_disabled": "This person's Slack account is deactivated.",
    "messages_tab_disabled": "The Slack app takes no direct messages; turn its Messages tab on.",
    "user_not_in_channel": "The person is not in the Slack channel.",
    "no_such_subteam": "Slack knows no such user group any more.",
    "plan_upgrade_required": "The plan of this Slack workspace has no user groups.",
}

#: The card is more than Slack takes: a shorter one may pass.
TOO_MUCH = frozenset(
    {
        "block_mismatch",
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
    }
)

#: Nobody can be reached at this place, today or tomorrow, until somebody mends it.
PLACE_GONE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "users_not_found",
        "user_not_found",
        "user_not_visible",
        "user_disabled",
        "cannot_dm_bot",
        "messages_tab_disabled",
    }
)

#: The message that a reply was meant for is no more.
THREAD_GONE = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})

MESSAGE_GONE = "message_not_found"

#: The token may not ask this.
MISSING_SCOPE = "missing_scope"

#: Of an address: nobody has an active account with it.
NO_SUCH_PERSON = "users_not_found"


def meaning(code: str, *, retry_after: float | None, repeatable: bool) -> SignoffError:
    """The error for ``code``. ``repeatable``: a second call could do no harm, so a lost one is no riddle."""
    if code in _LATER:
        return TransientError("Slack asked us to slow down.", kind=RATE_LIMITED, retry_after=retry_after or USUAL_PAUSE)
    if code in _UNAUTHORISED:
        sentence = "Slack does not accept the bot's token. Cards wait until an admin has renewed it."
        return TransientError(sentence, kind=code)
    if code in _BROKEN:
        return lost(code, repeatable=repeatable)
    return PermanentError(_SENTENCES.get(code, f"Slack refused: {code.replace('_', ' ')}."), kind=code)


def lost(kind: str, *, repeatable: bool) -> SignoffError:
    """No answer, though the call may have arrived."""
    if repeatable:
        return TransientError("Slack did not answer in time.", kind=kind)
    return UnknownOutcome("Slack's answer was lost; the message may have been posted.", kind=kind)


def never_sent(kind: str) -> TransientError:
    """No connection to Slack came about."""
    return TransientError("Slack cannot be reached.", kind=kind)
