"""Slack: safe text, cards and modals, the gateway, and the delivery of cards."""
