"""The admin's command line beside a running program: dead letters are seen and replayed, the audit trail is checked."""

from __future__ import annotations

import asyncio
import csv
import io
import json

from click.testing import CliRunner, Result

from bot.audit.verify import verify_lines
from bot.cli import signoff as program
from tests.scenarios.story import CONFIG_FILE, Story


async def signoff(story: Story, *words: str) -> Result:
    """Type a command on the machine of the program."""
    env = {
        "SIGNOFF_DATABASE_URL": story.world.app.settings.database_url,
        "SIGNOFF_CONFIG": str(CONFIG_FILE),
        "ODOO_API_KEY": "a-key-of-the-admin",
        "ODOO_HOOK_TOKEN": "a-token-of-the-admin",
    }
    return await asyncio.to_thread(CliRunner(env=env).invoke, program, list(words))


async def test_a_card_that_slack_refused_for_good_is_a_dead_letter_and_posted_when_replayed(story: Story) -> None:
    assert "clear" in (await signoff(story, "outbox", "list")).output
    story.slack.faults.error("chat.postMessage", "is_archived")
    order = await story.order()
    await story.rest()
    (letter,) = json.loads((await signoff(story, "outbox", "list", "--json")).output)
    assert (letter["kind"], letter["state"], "archived" in letter["error"]) == ("post_card", "dead", True)
    replayed = await signoff(story, "outbox", "retry", str(letter["id"]))
    assert (replayed.exit_code, "tried again" in replayed.output) == (0, True)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    assert "clear" in (await signoff(story, "outbox", "list")).output


async def test_a_write_back_that_odoo_refused_is_replayed_by_the_admin_and_audited(story: Story) -> None:
    order = await story.order()
    story.odoo.faults.error(name="odoo.exceptions.UserError", message="blocked", method="button_approve")
    await story.approve(order)
    await story.card(order, "NOT written to Odoo")
    await story.quiet()
    assert "blocked" in (await signoff(story, "outbox", "list")).output
    replayed = await signoff(story, "outbox", "retry", "--all")
    assert (replayed.exit_code, "will be written again" in replayed.output) == (0, True)
    await story.card(order, "Confirmed in Odoo")
    (entry,) = await story.audited("write_back.retried")
    assert (entry.entry.actor, story.calls("button_approve", order)) == ("admin", 1)


async def test_a_dead_write_back_that_a_person_has_mended_is_not_written_again(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    story.odoo.faults.error(name="odoo.exceptions.UserError", message="blocked", method="button_approve")
    await story.approve(order)
    card = await story.card(order, "NOT written to Odoo")
    await story.answer(card, "Give up", "not any more")
    await story.card(order, "Not carried out")
    await story.quiet()
    await signoff(story, "outbox", "retry", "--all")
    await story.rest()
    assert (story.calls("button_approve", order), story.state(order)) == (0, "to approve")


async def test_a_letter_that_does_not_exist_is_said_to(quick_story: Story) -> None:
    answer = await signoff(quick_story, "outbox", "retry", "4711")
    assert (answer.exit_code, "no dead letter of this number" in answer.output) == (1, True)


async def test_the_audit_trail_verifies_in_place_and_as_an_export(story: Story) -> None:
    first, second = await story.order(), await story.count()
    await story.approve(first)
    await story.reject(second, "count again")
    await story.card(first, "Confirmed in Odoo")
    await story.card(second, "Confirmed in Odoo")
    await story.rest()
    verified = await signoff(story, "audit", "verify")
    exported = await signoff(story, "audit", "export", "--format", "jsonl")
    table = await signoff(story, "audit", "export", "--format", "csv")
    decisions = [row for row in csv.DictReader(io.StringIO(table.stdout)) if row["action"] == "case.rejected"]
    assert [(row["name"], row["reason"]) for row in decisions] == [("Ann", "count again")]
    lines = exported.stdout.splitlines()
    assert (verified.exit_code, verify_lines(lines).problems, len(lines)) == (0, (), len(await story.audited()))
    assert verify_lines([*lines[:2], *lines[3:]]).problems != ()
