"""The tests: core (pure), integration (a database, adapters, sandbox servers) and scenarios (the whole program).

The gates of this folder itself are here: engines, the network guard, and what a run must have covered.
"""
