"""E-mail addresses, Slack channels and URLs.

Core: their shape alone; whether they exist is not known here.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from bot.config.fields.known import refuse
from bot.config.fields.shown import shown
from bot.config.fields.text import Text
from bot.config.problems import did_you_mean

PLACEHOLDERS = ("site", "company")
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
#: Slack: at most 80 characters, lower case, no spaces or full stops; letters of any alphabet are allowed.
_CHANNEL_NAME = re.compile(r"#[\w-]{1,80}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{7,}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def _email(address: str) -> str:
    if _EMAIL.fullmatch(address) is None:
        refuse("is not an e-mail address", "write it as name@example.com")
    return address.lower()


Email = Annotated[Text, AfterValidator(_email), shown("e-mail address", pattern="@", example="ann@example.com")]


def _channel(channel: str) -> str:
    if _CHANNEL_ID.fullmatch(channel):
        return channel
    for name in _PLACEHOLDER.findall(channel):
        if name not in PLACEHOLDERS:
            refuse(f"no placeholder named {{{name}}}", did_you_mean(name, PLACEHOLDERS))
    plain = _PLACEHOLDER.sub("x", channel)
    if _CHANNEL_NAME.fullmatch(plain) is None or plain != plain.lower():
        hint = 'write "#name" in lower case without spaces, or a channel id such as C0123ABCD'
        refuse("is not a Slack channel", hint)
    return channel


_CHANNEL = shown("channel", pattern="^(#|[CG][A-Z0-9]{7,}$)", example="#finance-approvals")
Channel = Annotated[Text, AfterValidator(_channel), _CHANNEL]


def _one_channel(channel: str) -> str:
    if "{" in channel:
        refuse("is one channel for everything, so it takes no placeholder")
    return channel


#: A channel that is the same whatever the record.
FixedChannel = Annotated[Channel, AfterValidator(_one_channel)]


def _url(url: str) -> str:
    hint = "write it as https://erp.example.com"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        refuse("is not a URL", hint)
    if parts.username is not None:
        refuse("must not hold credentials", "put the login under login and the key under api_key")
    if parts.scheme not in {"http", "https"} or not host or any(c.isspace() for c in url):
        refuse("must be an http or https URL", hint)
    if parts.query or parts.fragment:
        refuse("must not hold a query or a fragment", hint)
    return url.rstrip("/")


_URL = shown("http or https URL", pattern="^[hH][tT][tT][pP][sS]?://", example="https://erp.example.com")
Url = Annotated[Text, AfterValidator(_url), _URL]
