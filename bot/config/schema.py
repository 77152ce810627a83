"""The shape of the config file: one strict pydantic model for each part, and how it becomes a frozen value.

Names are checked while a field is read, against ``fields.Known``, so that a wrong name and a wrong type in the
same entry are told together. What needs several entries at once (people against counts, rules against each
other) is ``lint.py``'s work. Nothing outside this package sees these models.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator

from bot.config import model
from bot.config.fields import (
    ApiKey,
    Channel,
    Email,
    EventType,
    EventTypePatterns,
    MoneyAmount,
    OneOrMany,
    Patterns,
    PolicyName,
    Reconcile,
    RoleName,
    Settle,
    SitePatterns,
    SourcePatterns,
    Text,
    Unique,
    Url,
    WebhookToken,
    refuse,
)
from bot.money import Money

#: Calls under way at one Odoo; its default worker count is far below this, more would only queue there.
MAX_CONCURRENCY = 16


class Part(BaseModel):
    """A mapping in the file: every key known, nothing converted on the quiet."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Source(Part):
    """``odoo.<name>``: one Odoo database."""

    url: Url
    database: Text
    login: Text
    api_key: ApiKey
    webhook_tokens: Annotated[list[WebhookToken], Field(min_length=1)]
    events: Unique[EventType] | None = None
    users: dict[str, Email] = {}
    concurrency: Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)] = 4
    reconcile: Reconcile = timedelta(seconds=60)
    settle: Settle = timedelta(minutes=5)

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
        )


class Role(Part):
    """``roles.<name>``: who may decide, and where they are asked."""

    channel: Channel
    members: Unique[Email]

    def build(self, name: str) -> model.Role:
        """The frozen value."""
        return model.Role(name, self.channel, frozenset(self.members))


class RoleOverlay(Part):
    """``sites.<name>.roles.<role>``: what a site changes in a role."""

    channel: Channel | None = None
    members: Unique[Email] | None = None

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        """An overlay without keys is a slip of the indentation."""
        if not self.model_fields_set:
            refuse("changes nothing", "give it a channel, members or both")
        return self

    def build(self) -> model.RoleOverlay:
        """The frozen value."""
        return model.RoleOverlay(self.channel, None if self.members is None else frozenset(self.members))


class SiteMatch(Part):
    """``sites.<name>.match``: which records belong to a site. Exact names, no globs: a record has one site."""

    warehouse: OneOrMany[Text] | None = None
    company: OneOrMany[Text] | None = None

    @model_validator(mode="after")
    def names_something(self) -> Self:
        """A site without a condition would take every record."""
        if not self.model_fields_set:
            refuse("names neither a warehouse nor a company")
        return self


class Site(Part):
    """``sites.<name>``: a place with its own roles."""

    match: SiteMatch
    roles: dict[RoleName, RoleOverlay] = {}

    def build(self, name: str) -> model.Site:
        """The frozen value."""
        return model.Site(
            name=name,
            warehouses=frozenset(self.match.warehouse or ()),
            companies=frozenset(self.match.company or ()),
            roles={role: overlay.build() for role, overlay in self.roles.items()},
        )


class Stage(Part):
    """``policies.<name>.stages[n]``: ``count`` distinct people out of any of the roles."""

    any_of: Unique[RoleName]
    count: Annotated[int, Field(ge=1)] = 1


class Reason(Part):
    """``policies.<name>.reason``: which decisions owe a reason."""

    approve: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.OPTIONAL
    reject: Annotated[model.ReasonRule, Field(strict=False)] = model.ReasonRule.REQUIRED


class Policy(Part):
    """``policies.<name>``: a named approval process."""

    stages: Annotated[list[Stage], Field(min_length=1, max_length=1)]
    execution: Annotated[model.Execution, Field(strict=False)] | None = None
    on_reject: Annotated[model.OnReject, Field(strict=False)] = model.OnReject.NOTE
    reason: Reason = Reason()
    self_approval: bool = False

    def build(self, name: str) -> model.Policy:
        """The frozen value."""
        return model.Policy(
            name=name,
            stages=tuple(model.Stage(tuple(stage.any_of), stage.count) for stage in self.stages),
            execution=self.execution,
            on_reject=self.on_reject,
            approve_reason=self.reason.approve,
            reject_reason=self.reason.reject,
            self_approval=self.self_approval,
        )


class RuleMatch(Part):
    """``rules[n].match``: the canonical fields a rule can look at, each a name, a glob or a list of them."""

    event_type: EventTypePatterns | None = None
    source: SourcePatterns | None = None
    site: SitePatterns | None = None
    company: Patterns | None = None
    warehouse: Patterns | None = None
    model: Patterns | None = None
    currency: Patterns | None = None
    partner: Patterns | None = None

    def build(self) -> dict[str, tuple[str, ...]]:
        """Only the fields that the rule names."""
        named = (field for field in type(self).model_fields if field in self.model_fields_set)
        return {field: tuple(getattr(self, field)) for field in named}


class Rule(Part):
    """``rules[n]``: one routing line."""

    name: Text
    policy: PolicyName
    match: RuleMatch = RuleMatch()
    over: MoneyAmount | None = None
    under: MoneyAmount | None = None

    def build(self, line: int) -> model.Rule:
        """The frozen value."""
        return model.Rule(self.name, self.policy, line, self.match.build(), self.over, self.under)


#: ``materiality``: below which value no case opens.
MATERIALITY: TypeAdapter[dict[str, Money]] = TypeAdapter(dict[EventType, MoneyAmount])
