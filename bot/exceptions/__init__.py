"""Exceptions: somebody owns them until they are resolved. What they are, who may what, and what becomes of them."""
