"""``heartbeat``: an address outside that notices when Signoff falls silent.

Core but for pydantic.
"""

from __future__ import annotations

from datetime import timedelta

from bot.config import model
from bot.config.fields.figures import Beat
from bot.config.fields.secrets import SecretUrl
from bot.config.schema.part import Part


class Heartbeat(Part):
    """``heartbeat``: fetched by the self-audit while it is well."""

    url: SecretUrl
    """The address, as `${NAME}`: whoever knows it could beat in Signoff's stead. Anything but a 2xx is tried again a
    minute later."""
    every: Beat = timedelta(minutes=5)
    """How often. 1m to 1d; let the other side raise its alarm after twice that."""

    def build(self) -> model.Heartbeat:
        """The frozen value."""
        return model.Heartbeat(self.url, self.every)
