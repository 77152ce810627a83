"""Odoo: the client, the catalog of event types, the ways in, and the way back."""
