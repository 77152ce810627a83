"""The ways in. This is the table of contents of what people can do in Slack: every listener is listed here.

A handler reads what came, makes one call of the service and answers. Neither rules nor SQL live here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from slack_bolt.async_app import AsyncApp

from bot.cases.model import Kind
from bot.db import Database
from bot.handlers.actions import Actions
from bot.handlers.approvals import ApprovalsDesk
from bot.handlers.bulk import BulkDesk, BulkSubmissions
from bot.handlers.care import CareDesk
from bot.handlers.counter import Counter
from bot.handlers.delegations import DelegationDesk
from bot.handlers.deletions import Deletions
from bot.handlers.emergency import EmergencyDesk
from bot.handlers.explaining import ExplainDesk
from bot.handlers.failures import Failures
from bot.handlers.files import Files
from bot.handlers.home import BUTTONS, HomeDesk
from bot.handlers.oncall import OnCallDesk
from bot.handlers.pauses import PAUSE_USAGE, REASSIGN_USAGE, SNOOZE_USAGE, PauseDesk, SteeringDesk
from bot.handlers.register import FILTERS, RegisterDesk
from bot.handlers.rerouting import REROUTE_USAGE, RerouteDesk
from bot.handlers.slash import Command, Slash, Subcommand
from bot.handlers.status import StatusDesk, Troubles
from bot.handlers.submissions import Submissions
from bot.slack.bulk import BULK
from bot.slack.buttons import Action
from bot.slack.delegation_modal import CALLBACK, FORWARD

_ANYTHING = re.compile("")


def slash_commands(
    database: Database, counter: Counter, troubles: Troubles, stand_ins: DelegationDesk
) -> tuple[Command, ...]:
    """Every slash command with its subcommands, in the order of their help."""
    status = StatusDesk(database, counter.service, troubles)
    explaining = ExplainDesk(database, counter.service, counter.clock)
    oncall = OnCallDesk(database, counter.service, counter.clock)
    pauses = PauseDesk(counter.service)
    steering = SteeringDesk(counter)
    approvals = ApprovalsDesk(database, counter.service, counter.clock)
    register = RegisterDesk(database, counter.service, counter.clock)
    return (
        Command(
            "/signoff",
            "Signoff itself: is it well, and why did it do that.",
            (
                Subcommand("status", "is it well, what waits, under which config", status.status),
                Subcommand("explain", "why a case came, and who may answer it", explaining.explain, usage="CASE"),
                Subcommand(
                    "reroute",
                    "give an open case the plan that the config has by now",
                    RerouteDesk(counter.service).reroute,
                    usage=REROUTE_USAGE,
                ),
                Subcommand("oncall", "who is asked, and whether they are at work", oncall.oncall, usage="[ROLE]"),
            ),
            usual="status",
        ),
        Command(
            "/approvals",
            "Approvals that wait.",
            (
                Subcommand("mine", "what waits for your answer", approvals.mine),
                Subcommand(
                    "list", "what is open, and whose turn it is", register.list_of(Kind.APPROVAL), usage=FILTERS
                ),
                Subcommand("overdue", "what is late", register.list_of(Kind.APPROVAL, "overdue"), usage=FILTERS),
                Subcommand("show", "one case as its card says it", register.show, usage="CASE"),
                Subcommand("history", "every case about a record", register.history, usage="RECORD"),
                Subcommand("pause", "stop the clock of a case for a while", pauses.pause, usage=PAUSE_USAGE),
                Subcommand("resume", "start it again", pauses.resume, usage="CASE"),
                Subcommand("snooze", "no reminders of a case for you", steering.snooze, usage=SNOOZE_USAGE),
                Subcommand("reassign", "have another role asked", steering.reassign, usage=REASSIGN_USAGE),
                Subcommand("delegate", "name a stand-in for a time", stand_ins.ask, opens_modal=True),
                Subcommand("delegations", "who stands in for you, and you for whom", stand_ins.listed),
                Subcommand("revoke", "end a delegation early", stand_ins.end, usage="NUMBER"),
                Subcommand("forward", "let somebody answer one case for you", stand_ins.ask_whom, "CASE", True),
                Subcommand(
                    "bulk",
                    "approve several of one kind together, from a list",
                    BulkDesk(counter, approvals).bulk,
                    usage="[RULE]",
                    opens_modal=True,
                ),
                Subcommand(
                    "break-glass",
                    "approve one case alone in an emergency; it is shown to everybody and reviewed",
                    EmergencyDesk(counter).break_glass,
                    usage="CASE",
                    opens_modal=True,
                ),
            ),
            usual="mine",
            filtering="list",
        ),
        Command(
            "/exceptions",
            "What somebody has to own until it is resolved.",
            (
                Subcommand("open", "what is open, and who has it", register.list_of(Kind.EXCEPTION), usage=FILTERS),
                Subcommand("mine", "what you have in hand", register.list_of(Kind.EXCEPTION, "mine"), usage=FILTERS),
                Subcommand("overdue", "what is late", register.list_of(Kind.EXCEPTION, "overdue"), usage=FILTERS),
                Subcommand("unowned", "what nobody has", register.list_of(Kind.EXCEPTION, "unowned"), usage=FILTERS),
                Subcommand("show", "one case as its card says it", register.show, usage="CASE"),
                Subcommand("history", "every case about a record", register.history, usage="RECORD"),
            ),
            usual="open",
            filtering="open",
        ),
    )


def register(
    bolt: AsyncApp, database: Database, counter: Counter, commands: Sequence[Command], stand_ins: DelegationDesk
) -> None:
    """Connect every listener to ``bolt``. The first that fits answers, so the one for anything comes last."""
    actions, submissions, failures = Actions(counter), Submissions(counter), Failures(counter)

    bolt.action(Action.APPROVE)(actions.answer)
    bolt.action(Action.REJECT)(actions.answer)
    bolt.action(Action.ASK)(actions.answer)
    bolt.action(Action.ANSWER)(actions.answer)
    bolt.action(Action.COMMENT)(actions.answer)
    bolt.action(Action.REVIEW)(actions.answer)
    bolt.action(Action.UNDO)(actions.answer)
    bolt.action(Action.QUIET)(SteeringDesk(counter).silence)
    for action in (Action.RETRY, Action.BY_HAND, Action.GIVE_UP):
        bolt.action(action)(actions.answer)
    bolt.action(Action.OPEN)(actions.follow_link)
    _care(bolt, CareDesk(counter), actions, submissions)
    _home(bolt, HomeDesk(database, counter, stand_ins))
    _messages(bolt, Files(counter), Deletions(counter.writer, counter.clock))
    bolt.action(_ANYTHING)(actions.unknown)

    bolt.view(Action.APPROVE)(submissions.answer)
    bolt.view(Action.REJECT)(submissions.answer)
    bolt.view(Action.ASK)(submissions.answer)
    bolt.view(Action.ANSWER)(submissions.answer)
    bolt.view(Action.COMMENT)(submissions.answer)
    bolt.view(Action.BREAK_GLASS)(submissions.answer)
    bolt.view(Action.REVIEW)(submissions.answer)
    bolt.view(Action.BY_HAND)(submissions.answer)
    bolt.view(Action.GIVE_UP)(submissions.answer)
    bolt.view(CALLBACK)(stand_ins.submit)
    bolt.view(FORWARD)(stand_ins.forward)

    bolt.view(BULK)(BulkSubmissions(counter).answer)

    for command in commands:
        bolt.command(command.name)(Slash(command, counter).answer)

    bolt.error(failures.answer)


def _care(bolt: AsyncApp, desk: CareDesk, actions: Actions, submissions: Submissions) -> None:
    bolt.action(Action.TAKE)(actions.answer)
    bolt.action(Action.REOPEN)(actions.answer)
    bolt.view(Action.REOPEN)(submissions.answer)
    bolt.action(Action.MEMBERS)(desk.members)
    for action in (Action.ASSIGN, Action.SNOOZE, Action.PAUSE, Action.RESOLVE, Action.ASK_APPROVAL):
        bolt.action(action)(desk.ask)
        bolt.view(action)(desk.given)


def _home(bolt: AsyncApp, desk: HomeDesk) -> None:
    bolt.event("app_home_opened")(desk.opened)
    for button in BUTTONS:
        bolt.action(button)(desk.pressed)


def _messages(bolt: AsyncApp, files: Files, deletions: Deletions) -> None:
    bolt.action(Action.ADD_FILE)(files.ask)
    bolt.view(Action.ADD_FILE)(files.given)
    bolt.event({"type": "message", "subtype": "file_share"})(files.shared)
    bolt.event({"type": "message", "subtype": "message_deleted"})(deletions.deleted)
    bolt.event({"type": "message", "subtype": "message_changed"})(deletions.deleted)
    bolt.event("message")(files.other)


__all__ = ["register", "slash_commands"]
