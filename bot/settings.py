"""Settings from the environment, read once: frozen, every problem reported at once, secrets never printed.

``NAME_FILE`` may hold the path of a file with the value of ``NAME``, as container secrets come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.audit.checkpoint import Signer
from bot.config.model import Secret
from bot.errors import ConfigError

DEFAULT_DATABASE = "sqlite+aiosqlite:///signoff.db"
DEFAULT_CONFIG = "signoff.yaml"
DEFAULT_SPOOL = "signoff-spool"
#: A hundred years.
_MOST_DAYS = 36_500
DEFAULT_CHECKPOINTS = "signoff-checkpoints.jsonl"
_LONGEST_REVISION = 200
SLACK_API = "https://slack.com/api/"

_SIGNING = (
    "the signing secret on the Slack app's Basic Information page (or set SLACK_APP_TOKEN, xapp-..., for Socket Mode)"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """``127.0.0.1:8080``, ``[::1]:8080``, ``0.0.0.0:0``. Raises ValueError."""
        host, colon, port = text.rpartition(":")
        if not colon or not host or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004  # the largest port
            msg = f"{text!r} is not HOST:PORT, such as 127.0.0.1:8080"
            raise ValueError(msg)
        return cls(host.strip("[]"), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``signoff serve`` needs besides the config file."""

    slack_bot_token: Secret
    slack_signing_secret: Secret  #: empty with Socket Mode
    slack_app_token: Secret | None = None  #: with it Slack comes over Socket Mode, else over HTTP
    slack_api_url: str = SLACK_API
    slack_pace: bool = True  #: keep Slack's limits ahead of being told; only a pretend Slack has none
    database_url: str = DEFAULT_DATABASE
    listen: Address = Address("127.0.0.1", 8080)
    admin_listen: Address = Address("127.0.0.1", 9180)
    audit_signer: Signer | None = None  #: signs checkpoints of the audit trail; without one there are none
    checkpoints: Path | None = None  #: the file they are added to
    spool: Path = Path(DEFAULT_SPOOL)  #: the folder where evidence is kept
    evidence_kept: timedelta | None = None  #: for how long after a case has closed; None: for ever

    @property
    def uses_sockets(self) -> bool:
        """Whether Slack comes over Socket Mode."""
        return self.slack_app_token is not None


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """What the environment says of Slack, complete or not: for whoever finds out what is missing."""

    bot_token: Secret
    signing_secret: Secret
    app_token: Secret
    api_url: str = SLACK_API


def from_environment(env: Mapping[str, str]) -> Settings:
    """Read the settings. Raises ConfigError naming every setting that is missing or wrong."""
    reading = _Reading(env)
    app_token = reading.optional("SLACK_APP_TOKEN")
    if app_token and not app_token.startswith("xapp-"):
        reading.problems.append("SLACK_APP_TOKEN must be an app-level token, xapp-... (scope connections:write)")
    settings = Settings(
        slack_bot_token=Secret(reading.required("SLACK_BOT_TOKEN", "the bot token of the Slack app, xoxb-...")),
        slack_signing_secret=Secret("" if app_token else reading.required("SLACK_SIGNING_SECRET", _SIGNING)),
        slack_app_token=Secret(app_token) if app_token else None,
        slack_api_url=reading.url("SLACK_API_URL", SLACK_API),
        slack_pace=reading.optional("SIGNOFF_SLACK_PACE").lower() != "off",
        database_url=database_url(env),
        listen=reading.address("SIGNOFF_LISTEN", "127.0.0.1:8080"),
        admin_listen=reading.address("SIGNOFF_ADMIN_LISTEN", "127.0.0.1:9180"),
        audit_signer=reading.signer(),
        spool=Path(reading.optional("SIGNOFF_SPOOL") or DEFAULT_SPOOL),
        evidence_kept=reading.days("SIGNOFF_EVIDENCE_DAYS"),
        checkpoints=Path(reading.optional("SIGNOFF_CHECKPOINTS") or DEFAULT_CHECKPOINTS),
    )
    reading.finish()
    return settings


