"""A photo is owed: how it gets from a phone into the decision and onto the record, and what does not count as one."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cases.model import Case
from bot.coalesce import Coalescer
from bot.config.model import Config, PhotoRule
from bot.odoo.attaching import Attaching
from bot.odoo.pruning import Pruning
from bot.sandbox.slack.model import Upload
from bot.sandbox.world import World
from bot.slack.files import LARGEST
from bot.spool import Spool
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Record, Story

JPEG = b"\xff\xd8\xff\xe0" + b"a pallet at the dock" * 50
PDF = b"%PDF-1.7\n" + b"a delivery slip" * 50


class Shown(World):
    """A world in which every approval owes a photo."""

    @property
    def config(self) -> Config:
        """The usual config with the gate."""
        usual = super().config
        policies = {name: replace(one, photo=PhotoRule()) for name, one in usual.policies.items()}
        return replace(usual, policies=policies)


@pytest.fixture
async def photo_story(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Story]:
    """A world with the gate; its spool is in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    async with told(sqlite_url, "18.0", kind=Shown) as story:
        yield story


def attached(story: Story, record: Record) -> list[str]:
    """Checksums of what hangs on the record in Odoo."""
    rows = [story.odoo.record("ir.attachment", number) for number in story.odoo.engine.store.ids("ir.attachment")]
    return [str(one["checksum"]) for one in rows if (one["res_model"], one["res_id"]) == (record.model, record.id)]


async def add(story: Story, record: Record, *uploads: Upload, by: str = BOB) -> None:
    """Press Add photo and send the files off."""
    view = await story.slack.opened(await story.click(await story.card(record), "Add photo", by=by))
    sent = await story.slack.submit(view, {"files": [one.id for one in uploads]}, by=by)
    assert sent.closed


async def test_an_approval_waits_for_the_photo_and_names_it(photo_story: Story) -> None:
    story = photo_story
    order = await story.order()
    await story.card(order, "A photo or document is owed")
    await story.approve(order)
    await story.told(ANN, "A photo or document is owed before this can be approved")
    photo = story.slack.upload("dock.jpg", JPEG, by=BOB)
    await add(story, order, photo)
    card = await story.card(order, "dock.jpg")
    assert hashlib.sha256(JPEG).hexdigest()[:12] in card.plain
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    await story.rest()
    (decision,) = await story.audited("case.approved")
    assert decision.detail["evidence"] == [hashlib.sha256(JPEG).hexdigest()]
    assert attached(story, order) == [hashlib.sha1(JPEG, usedforsecurity=False).hexdigest()]
    assert [one.entry.action for one in await story.audited() if one.entry.action.startswith("evidence")] == [
        "evidence.offered",
        "evidence.received",
    ]


async def test_old_evidence_leaves_the_spool_once_odoo_is_seen_to_hold_it(photo_story: Story) -> None:
    story = photo_story
    app, spool = story.world.app, Spool(story.world.app.settings.spool)
    attaching = Attaching(app.sources, spool, cases=Coalescer(_no_cases))
    pruning = Pruning(spool, attaching, timedelta(days=30), database=app.database, clock=app.clock)
    order, other = await story.order(), await story.order()
    sha256 = hashlib.sha256(JPEG).hexdigest()
    for one in (order, other):
        await add(story, one, story.slack.upload("dock.jpg", JPEG, by=BOB))
        await story.card(one, "dock.jpg")
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    await story.quiet()
    story.advance(days=31)
    await pruning.run()
    assert await spool.has(sha256), "the other case is still open"
    await story.approve(other)
    await story.card(other, "Confirmed in Odoo")
    await story.quiet()
    await pruning.run()
    assert await spool.has(sha256), "the other case has closed a moment ago"
    story.advance(days=31)
    await story.odoo.refuse()
    await pruning.run()
    assert await spool.has(sha256), "nobody has seen that Odoo holds it"
    await story.odoo.accept()
    await pruning.run()
    assert not await spool.has(sha256)
    (entry,) = await story.audited("evidence.pruned")
    assert entry.detail["files"] == [["dock.jpg", sha256]]


async def _no_cases(_ids: Sequence[int]) -> dict[int, Case]:
    return {}


async def test_odoo_keeps_a_large_picture_as_it_is(photo_story: Story) -> None:
    story = photo_story
    order = await story.order()
    sides = (4032).to_bytes(4, "big") + (3024).to_bytes(4, "big")
    picture = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + sides + b"pixels" * 99
    await add(story, order, story.slack.upload("dock.png", picture, by=BOB))
    await story.card(order, "dock.png")
    await story.rest()
    assert attached(story, order) == [hashlib.sha1(picture, usedforsecurity=False).hexdigest()]


