"""The refusals of the Web API, as one exception.

Owns the error form (``ok: false``, a code, messages with JSON pointers). Says nothing about when to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Slack's own error codes, as its method references list them."""

    CANNOT_REPLY_TO_MESSAGE = "cannot_reply_to_message"
    CANT_DELETE_MESSAGE = "cant_delete_message"
    CANT_UPDATE_MESSAGE = "cant_update_message"
    CHANNEL_NOT_FOUND = "channel_not_found"
    DUPLICATE_EXTERNAL_ID = "duplicate_external_id"
    EXCHANGED_TRIGGER_ID = "exchanged_trigger_id"
    EXPIRED_TRIGGER_ID = "expired_trigger_id"
    EXPIRED_URL = "expired_url"
    HASH_CONFLICT = "hash_conflict"
    INVALID_ARGUMENTS = "invalid_arguments"
    INVALID_ATTACHMENTS = "invalid_attachments"
    INVALID_BLOCKS = "invalid_blocks"
    INVALID_BLOCKS_FORMAT = "invalid_blocks_format"
    INVALID_CURSOR = "invalid_cursor"
    INVALID_JSON = "invalid_json"
    INVALID_LIMIT = "invalid_limit"
    INVALID_METADATA_FORMAT = "invalid_metadata_format"
    INVALID_METADATA_SCHEMA = "invalid_metadata_schema"
    INVALID_TRIGGER_ID = "invalid_trigger_id"
    INVALID_TS = "invalid_ts"
    INVALID_TYPES = "invalid_types"
    IS_ARCHIVED = "is_archived"
    IS_INACTIVE = "is_inactive"
    JSON_NOT_OBJECT = "json_not_object"
    FILE_DELETED = "file_deleted"
    FILE_NOT_FOUND = "file_not_found"
    MESSAGE_NOT_FOUND = "message_not_found"
    MISSING_SCOPE = "missing_scope"
    METADATA_TOO_LARGE = "metadata_too_large"
    METHOD_NOT_SUPPORTED_FOR_CHANNEL_TYPE = "method_not_supported_for_channel_type"
    MSG_BLOCKS_TOO_LONG = "msg_blocks_too_long"
    MSG_TOO_LONG = "msg_too_long"
    NO_SUCH_SUBTEAM = "no_such_subteam"
    NO_TEXT = "no_text"
    NOT_FOUND = "not_found"
    NOT_IN_CHANNEL = "not_in_channel"
    PUSH_LIMIT_REACHED = "push_limit_reached"
    THREAD_NOT_FOUND = "thread_not_found"
    TOO_MANY_USERS = "too_many_users"
    USED_URL = "used_url"
    USER_DISABLED = "user_disabled"
    USER_NOT_FOUND = "user_not_found"
    USER_NOT_IN_CHANNEL = "user_not_in_channel"
    USERS_NOT_FOUND = "users_not_found"
    VIEW_TOO_LARGE = "view_too_large"


class SlackRefusal(Exception):
    """Slack answers ``ok: false`` with this code (HTTP 200, as Slack does it)."""

    def __init__(self, code: Code, messages: Sequence[str] = (), extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """The answer as JSON."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


def missing(field: str) -> SlackRefusal:
    """The refusal of a call without a required argument."""
    return SlackRefusal(Code.INVALID_ARGUMENTS, [f"[ERROR] missing required field: {field}"])
