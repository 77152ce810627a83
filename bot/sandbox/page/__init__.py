"""The sandbox's web page: a workspace in the browser, beside it the Odoo records and the clock.

Shows and acts through the pretend Slack; holds no state of its own but what was read.
"""

from bot.sandbox.page.site import SandboxPage, Surroundings

__all__ = ["SandboxPage", "Surroundings"]
