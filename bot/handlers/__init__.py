"""The ways in. This is the table of contents of what people can do in Slack: every listener is listed here.

A handler reads what came, makes one call of the service and answers. Neither rules nor SQL live here.
"""

from __future__ import annotations

from collections.abc import Sequence

from slack_bolt.async_app import AsyncApp

from bot.cases.model import Kind
from bot.db import Database
from bot.handlers.actions import Actions
from bot.handlers.approvals import ApprovalsDesk
from bot.handlers.bulk import BulkDesk, BulkSubmissions
from bot.handlers.care import CareDesk
from bot.handlers.changing import ChangeDesk
from bot.handlers.counter import Counter
from bot.handlers.delegations import DelegationDesk
from bot.handlers.deletions import Deletions
from bot.handlers.emergency import EmergencyDesk
from bot.handlers.explaining import ExplainDesk
from bot.handlers.failures import Failures
from bot.handlers.files import Files
from bot.handlers.home import BUTTONS, HomeDesk
from bot.handlers.members import MembersDesk
from bot.handlers.oncall import OnCallDesk
from bot.handlers.pauses import PAUSE_USAGE, REASSIGN_USAGE, SNOOZE_USAGE, PauseDesk, SteeringDesk
from bot.handlers.payloads import CHOOSING
from bot.handlers.register import FILTERS, WAITING, RegisterDesk
from bot.handlers.rerouting import REROUTE_USAGE, RerouteDesk
from bot.handlers.slash import Command, Slash, Subcommand
from bot.handlers.status import StatusDesk, Troubles
from bot.handlers.submissions import Submissions
from bot.handlers.ways import Ways
from bot.slack.bulk import BULK
from bot.slack.buttons import Action
from bot.slack.delegation_modal import CALLBACK, FORWARD
from bot.slack.members_modal import BACK, ON


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
    register = RegisterDesk(database, counter)
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
            lists_all=True,
        ),
        Command(
            "/approvals",
            "Approvals that wait.",
            (
                Subcommand("mine", "what waits for your answer", approvals.mine),
                Subcommand(
                    "list", "what is open, and whose turn it is", register.list_of(Kind.APPROVAL), usage=WAITING
                ),
                Subcommand("overdue", "what is late", register.list_of(Kind.APPROVAL, "overdue"), usage=WAITING),
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
                Subcommand("take-back", "end that somebody answers a case for you", stand_ins.take_back, usage="CASE"),
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
    """Connect every listener to ``bolt``."""
    ways, actions, submissions = Ways(bolt, counter), Actions(counter), Submissions(counter)

    for name in (Action.APPROVE, CHOOSING):
        ways.action(name, actions.answer)
    ways.action(Action.REJECT, actions.answer)
    ways.action(Action.ASK, actions.answer)
    ways.action(Action.ANSWER, actions.answer)
    ways.action(Action.COMMENT, actions.answer)
    ways.action(Action.REVIEW, actions.answer)
    ways.action(Action.UNDO, actions.answer)
    ways.action(Action.QUIET, SteeringDesk(counter).silence)
    for action in (Action.RETRY, Action.BY_HAND, Action.GIVE_UP):
        ways.action(action, actions.answer)
    ways.action(Action.OPEN, actions.follow_link)

    ways.view(Action.APPROVE, submissions.answer)
    ways.view(Action.REJECT, submissions.answer)
    ways.view(Action.ASK, submissions.answer)
    ways.view(Action.ANSWER, submissions.answer)
    ways.view(Action.COMMENT, submissions.answer)
    ways.view(Action.BREAK_GLASS, submissions.answer)
    ways.view(Action.REVIEW, submissions.answer)
    ways.view(Action.BY_HAND, submissions.answer)
    ways.view(Action.GIVE_UP, submissions.answer)
    ways.view(CALLBACK, stand_ins.submit)
    ways.view(FORWARD, stand_ins.forward)
    ways.view(BULK, BulkSubmissions(counter).answer)

    _changes(ways, ChangeDesk(counter))
    _care(ways, CareDesk(counter), MembersDesk(counter), actions, submissions)
    _home(ways, HomeDesk(database, counter, stand_ins))
    _messages(ways, Files(counter), Deletions(counter.writer, counter.clock))
    for command in commands:
        ways.command(command.name, Slash(command, counter, [one for one in commands if one is not command]).answer)

    bolt.error(Failures(counter).answer)


def _changes(ways: Ways, desk: ChangeDesk) -> None:
    ways.action(Action.APPROVE_WITH_CHANGES, desk.ask)
    ways.view(Action.APPROVE_WITH_CHANGES, desk.given)


def _care(ways: Ways, desk: CareDesk, together: MembersDesk, actions: Actions, submissions: Submissions) -> None:
    ways.action(Action.TAKE, actions.answer)
    ways.action(Action.REOPEN, actions.answer)
    ways.view(Action.REOPEN, submissions.answer)
    for action in (Action.ASSIGN, Action.SNOOZE, Action.PAUSE, Action.RESOLVE, Action.ASK_APPROVAL):
        ways.action(action, desk.ask)
        ways.view(action, desk.given)
    ways.action(Action.MEMBERS, together.show)
    ways.action(Action.BRING_OUT, together.bring_out)
    ways.action(BACK, together.turn)
    ways.action(ON, together.turn)


def _home(ways: Ways, desk: HomeDesk) -> None:
    ways.event("app_home_opened", desk.opened)
    for button in BUTTONS:
        ways.action(button, desk.pressed)


def _messages(ways: Ways, files: Files, deletions: Deletions) -> None:
    ways.action(Action.ADD_FILE, files.ask)
    ways.view(Action.ADD_FILE, files.given)
    ways.message("file_share", files.shared)
    ways.message("message_deleted", deletions.deleted)
    ways.message("message_changed", deletions.deleted)
    ways.event("message", files.other)


__all__ = ["register", "slash_commands"]
