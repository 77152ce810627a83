"""A pretend Odoo 18.0 or 19.0: records in memory, answers over HTTP as the recordings of real servers show them.

For the demo, the tests and the benchmark alone. It imports nothing of the product but the clock.
"""

from bot.sandbox.odoo.access import User
from bot.sandbox.odoo.calls import Call, CallLog
from bot.sandbox.odoo.distributor import lay_distributor
from bot.sandbox.odoo.errors import OdooError
from bot.sandbox.odoo.faults import Faults
from bot.sandbox.odoo.server import PretendOdoo

__all__ = ["Call", "CallLog", "Faults", "OdooError", "PretendOdoo", "User", "lay_distributor"]
