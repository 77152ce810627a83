"""How much is under way at once, and how often the program looks after itself.

Figures alone; ``app.py`` hands them out.
"""

from __future__ import annotations

#: Signals of one source read side by side; reads are batched, so this is about memory, not about calls.
READING = 400

#: Cards on their way at once.
POSTING = 50

#: Cases being ticked at once: two group commits full, so that the next batch is claimed while one is written.
TICKING = 200

#: Write-backs on their way at once, for each source.
WRITING = 16

#: Seconds between looks at how many signals wait, and between looks for steps of escalations that were never done.
HOUSEKEEPING, SELF_AUDIT = 5, 60

#: Seconds between looks for cards that Slack has not taken for too long.
OUTAGE = 15

#: Seconds between looks for what is wrong with the program itself.
ALARMS = 15

#: Seconds between looks for evidence that has been kept for long enough.
PRUNING = 3600
