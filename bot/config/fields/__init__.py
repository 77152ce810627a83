"""The kinds of value a config key can hold: text, money, spans of time, addresses, channels, secrets, names.

Each is a pydantic type whose refusal is one sentence with a hint. No refusal repeats a value that could be a
secret. No I/O here. A module for each kind; the schema imports from them.
"""
