"""The smallest config that loads, and how tests read a text: with the three event types and the secrets it names."""

from __future__ import annotations

from pathlib import Path

from bot.config.assemble import check_text
from bot.config.model import Config
from bot.config.problems import Report

ROOT = Path(__file__).parent.parent.parent
CONFIGS = ROOT / "tests" / "configs"
EXAMPLE = ROOT / "signoff.example.yaml"
DOCUMENTATION = ROOT / "docs" / "config.md"

EVENT_TYPES = ("purchase.approval", "inventory.count_variance", "sale.value")

#: What the files in ``configs`` may name.
ENV = {
    "ODOO_API_KEY": "key-0123456789",
    "ODOO_HOOK_TOKEN": "token-0123456789abcdef",
    "SHORT_TOKEN": "short",
    "SLASHED_TOKEN": "abc/def+0123456789==",
    "TWICE": "abcdefgh01234567",
    "TWICE_FILE": "/run/secrets/twice",
    "GONE_FILE": "/nonexistent/secret",
}

HEAD = """\
version: 1
odoo:
  main:
    url: https://erp.example.com
    database: prod
    login: bot@example.com
    api_key: ${ODOO_API_KEY}
    webhook_tokens: ["${ODOO_HOOK_TOKEN}"]
"""
ROLES = """\
roles:
  finance:
    channel: "#finance"
    members: [ann@example.com, bob@example.com]
"""
POLICIES = """\
policies:
  one_approver:
    stages:
      - any_of: [finance]
"""
RULES = """\
rules:
  - {name: everything, policy: one_approver}
"""
SMALLEST = HEAD + ROLES + POLICIES + RULES


def report_on(text: str) -> Report:
    """What there is to say about ``text``, read as ``signoff.yaml``."""
    return check_text(text, file="signoff.yaml", event_types=EVENT_TYPES, find_secret=ENV.__getitem__)


def config_of(text: str) -> Config:
    """The config in ``text``, which must be without an error."""
    report = report_on(text)
    assert report.config is not None, report.as_text()
    return report.config
