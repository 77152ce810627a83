"""How much is measured: bounded counts, for a whole run and for a quick one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Counts of one run."""

    echoes: int  #: requests to the bare server
    commits: int  #: durable commits, one at a time
    intake: int  #: webhooks with nothing else at work
    burst: int  #: events at once, to their cards
    paced: int  #: events, and clicks, at five a second
    clicks: int  #: clicks at once
    waiting: int  #: approvals that come in and wait
    killed: int  #: events, and clicks, in flight when the program is killed
    doubled: int  #: events that are told twice
    busy_s: int  #: seconds for which Slack answers 429
    busy: int  #: events meanwhile
    down_s: int  #: seconds for which Odoo is away
    down: int  #: clicks meanwhile
    deadlines: int  #: steps of escalations that fall due
    deadlines_s: int  #: within so many seconds
    storm: int  #: events for one channel within a minute
    decided: int  #: of them, decided within ten minutes
    cases: int  #: that there have ever been, over a year
    open: int  #: of them, still open
    asked: int  #: how often supervisors ask the same


FULL = Size(
    echoes=30_000,
    commits=3_000,
    intake=6_000,
    burst=1_000,
    paced=150,
    clicks=500,
    waiting=10_000,
    killed=100,
    doubled=100,
    busy_s=30,
    busy=60,
    down_s=60,
    down=100,
    deadlines=10_000,
    deadlines_s=60,
    storm=300,
    decided=200,
    cases=1_000_000,
    open=5_000,
    asked=20,
)

QUICK = Size(
    echoes=6_000,
    commits=500,
    intake=1_000,
    burst=200,
    paced=15,
    clicks=60,
    waiting=500,
    killed=40,
    doubled=20,
    busy_s=5,
    busy=10,
    down_s=5,
    down=20,
    deadlines=500,
    deadlines_s=5,
    storm=30,
    decided=20,
    cases=20_000,
    open=1_000,
    asked=5,
)
