"""``make bench``: what the program achieves on this machine, between a pretend Slack and a pretend Odoo.

Measures, never judges speed: it fails only where something was lost or doubled. Not collected by pytest.
"""
