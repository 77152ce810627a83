"""The config as the rest of the program sees it: frozen values, every default filled in, every name resolved.

Core: no I/O, no pydantic, no YAML. ``load.py`` makes these from the file; nobody else builds them but tests.
A module for each section of the file; everything is imported from here.
"""

from __future__ import annotations

from bot.config.model.calendars import Calendar, Hours, Span
from bot.config.model.care import OTHER, ROOT_CAUSES, USUAL_CARE, Alarm, CareRule, GroupRule, Pattern, System
from bot.config.model.digest import Digest
from bot.config.model.emergency import BreakGlass
from bot.config.model.escalations import ASSIGNEES, CHANNEL, CONTACT, ENDINGS, Act, PauseRule, ReassignRule, Step
from bot.config.model.heartbeat import Heartbeat
from bot.config.model.manner import ASK, CHOICES, USUAL, Burst, Changeable, Manner, Tolerance
from bot.config.model.people import EVERYBODY, SLACK, Group, Ping, Reachable, Role, RoleOverlay, Site
from bot.config.model.policies import Execution, Faster, OnReject, PhotoRule, Policy, ReasonRule, Stage, UnknownMaker
from bot.config.model.reports import Weekly
from bot.config.model.rules import GLOB, NO_QUOTA, SEVERITIES, Accepted, Mode, Quota, Rule
from bot.config.model.sources import Secret, Source
from bot.config.model.types import Domain, OwnMethod, OwnType, TypeSettings
from bot.config.model.whole import Config

__all__ = [
    "ASK",
    "ASSIGNEES",
    "CHANNEL",
    "CHOICES",
    "CONTACT",
    "ENDINGS",
    "EVERYBODY",
    "GLOB",
    "NO_QUOTA",
    "OTHER",
    "ROOT_CAUSES",
    "SEVERITIES",
    "SLACK",
    "USUAL",
    "USUAL_CARE",
    "Accepted",
    "Act",
    "Alarm",
    "BreakGlass",
    "Burst",
    "Calendar",
    "CareRule",
    "Changeable",
    "Config",
    "Digest",
    "Domain",
    "Execution",
    "Faster",
    "Group",
    "GroupRule",
    "Heartbeat",
    "Hours",
    "Manner",
    "Mode",
    "OnReject",
    "OwnMethod",
    "OwnType",
    "Pattern",
    "PauseRule",
    "PhotoRule",
    "Ping",
    "Policy",
    "Quota",
    "Reachable",
    "ReasonRule",
    "ReassignRule",
    "Role",
    "RoleOverlay",
    "Rule",
    "Secret",
    "Site",
    "Source",
    "Span",
    "Stage",
    "Step",
    "System",
    "Tolerance",
    "TypeSettings",
    "UnknownMaker",
    "Weekly",
]
