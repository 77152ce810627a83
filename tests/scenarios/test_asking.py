"""Questions, answers, comments and chosen reasons: what people say besides yes and no."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Story, under

#: Whom the orders of these stories are asked for by, in Odoo and in Slack.
BUYER = "buyer@example.com"


async def test_a_question_reaches_the_requester_and_its_answer_the_card(story: Story) -> None:
    order = await story.order(by="puru")
    await story.answer(await story.card(order, "Waiting"), "Ask a question", "Why so many?")
    await story.card(order, "Question by Ann")
    letter = await story.letter(BUYER, order, "Why so many?")
    assert ("Approve" in letter.labels, "Answer" in letter.labels) == (False, True)
    await story.answer(letter, "Answer", "They were on sale.", by=BUYER)
    card = await story.card(order, "They were on sale.")
    assert "Answer" not in card.labels
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    assert [one.entry.action for one in await story.audited() if "ed" in one.entry.action][1:3] == [
        "case.asked",
        "case.answered",
    ]


async def test_who_may_not_decide_asks_nothing_but_may_comment(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order, "Waiting")
    assert (await story.click(card, "Ask a question", by="sales@example.com")).view is None
    await story.told("sales@example.com", "not in that role")
    await story.answer(card, "Comment", "The customer waits for this.", by="sales@example.com")
    await story.card(order, "The customer waits for this.")
    assert story.state(order) == "to approve"


@pytest.fixture
async def coded(sqlite_url: str) -> AsyncIterator[Story]:
    """Buyers choose why they reject."""
    codes = 'reason: {reject: optional, reject_codes: ["Too dear", "Wrong vendor"]}'
    async with told(sqlite_url, config=under(purchase=codes)) as story:
        yield story


async def test_a_rejection_chooses_one_of_the_policys_reasons(coded: Story) -> None:
    story = coded
    order = await story.order()
    card = await story.card(order, "Waiting")
    view = await story.slack.opened(await story.click(card, "Reject"))
    sent = await story.slack.submit(view, {"reason": "no"}, by=ANN)
    assert "code" in sent.errors
    sent = await story.slack.submit(view, {"code": "Wrong vendor"}, by=ANN)
    assert sent.closed
    await story.card(order, "Wrong vendor")
    await story.card(order, "Confirmed in Odoo")
    await story.quiet()
    assert "Wrong vendor" in story.notes(order)[-1]
    (entry,) = await story.audited("case.rejected")
    assert (entry.detail["code"], entry.detail["email"]) == ("Wrong vendor", ANN)


@pytest.fixture
async def pausing(sqlite_url: str) -> AsyncIterator[Story]:
    """A purchase expires after an hour, but not while its requester owes an answer."""
    async with told(sqlite_url, config=under(purchase="expires: 1h, question_pauses: true")) as story:
        yield story


async def test_a_case_does_not_expire_while_its_requester_owes_an_answer(pausing: Story) -> None:
    story = pausing
    order = await story.order(by="puru")
    await story.answer(await story.card(order, "Waiting"), "Ask a question", "Why?")
    letter = await story.letter(BUYER, order, "Why?")
    story.advance(hours=5)
    await story.quiet()
    await story.answer(letter, "Answer", "Because.", by=BUYER)
    await story.card(order, "Because.")
    story.advance(minutes=50)
    await story.quiet()
    await story.approve(order, by=BOB)
    await story.card(order, "Confirmed in Odoo")


@pytest.mark.parametrize(("button", "words"), [("Approve", "Approved by Ann (buyers)"), ("Reject", "Too dear")])
async def test_the_requester_hears_how_it_ended_by_whom_and_why(quick_story: Story, button: str, words: str) -> None:
    story = quick_story
    order = await story.order(by="puru")
    if button == "Approve":
        await story.approve(order)
    else:
        await story.reject(order, "Too dear")
    letter = await story.letter(BUYER, order, words)
    assert letter.says("Confirmed in Odoo")
    assert letter.labels == ["Open in Odoo"]
