"""The page in a real browser: cards, clicks, modals, threads, keyboard alone, narrow screens, hostile text."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.stage import BUYER, SUP, Stage
from tests.browser.window import Window

pytestmark = pytest.mark.browser


def test_a_card_appears_without_reloading_and_is_announced(window: Window, stage: Stage) -> None:
    stage.post()
    window.until(lambda: "Purchase order PO00012" in window.words("#message-list"))
    assert "12,400.00 EUR" in window.words("#message-list .fields")
    window.until(lambda: "PO00012 needs your approval" in window.words("#announcer"))


@pytest.mark.parametrize(("person", "hour"), [(SUP, "04:00"), (BUYER, "11:00")], ids=["Chicago", "Berlin"])
def test_a_date_stands_in_the_zone_of_the_person(window: Window, stage: Stage, person: str, hour: str) -> None:
    stage.post()
    window.become(person)
    window.until(lambda: window.words(".fields .date").endswith(hour))


def test_a_click_reaches_the_app_signed_and_the_card_changes(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Approve", within="#message-list")
    window.until(lambda: "Approved by @Sam Okafor" in window.words("#message-list"))
    (payload,) = stage.bot.heard
    assert payload["user"]["id"] == stage.slack.person(SUP).id
    assert payload["actions"][0]["value"] == "12:1"
    assert window.driver.find_elements(By.CSS_SELECTOR, "#message-list .blocks .button") == []
    window.until(lambda: "Only visible to you" in window.words("#message-list"))


def test_a_click_that_fails_is_told_to_the_person(window: Window, stage: Stage) -> None:
    broken = {"type": "button", "text": {"type": "plain_text", "text": "Break"}, "action_id": "case:fail"}
    stage.post(blocks=[{"type": "actions", "elements": [broken]}])
    window.press("Break")
    window.until(lambda: "Signoff responded with status code 500." in window.words("#toasts"))


def test_a_confirm_dialog_asks_before_anything_is_sent(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Hold", within="#message-list")
    window.press("Back", within="#confirm")
    assert stage.bot.heard == []
    window.press("Hold", within="#message-list")
    window.press("Hold it", within="#confirm")
    window.until(lambda: stage.bot.heard)


def test_a_modal_shows_errors_beside_the_input_and_keeps_what_was_typed(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Reject", within="#message-list")
    window.button("Reject", within="#modal")
    assert window.focused() == "Reason"
    window.type("too dear")
    window.press("Reject", within="#modal")
    window.until(lambda: "Ten characters at least" in window.words("#modal .input-error"))
    field = window.driver.find_element(By.CSS_SELECTOR, "#modal textarea")
    assert (field.get_attribute("value"), field.get_attribute("aria-invalid")) == ("too dear", "true")
    assert window.focused() == "Reason"
    window.type(" for what it is")  # the caret waits behind what was typed
    window.press("Reject", within="#modal")
    window.until(lambda: "Rejected by @Sam Okafor" in window.words("#message-list"))
    assert not window.driver.find_element(By.ID, "modal").is_displayed()
    reason = stage.bot.heard[-1]["view"]["state"]["values"]["reason"]["text"]["value"]
    assert reason == "too dear for what it is"


def test_escape_closes_a_modal_and_gives_the_focus_back(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Reject", within="#message-list")
    window.button("Reject", within="#modal")
    window.type(Keys.ESCAPE)
    window.until(lambda: stage.slack.modal(of=SUP) is None)
    window.until(lambda: window.focused() == "Reject…")


def test_the_focus_stays_inside_an_open_modal(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Reject", within="#message-list")
    window.button("Reject", within="#modal")
    inside = "return document.activeElement === document.body || !!document.activeElement.closest('#modal')"
    for _ in range(12):
        window.type(Keys.TAB)
        assert window.script(inside)


def test_a_thread_opens_beside_the_channel_and_takes_replies(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Approve", within="#message-list")
    window.press("1 reply", within="#message-list")
    window.until(lambda: "Approved by sam" in window.words("#thread-list"))
    window.driver.find_element(By.ID, "thread-text").send_keys("Thanks <b>all</b> & good night", Keys.ENTER)
    window.until(lambda: "Thanks <b>all</b> & good night" in window.words("#thread-list"))


def test_a_slash_command_is_answered_to_the_person_alone(window: Window, stage: Stage) -> None:
    window.driver.find_element(By.ID, "composer-text").send_keys("/approvals mine", Keys.ENTER)
    window.until(lambda: "Nothing waits for you, sam." in window.words("#message-list"))
    window.press("Dismiss", within="#message-list")
    window.until(lambda: "Nothing waits" not in window.words("#message-list"))


def test_a_permalink_leads_to_its_message(window: Window, stage: Stage) -> None:
    ts = stage.post()
    for number in range(6):
        stage.post(f"Later {number}")
    channel = stage.slack.channel("chi-floor").id
    told = stage.run(stage.bot.client.chat_getPermalink(channel=channel, message_ts=ts))
    window.driver.get(told["permalink"])
    window.until(lambda: window.script("return document.activeElement.dataset.item") == ts)


def test_a_direct_message_stands_in_the_sidebar_of_its_reader_alone(window: Window, stage: Stage) -> None:
    person = stage.slack.person(SUP)
    stage.run(stage.bot.client.chat_postMessage(channel=person.id, text="*Your* turn, <@" + person.id + ">"))
    window.press("•", within="#list-direct")
    window.until(lambda: "Your turn, @Sam Okafor" in window.words("#message-list"))
    assert window.words("#channel-name") == "Signoff"
    window.become(BUYER)
    window.until(lambda: "Direct messages" not in window.words("#channel-lists"))


def test_other_people_see_their_own_channels_and_what_is_new_in_them(window: Window, stage: Stage) -> None:
    assert "finance" not in window.words("#channel-lists")
    stage.run(stage.bot.client.chat_postMessage(channel=stage.slack.channel("purchasing").id, text="Hello"))
    window.until(lambda: "1" in window.words("#channel-lists .unread"))
    window.become(BUYER)
    window.until(lambda: "finance" in window.words("#channel-lists"))
    window.driver.find_element(By.CSS_SELECTOR, "#channel-lists .unread").click()
    window.until(lambda: window.words("#channel-name") == "# purchasing")
    window.until(lambda: not window.driver.find_elements(By.CSS_SELECTOR, "#channel-lists .unread"))


def test_the_records_of_odoo_follow_a_step_of_the_scenario(window: Window, stage: Stage) -> None:
    assert "To approve" in window.words("#records")
    window.press("An order arrives")
    window.until(lambda: "Purchase order" in window.words("#records .state"))
    assert stage.steps == ["order"]


def test_the_clock_is_moved(window: Window, stage: Stage) -> None:
    before = stage.slack.clock.now()
    shown = window.words("#clock-time")
    window.button("+4 h").click()
    window.until(lambda: window.words("#clock-time") != shown)
    assert (stage.slack.clock.now() - before).total_seconds() >= 4 * 3600


HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"> <script>document.title='owned'</script> "
    "<javascript:alert(1)|press me> <https://evil.example|Approve> javascript:alert(1)"
)


def test_hostile_text_is_only_text(window: Window, stage: Stage) -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": HOSTILE[:150]}},
        {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},
        {"type": "section", "fields": [{"type": "plain_text", "text": HOSTILE}]},
    ]
    stage.records[0]["notes"] = [HOSTILE]
    stage.records[0]["title"] = HOSTILE
    stage.post(text=HOSTILE, blocks=blocks)
    window.until(lambda: "<img src=x" in window.words("#message-list"))
    window.until(lambda: "<img src=x" in window.words("#records"))
    assert (
        window.script("return document.querySelectorAll('main img, main script, aside img, aside script').length") == 0
    )
    addresses = window.script("return [...document.querySelectorAll('main a, aside a')].map((each) => each.protocol)")
    assert set(addresses) <= {"https:"}
    assert window.driver.title != "owned"


def test_the_keyboard_alone_reaches_a_decision(window: Window, stage: Stage) -> None:
    stage.post()
    window.button("Reject", within="#message-list")
    window.type(Keys.TAB)
    assert window.focused() == "Skip to messages"
    window.type(Keys.ENTER)
    window.tab_to("Reject")
    assert window.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    window.type(Keys.ENTER)
    window.until(lambda: window.focused() == "Reason")
    window.type("we have enough of it", Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER)
    window.until(lambda: "Rejected by @Sam Okafor" in window.words("#message-list"))


def test_a_narrow_screen_shows_one_part_at_a_time_and_never_scrolls_sideways(window: Window, stage: Stage) -> None:
    window.resize(360, 740)
    stage.post(text="x" * 300)
    stage.post(blocks=[{"type": "section", "text": {"type": "plain_text", "text": "y" * 400}}])
    for pane in ("Channels", "Messages", "Odoo"):
        window.press(pane, within=".pane-switch")
        assert window.script("return document.documentElement.scrollWidth") == 360
    window.press("Channels", within=".pane-switch")
    window.press("#", within="#channel-lists")
    window.until(lambda: window.driver.find_element(By.ID, "message-list").is_displayed())
    too_wide = (
        "return [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361).length"
    )
    assert window.script(too_wide) == 0


def test_the_browser_has_nothing_to_complain_about(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Approve", within="#message-list")
    window.until(lambda: "Approved" in window.words("#message-list"))
    assert [entry for entry in window.driver.get_log("browser") if entry["level"] == "SEVERE"] == []  # type: ignore[no-untyped-call]  # selenium leaves it untyped


def test_a_second_person_sees_what_the_first_decided(window: Window, stage: Stage) -> None:
    stage.post()
    window.press("Approve", within="#message-list")
    window.become(BUYER)
    window.until(lambda: "Approved by @Sam Okafor" in window.words("#message-list"))
    assert "Only visible to you" not in window.words("#message-list")
    assert stage.slack.ephemerals(to=BUYER) == []
