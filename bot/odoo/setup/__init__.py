"""Setting Odoo up over RPC: what of ours should stand there, what stands there, and the way from one to the other."""
