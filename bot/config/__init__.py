"""The file that admins own: its schema, its loading, its checks, and routing by it."""
