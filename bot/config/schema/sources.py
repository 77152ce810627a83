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
from bot.config.schema.rules import ModeKey

#: Calls under way at one Odoo; its default worker count is far below this, more would only queue there.
MAX_CONCURRENCY = 16


class Source(Part):
    """``odoo.<name>``: one Odoo database."""

    url: Url
    """The base address, without credentials or query."""
    database: Text
    """The database's name in Odoo."""
    login: Text
    """The bot's own user in Odoo."""
    api_key: ApiKey
    """That user's API key."""
    webhook_tokens: Annotated[list[WebhookToken], Field(min_length=1)]
    """What a webhook must show; any of them is accepted, so that one can be rotated. 16 characters or more out of
    letters, digits, `-`, `.`, `_`, `~`."""
    events: Unique[EventType] | None = None
    """What is watched in this database; without it, every event type."""
    users: dict[str, Email] = Field(default_factory=dict)
    """Odoo login to e-mail address, only for people whose login is not their address; one login for each."""
    user_ids: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """Odoo login to the number of its user in Odoo. Where an address has come to another user of Odoo than before,
    that is refused until it is confirmed here; the message in the `admin_channel` names login and number."""
    concurrency: Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)] = 4
    """Calls to this Odoo under way at once."""
    reconcile: Reconcile = timedelta(seconds=60)
    """How often Odoo is compared with the open cases; this bounds the delay when a webhook is lost. 1s to 1h."""
    settle: Settle = timedelta(minutes=5)
    """How long a write-back whose answer was lost is looked for in Odoo before a person is asked: longer than Odoo's
    own retries. 2m to 1d; shorter only where `url` is this machine's loopback, to try things."""
    signoff_url: Url | None = None
    """Where this Odoo reaches Signoff; `signoff odoo setup` writes it into Odoo's automation rules."""
    act_as_user: bool = False
    """Decisions are written as the Odoo user of whoever decided, with that user's rights, by the guard alone
    (`signoff odoo setup --guard`); never as an administrator, and not together with a hold."""
    quarantine: Text | None = None
    """Where goods go that somebody sends to quarantine from a card: the place's whole name as Odoo shows it, such as
    `WH/Quarantine`. A site may name its own. Else the one place of the warehouse whose name says *quarantine*."""
    mode: ModeKey = model.Mode.LIVE
    """`observe`: whatever happens in this database is only shown in the `pilot_channel`."""

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
            user_ids=self.user_ids,
            concurrency=self.concurrency,
            reconcile_every=self.reconcile,
            settle=self.settle,
            signoff_url=self.signoff_url or "",
            act_as_user=self.act_as_user,
            mode=self.mode,
            quarantine=self.quarantine or "",
        )
