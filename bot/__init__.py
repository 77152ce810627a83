"""Signoff: Odoo exceptions and approvals, decided in Slack."""