def slack_access(env: Mapping[str, str]) -> SlackAccess:
    """The settings of Slack, empty where there are none. Raises ConfigError for what cannot be read."""
    reading = _Reading(env)
    names = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
    token, secret, app_token = (Secret(reading.optional(name)) for name in names)
    found = SlackAccess(token, secret, app_token, reading.url("SLACK_API_URL", SLACK_API))
    reading.finish()
    return found


def database_url(env: Mapping[str, str]) -> str:
    """Where the data is. Raises ConfigError when its file cannot be read."""
    reading = _Reading(env)
    found = reading.optional("SIGNOFF_DATABASE_URL") or DEFAULT_DATABASE
    reading.finish()
    return found


def audit_signer(env: Mapping[str, str]) -> Signer | None:
    """The key that signs checkpoints, where there is one. Raises ConfigError when it cannot be read."""
    reading = _Reading(env)
    found = reading.signer()
    reading.finish()
    return found


def admin_listen(env: Mapping[str, str]) -> Address:
    """Where a running program tells its numbers. Raises ConfigError when the setting is wrong."""
    reading = _Reading(env)
    found = reading.address("SIGNOFF_ADMIN_LISTEN", "127.0.0.1:9180")
    if reading.problems:
        raise ConfigError("\n".join(reading.problems))
    return found


def odoo_administrator(env: Mapping[str, str]) -> tuple[str, Secret]:
    """Login and key (or password) of somebody with Settings rights in Odoo, for ``signoff odoo setup`` alone.

    Raises ConfigError naming what is missing.
    """
    reading = _Reading(env)
    login = reading.required(
        "SIGNOFF_ODOO_ADMIN_LOGIN", "the login of an administrator of Odoo, used for this run only"
    )
    key = reading.required("SIGNOFF_ODOO_ADMIN_KEY", "an API key (or the password) of that administrator")
    if reading.problems:
        raise ConfigError("\n".join(reading.problems))
    return login, Secret(key)


def config_revision(env: Mapping[str, str]) -> str:
    """What SIGNOFF_CONFIG_REVISION says of the config file, such as its commit; empty where nothing is said.

    Read at every reload: the file that SIGNOFF_CONFIG_REVISION_FILE names may change beside the config.
    """
    return _Reading(env).optional("SIGNOFF_CONFIG_REVISION")[:_LONGEST_REVISION]


class _Reading:
    """Reads values and remembers what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []

    def optional(self, name: str) -> str:
        """The value, from ``NAME`` or the file that ``NAME_FILE`` names; empty when there is none."""
        path = self._env.get(f"{name}_FILE")
        if self._env.get(name) or not path:
            return self._env.get(name, "").strip()
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{name}_FILE: the file cannot be read ({type(error).__name__})")
            return ""

    def finish(self) -> None:
        """Raise ConfigError with everything that was wrong."""
        if self.problems:
            raise ConfigError("\n".join(self.problems))

    def days(self, name: str) -> timedelta | None:
        """A number of days, one at least; None where nothing is set."""
        text = self.optional(name)
        if text and (not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST_DAYS):
            self.problems.append(f"{name} must be a number of days from 1 to {_MOST_DAYS}, such as 90")
            return None
        return timedelta(days=int(text)) if text else None

    def signer(self) -> Signer | None:
        """The audit trail's private key."""
        pem = self.optional("SIGNOFF_AUDIT_KEY")
        try:
            return Signer.parse(pem) if pem else None
        except ValueError as error:
            self.problems.append(f"SIGNOFF_AUDIT_KEY: {error}")
            return None

    def required(self, name: str, what: str) -> str:
        """The value; its absence is a problem."""
        before = len(self.problems)
        value = self.optional(name)
        if not value and len(self.problems) == before:
            self.problems.append(f"{name} is missing: {what}")
        return value

    def address(self, name: str, default: str) -> Address:
        """HOST:PORT."""
        try:
            return Address.parse(self.optional(name) or default)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return Address.parse(default)

    def url(self, name: str, default: str) -> str:
        """An http(s) URL that ends with a slash, as the Slack SDK joins method names to it."""
        value = self.optional(name) or default
        if not value.startswith(("http://", "https://")):
            self.problems.append(f"{name} must begin with http:// or https://")
        return value if value.endswith("/") else f"{value}/"
