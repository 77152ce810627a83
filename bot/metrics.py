"""What is counted, by name. Prometheus' client library keeps the numbers; ``handlers/health.py`` shows them.

Counters live in memory: after a restart they begin at zero, as Prometheus expects. What stands in the database
(open cases, waiting effects, dead letters) is read when somebody asks.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

SIGNALS = Counter(
    "signoff_signals", "Signals taken in, by way and result.", ["source", "way", "result"], registry=REGISTRY
)
EVENTS = Counter(
    "signoff_events", "Records read, by what came of it.", ["source", "event_type", "result"], registry=REGISTRY
)
CASES = Counter("signoff_cases", "Steps of cases.", ["event_type", "step"], registry=REGISTRY)
REFUSALS = Counter("signoff_refusals", "Clicks that were refused, by reason.", ["reason"], registry=REGISTRY)
EFFECTS = Counter("signoff_effects", "Effects, by what became of a try.", ["kind", "result"], registry=REGISTRY)
RECONCILED = Gauge(
    "signoff_reconcile_finished_timestamp_seconds",
    "When a source was last compared whole, in seconds since 1970.",
    ["source"],
    registry=REGISTRY,
)
RECONCILE_FOUND = Counter(
    "signoff_reconcile_found",
    "What reconcile found that nobody had told.",
    ["source", "model", "what"],
    registry=REGISTRY,
)
UNDELIVERABLE = Counter(
    "signoff_undeliverable", "Cards that could not be shown at a place, by Slack's cause.", ["cause"], registry=REGISTRY
)
BOOKS = Gauge(
    "signoff_books_records",
    "Records that qualified in Odoo when the books were last closed, by account; unexplained has to be 0.",
    ["source", "account"],
    registry=REGISTRY,
)
BACKGROUND = Counter(
    "signoff_background",
    "What stands beside a record on its card, by what became of asking.",
    ["result"],
    registry=REGISTRY,
)
OPEN_CASES = Gauge("signoff_open_cases", "Open cases now.", ["status", "write_back"], registry=REGISTRY)
WAITING_EFFECTS = Gauge("signoff_waiting_effects", "Effects in the outbox now.", ["kind", "state"], registry=REGISTRY)
SLACK_QUEUE = Gauge("signoff_slack_queue", "Messages and edits that wait for Slack now.", ["what"], registry=REGISTRY)
SLACK_DELAY = Gauge(
    "signoff_slack_delay_seconds", "How long the last of them waits at Slack's pace, at least.", registry=REGISTRY
)
WAITING_SIGNALS = Gauge("signoff_waiting_signals", "Records that are still to be read.", registry=REGISTRY)
TICK_LATENESS = Histogram(
    "signoff_tick_lateness_seconds",
    "From the instant at which something was due on a case to its being done.",
    registry=REGISTRY,
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600),
)
MISSED_STEPS = Counter(
    "signoff_escalation_missed", "Steps of escalations that the self-audit found missing.", registry=REGISTRY
)
STEPS_AUDITED = Gauge(
    "signoff_escalation_audited_timestamp_seconds",
    "When the self-audit last went through every pending case, in seconds since 1970.",
    registry=REGISTRY,
)
EVENT_TO_CARD = Histogram(
    "signoff_event_to_card_seconds",
    "From a case's opening to its card in Slack.",
    registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
CLICK_TO_CONFIRMED = Histogram(
    "signoff_click_to_confirmed_seconds",
    "From a decision to Odoo's confirmation.",
    registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
CONFIG_IN_STEP = Gauge(
    "signoff_config_in_step", "1 while the config file is what is active, 0 once it was refused.", registry=REGISTRY
)
CONFIG_ACTIVATED = Gauge(
    "signoff_config_checked_timestamp_seconds",
    "When the file was last found to be what is active, in seconds since 1970.",
    registry=REGISTRY,
)
CONFIG_RELOADS = Counter("signoff_config_reloads", "Reloads of the config, by result.", ["result"], registry=REGISTRY)
HEARTBEATS = Counter("signoff_heartbeats", "Heartbeats to the outside, by result.", ["result"], registry=REGISTRY)
KPI_CASES = Gauge(
    "signoff_kpi_cases",
    "Open and overdue cases now, as docs/reports.md defines them.",
    ["kpi", "kind", "site", "event_type"],
    registry=REGISTRY,
)
KPI_AT_RISK = Gauge(
    "signoff_kpi_at_risk",
    "Sum of the absolute values of open cases now, as docs/reports.md defines it.",
    ["kind", "site", "event_type", "currency"],
    registry=REGISTRY,
)
KPI_SLA = Gauge(
    "signoff_kpi_sla_ratio",
    "SLA hit rate of the last seven days, as docs/reports.md defines it.",
    ["kind"],
    registry=REGISTRY,
)
