"""Secrets: only their names stand in the file.

Core; the values come through ``Known.find_secret``. No refusal repeats what could be a secret.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from bot.config.fields.known import known_to, refuse
from bot.config.fields.shown import shown
from bot.config.model import Secret

MIN_TOKEN_LENGTH = 16  #: characters of a webhook token: it is the only thing between the internet and the intake
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TOKEN = re.compile(r"[A-Za-z0-9._~-]+")


def _secret(value: object, info: ValidationInfo) -> Secret:
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        hint = "name the environment variable that holds it, as ${NAME}"
        refuse("a secret must not stand in the file", hint)
    try:
        return Secret(known_to(info).find_secret(found[1]))
    except LookupError as error:
        refuse(str(error.args[0]))


def _token(token: Secret) -> Secret:
    hint = "make one: openssl rand -hex 24"
    if len(token.reveal()) < MIN_TOKEN_LENGTH:
        refuse(f"a webhook token needs at least {MIN_TOKEN_LENGTH} characters", hint)
    if _TOKEN.fullmatch(token.reveal()) is None:
        refuse("a webhook token is part of a URL: letters, digits, - . _ ~ only", hint)
    return token


def _secret_url(url: Secret) -> Secret:
    if not url.reveal().startswith(("http://", "https://")):
        refuse("the variable must hold an http or https address")
    return url


_SHOWN = shown("secret", pattern=r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$", example="${ODOO_API_KEY}")
ApiKey = Annotated[Secret, BeforeValidator(_secret), _SHOWN]
WebhookToken = Annotated[Secret, BeforeValidator(_secret), AfterValidator(_token), _SHOWN]
SecretUrl = Annotated[Secret, BeforeValidator(_secret), AfterValidator(_secret_url), _SHOWN]
