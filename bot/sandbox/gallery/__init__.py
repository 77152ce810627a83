"""Every card there is, side by side: each event type in each state, as people in Slack see it. None of it is real."""

from bot.sandbox.gallery.pictures import Gallery
from bot.sandbox.gallery.samples import sample
from bot.sandbox.gallery.states import OWNED, STATES

__all__ = ["OWNED", "STATES", "Gallery", "sample"]
