"""``odoo``: the databases.

Core but for pydantic.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator

from bot.config import model
from bot.config.fields.addresses import Email, Url
from bot.config.fields.figures import Reconcile, Settle
from bot.config.fields.known import refuse
from bot.config.fields.names import EventType
from bot.config.fields.secrets import ApiKey, WebhookToken
from bot.config.fields.text import Text, Unique
from bot.config.schema.part import Part

#: Calls under way at one Odoo; its default worker count is far below this, more would only queue there.
MAX_CONCURRENCY = 16


class Source(Part):
    """``odoo.<name>``: one Odoo database."""

    url: Url
    database: Text
    login: Text
    api_key: ApiKey
    webhook_tokens: Annotated[list[WebhookToken], Field(min_length=1)]
    events: Unique[EventType] | None = None
    users: dict[str, Email] = Field(default_factory=dict)
    concurrency: Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)] = 4
    reconcile: Reconcile = timedelta(seconds=60)
    settle: Settle = timedelta(minutes=5)
    signoff_url: Url | None = None

    @field_validator("users", mode="after")
    @classmethod
    def one_login_each(cls, users: dict[str, str]) -> dict[str, str]:
        """Two logins of one person would let that person approve what the other login made."""
        seen: dict[str, str] = {}
        for login, email in users.items():
            if email in seen:
                refuse(f'the e-mail of "{login}" is already that of "{seen[email]}"')
            seen[email] = login
        return users

    @field_validator("webhook_tokens", mode="after")
    @classmethod
    def no_token_twice(cls, tokens: list[model.Secret]) -> list[model.Secret]:
        """A rotation whose second token is the first one rotates nothing."""
        if len({token.reveal() for token in tokens}) < len(tokens):
            refuse("two of the tokens are the same")
        return tokens

    def build(self, name: str, all_events: Iterable[str]) -> model.Source:
        """The frozen value; without ``events`` every known type is watched."""
        return model.Source(
            name=name,
            url=self.url,
            database=self.database,
            login=self.login,
            api_key=self.api_key,
            webhook_tokens=tuple(self.webhook_tokens),
            events=tuple(sorted(all_events) if self.events is None else self.events),
            users=self.users,
            concurrency=self.concurrency,
            reconcile_every=self.reconcile,
            settle=self.settle,
            signoff_url=self.signoff_url or "",
        )
