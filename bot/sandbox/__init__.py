"""A pretend Slack and a pretend Odoo, for the demo and the tests. No other room imports it."""
