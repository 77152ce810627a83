"""The error tree. Every class says what may be done about it.

::

    SignoffError
     ├── TransientError        nothing happened outside; trying again is right (retry_after in seconds, if told)
     ├── PermanentError        trying again changes nothing; a person has to act
     ├── UnknownOutcome        it may or may not have happened outside: look before repeating
     ├── ConfigError           the config file or a setting is wrong (exit 2)
     └── Busy                  the store cannot promise durability in time (HTTP 503)

Adapters (Slack, Odoo) translate what they meet into these at their door; nothing above them looks at an
HTTP status or at a message text. ``sentence`` is for people: no paths, no tracebacks, no secrets.
"""

from __future__ import annotations


class SignoffError(Exception):
    """Base of everything Signoff raises on purpose."""

    def __init__(self, sentence: str, *, kind: str = "") -> None:
        super().__init__(sentence)
        #: What a person is told.
        self.sentence = sentence
        #: A short stable word for logs and metrics, such as ``ratelimited`` or ``odoo.exceptions.UserError``.
        self.kind = kind or type(self).__name__


class TransientError(SignoffError):
    """Nothing happened outside; the same call may succeed later."""

    def __init__(self, sentence: str, *, kind: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence, kind=kind)
        #: Seconds the other side asked us to wait, or None.
        self.retry_after = retry_after


class PermanentError(SignoffError):
    """The other side refused, and will refuse again until a person changes something."""


class UnknownOutcome(SignoffError):
    """The answer was lost: the call may have taken effect. Look before repeating."""


class ConfigError(SignoffError):
    """The config file or the environment is wrong. The sentence holds every finding, one a line."""


class Busy(SignoffError):
    """The store could not promise durability in time; the caller should answer 503."""