async def test_a_document_in_the_thread_counts_as_well(photo_story: Story) -> None:
    story = photo_story
    order = await story.order()
    slip = story.slack.upload("slip.pdf", PDF, by=ANN)
    answers = await story.slack.share(await story.card(order), slip, by=ANN)
    assert [one.status for one in answers] == [200]
    await story.card(order, "slip.pdf")
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")


async def test_a_rejection_owes_nothing(photo_story: Story) -> None:
    order = await photo_story.order()
    await photo_story.reject(order)
    await photo_story.card(order, "Rejected")


async def test_messages_without_files_and_in_other_threads_are_nobodys_business(photo_story: Story) -> None:
    story = photo_story
    order = await story.order()
    card = await story.card(order)
    plain: dict[str, Any] = {
        "type": "message",
        "text": "nice",
        "user": story.slack.person(ANN).id,
        "channel": card.channel_id,
    }
    for event in ({**plain, "ts": "1.1"}, {**plain, "ts": "1.2", "thread_ts": card.ts}):
        assert [one.status for one in await story.slack.emit(event)] == [200]
    files = [{"id": story.slack.upload("dock.jpg", JPEG, by=ANN).id}]
    shared = {**plain, "subtype": "file_share", "files": files, "ts": "1.3"}
    for event in (shared, {**shared, "thread_ts": "1.1"}):
        assert [one.status for one in await story.slack.emit(event)] == [200]
    assert await story.audited("evidence.offered") == []


def too_large(upload: Upload) -> None:
    upload.content = JPEG + bytes(LARGEST)


def a_page(upload: Upload) -> None:
    upload.content, upload.kind = b"<!DOCTYPE html><html>", "text/html"


def a_page_that_says_it_is_a_picture(upload: Upload) -> None:
    upload.content = b"<!DOCTYPE html><html>"


def a_program(upload: Upload) -> None:
    upload.content = b"MZ" + JPEG


def elsewhere(upload: Upload) -> None:
    upload.url = "https://files.slack.com.example.org/dock.jpg"


def a_redirect(upload: Upload) -> None:
    upload.redirect_to = "http://127.0.0.1:1/steals-the-token"


def gone(upload: Upload) -> None:
    upload.is_deleted = True


def forbidden(upload: Upload) -> None:
    upload.status = 403


NO_EVIDENCE: dict[Callable[[Upload], None], str] = {
    too_large: "larger than 25 MB",
    a_page: "files:read",
    a_page_that_says_it_is_a_picture: "neither a picture nor a PDF",
    a_program: "neither a picture nor a PDF",
    elsewhere: "not kept by Slack itself",
    a_redirect: "files:read",
    gone: "file deleted",
    forbidden: "files:read",
}


async def test_what_is_no_evidence_keeps_the_gate_shut_and_says_why(photo_story: Story) -> None:
    story = photo_story
    for number, (spoil, words) in enumerate(NO_EVIDENCE.items(), 1):
        order = await story.order()
        bad = story.slack.upload("dock.jpg", JPEG, by=BOB)
        spoil(bad)
        await add(story, order, bad)
        await story.card(order, words)
        await story.approve(order)
        await story.told(ANN, "A photo or document is owed before this can be approved")
        assert len(await story.audited("case.refused")) == number, spoil.__name__
        assert attached(story, order) == []
        good = story.slack.upload("again.jpg", JPEG, by=BOB)
        await add(story, order, good)
        await story.card(order, "again.jpg")
        await story.approve(order)
        await story.card(order, "Confirmed in Odoo")


async def test_a_slack_that_stumbles_is_asked_again(photo_story: Story) -> None:
    story = photo_story
    order = await story.order()
    photo = story.slack.upload("dock.jpg", JPEG, by=BOB)
    photo.status = 503
    await add(story, order, photo)
    await story.card(order, "being fetched")
    photo.status = 200
    await story.card(order, "dock.jpg")


async def test_a_restart_between_the_offer_and_the_bytes_loses_nothing(photo_story: Story) -> None:
    story = photo_story
    order = await story.order()
    photo = story.slack.upload("dock.jpg", JPEG, by=BOB)
    photo.status = 503
    await add(story, order, photo)
    await story.world.restart()
    photo.status = 200
    await story.card(order, "dock.jpg")


async def test_odoo_gets_one_copy_though_its_answer_is_lost(photo_story: Story) -> None:
    story = photo_story
    order = await story.order()
    story.odoo.faults.lose_answer(method="create")
    await add(story, order, story.slack.upload("dock.jpg", JPEG, by=BOB))
    await story.card(order, "dock.jpg")
    await story.rest()
    assert len(attached(story, order)) == 1
