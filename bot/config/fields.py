"""The kinds of value a config key can hold: text, money, spans of time, addresses, channels, secrets, names.

Each is a pydantic type whose refusal is one sentence with a hint. No refusal repeats a value that could be a
secret. The context of a validation is a ``Known``; no I/O here, secrets come through its function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, LiteralString, NoReturn, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.config.durations import parse_duration, write_duration
from bot.config.model import Secret
from bot.config.problems import did_you_mean
from bot.money import Money

MIN_TOKEN_LENGTH = 16  #: characters of a webhook token: it is the only thing between the internet and the intake
GLOB = frozenset("*?[")
REFUSED: LiteralString = "signoff"  #: pydantic's type of every error made here

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TOKEN = re.compile(r"[A-Za-z0-9._~-]+")
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
#: Slack: at most 80 characters, lower case, no spaces or full stops; letters of any alphabet are allowed.
_CHANNEL_NAME = re.compile(r"#[\w-]{1,80}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{7,}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = ("site", "company")


@dataclass(frozen=True, slots=True)
class Known:
    """What the names in a file may refer to."""

    event_types: Collection[str]
    sources: Collection[str]
    roles: Collection[str]
    sites: Collection[str]
    policies: Collection[str]
    find_secret: Callable[[str], str]  #: environment name -> value; raises LookupError with a sentence


def refuse(message: str, hint: str = "") -> NoReturn:
    """Refuse the value at hand, with a sentence that reaches the reader as it is."""
    raise PydanticCustomError(REFUSED, REFUSED, {"told": message, "hint": hint})


def _known(info: ValidationInfo) -> Known:
    context: object = info.context
    if not isinstance(context, Known):
        msg = "the schema is validated with a Known as its context"
        raise TypeError(msg)
    return context


def _text(value: object) -> object:
    if isinstance(value, (bool, int, float)):
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        refuse("must be text", f'write it in quotes: "{shown}"')
    return value


def _filled(text: str) -> str:
    if not text.strip():
        refuse("must not be empty")
    return text


Text = Annotated[str, BeforeValidator(_text), AfterValidator(_filled)]


def _one_or_many(value: object) -> object:
    return value if isinstance(value, list) else [value]


_Item = TypeVar("_Item")


def _without_doubles(items: list[_Item]) -> list[_Item]:
    doubles = sorted({str(item) for item in items if items.count(item) > 1})
    if doubles:
        refuse(f"{', '.join(doubles)} is listed twice")
    return items


Unique: TypeAlias = Annotated[list[_Item], Field(min_length=1), AfterValidator(_without_doubles)]
OneOrMany: TypeAlias = Annotated[
    list[_Item], Field(min_length=1), BeforeValidator(_one_or_many), AfterValidator(_without_doubles)
]


def _reference(kind: str, among: str) -> AfterValidator:
    """A name that must be one of ``Known.<among>``."""

    def check(name: str, info: ValidationInfo) -> str:
        known: Collection[str] = getattr(_known(info), among)
        if name not in known:
            refuse(f'no {kind} named "{name}"', did_you_mean(name, known))
        return name

    return AfterValidator(check)


def _pattern(kind: str, among: str) -> AfterValidator:
    """A name or glob that must meet at least one of ``Known.<among>``."""

    def check(pattern: str, info: ValidationInfo) -> str:
        known: Collection[str] = getattr(_known(info), among)
        if not any(pattern == name or fnmatchcase(name, pattern) for name in known):
            named = "matches" if GLOB & set(pattern) else "named"
            refuse(f'no {kind} {named} "{pattern}"', did_you_mean(pattern, known))
        return pattern

    return AfterValidator(check)


EventType = Annotated[Text, _reference("event type", "event_types")]
RoleName = Annotated[Text, _reference("role", "roles")]
PolicyName = Annotated[Text, _reference("policy", "policies")]
Patterns = OneOrMany[Text]
EventTypePatterns = OneOrMany[Annotated[Text, _pattern("event type", "event_types")]]
SourcePatterns = OneOrMany[Annotated[Text, _pattern("source", "sources")]]
SitePatterns = OneOrMany[Annotated[Text, _pattern("site", "sites")]]


def _money(value: object) -> Money:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        refuse("an amount needs its currency", f"write {value} USD")
    try:
        amount = Money.parse(value if isinstance(value, str) else "")
    except ValueError:
        hint = "write it as 5000 USD: no thousands separator, a full stop for decimals"
        refuse("must be an amount with its currency", hint)
    if amount.amount < 0:
        refuse("must not be negative", "amounts are compared by their absolute value")
    return amount


MoneyAmount = Annotated[Money, BeforeValidator(_money)]


def _span(shortest: timedelta, longest: timedelta) -> BeforeValidator:
    def read(value: object) -> timedelta:
        if not isinstance(value, str):
            refuse("a length of time needs its unit", f"write {value}s, {value}m or {value}h")
        try:
            span = parse_duration(value)
        except ValueError:
            refuse("must be a length of time", "write it as 60s, 5m, 2h or 1h30m")
        if not shortest <= span <= longest:
            refuse(f"must be from {write_duration(shortest)} to {write_duration(longest)}")
        return span

    return BeforeValidator(read)


#: P1 promises one interval; longer than an hour is no safety net, and below a second it would only load Odoo.
Reconcile = Annotated[timedelta, _span(timedelta(seconds=1), timedelta(hours=1))]
Settle = Annotated[timedelta, _span(timedelta(seconds=1), timedelta(days=1))]


def _email(address: str) -> str:
    if _EMAIL.fullmatch(address) is None:
        refuse("is not an e-mail address", "write it as name@example.com")
    return address.lower()


Email = Annotated[Text, AfterValidator(_email)]


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


Channel = Annotated[Text, AfterValidator(_channel)]


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


Url = Annotated[Text, AfterValidator(_url)]


def _secret(value: object, info: ValidationInfo) -> Secret:
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        hint = "name the environment variable that holds it, as ${NAME}"
        refuse("a secret must not stand in the file", hint)
    try:
        return Secret(_known(info).find_secret(found[1]))
    except LookupError as error:
        refuse(str(error.args[0]))


def _token(token: Secret) -> Secret:
    hint = "make one: openssl rand -hex 24"
    if len(token.reveal()) < MIN_TOKEN_LENGTH:
        refuse(f"a webhook token needs at least {MIN_TOKEN_LENGTH} characters", hint)
    if _TOKEN.fullmatch(token.reveal()) is None:
        refuse("a webhook token is part of a URL: letters, digits, - . _ ~ only", hint)
    return token


ApiKey = Annotated[Secret, BeforeValidator(_secret)]
WebhookToken = Annotated[Secret, BeforeValidator(_secret), AfterValidator(_token)]
