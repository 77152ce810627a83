"""A pretend Slack: the Web API, block validation, deliveries, faults, and a story-like API for tests.

Speaks Slack's protocol over HTTP and refuses what Slack refuses. Independent of every other room of the product.
"""

from bot.sandbox.slack.cards import Button, Card, Conversation
from bot.sandbox.slack.interactions import Acted, Submitted
from bot.sandbox.slack.model import Person, View
from bot.sandbox.slack.server import PretendSlack

__all__ = ["Acted", "Button", "Card", "Conversation", "Person", "PretendSlack", "Submitted", "View"]
