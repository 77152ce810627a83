"""The real demo in a real browser: what a newcomer does first, from the click on a card to the record in Odoo."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What happens by itself in the first seconds.
FIRST_RECORDS = 4


class DemoWindow(Window):
    """A window on a demo that runs in a process of its own, as a newcomer started it."""

    def __init__(self, driver: WebDriver, url: str) -> None:
        self.driver = driver
        self._url = url

    def open(self) -> None:
        """Load the page and wait for the first screen."""
        self.driver.get(self._url)
        self.until(lambda: self.words("#channel-name"))

    def go_to(self, channel: str) -> None:
        """Open a channel by its name in the sidebar."""
        self.press_one("#channel-lists button.channel", channel)
        self.until(lambda: self.words("#channel-name") == f"# {channel}")

    def become(self, name: str) -> None:
        """Switch to another person by name."""
        self.driver.find_element(By.ID, "me-button").click()
        self.press_one("#people button.person", name)
        self.until(lambda: self.words("#me-name") == name)

    def press_one(self, selector: str, words: str) -> None:
        """Click the one of these elements that says ``words``."""

        def press() -> bool:  # found again where it was drawn anew between the look and the click
            nodes = self.driver.find_elements(By.CSS_SELECTOR, selector)
            found = next((node for node in nodes if words in node.text and node.is_displayed()), None)
            if found is not None:
                found.click()
            return found is not None

        self.until(press)

    def card(self, words: str) -> WebElement:
        """The message that says ``words``."""
        return self._saying("#message-list > .message", words)

    def record(self, words: str) -> WebElement:
        """The Odoo record that says ``words``."""
        return self._saying("#records > .record", words)

    def says(self, card: str, words: str) -> None:
        """Wait until the card says it."""
        self.until(lambda: words in self.card(card).text)

    def is_in_state(self, record: str, state: str) -> None:
        """Wait until the Odoo panel shows a record in this state."""
        self.until(lambda: self.record(record).find_element(By.CSS_SELECTOR, ".state").text == state)

    def _saying(self, selector: str, words: str) -> WebElement:
        def find() -> WebElement | None:
            nodes = self.driver.find_elements(By.CSS_SELECTOR, selector)
            return next((node for node in nodes if words in node.text), None)

        found = self.until(find)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    """One demo for all of these: starting it is the slow part. Its first cards are there."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://\S+", said)
        assert found, said
        _wait_for_records(f"{found.group()}sandbox/api/state")
        yield found.group()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def _wait_for_records(state: str) -> None:
    for _ in range(200):
        with urlopen(state) as answer:  # noqa: S310  # of this machine
            if len(json.load(answer)["odoo"]) >= FIRST_RECORDS:
                return
        time.sleep(0.1)
    msg = "the day did not begin"
    raise TimeoutError(msg)


@pytest.fixture
def window(driver: WebDriver, demo_url: str) -> Iterator[DemoWindow]:
    """The demo as a newcomer sees it, 1280 wide."""
    window = DemoWindow(driver, demo_url)
    window.resize(1280, 800)
    window.open()
    yield window
    driver.get("about:blank")


def test_a_newcomer_approves_a_count_and_sees_odoo_change(window: DemoWindow) -> None:
    window.is_in_state("ANCHOR-12", "Counted")
    window.card("Count of [ANCHOR-12]").find_element(By.CSS_SELECTOR, ".button.primary").click()
    window.says("Count of [ANCHOR-12]", "Confirmed in Odoo: count applied.")
    window.is_in_state("ANCHOR-12", "Applied to stock")
    assert "412" in window.record("ANCHOR-12").text
    left = window.card("Count of [ANCHOR-12]").find_elements(By.CSS_SELECTOR, ".blocks .button")
    assert [button.text for button in left] == ["Open in Odoo\n↗"]


def test_a_rejection_owes_a_reason(window: DemoWindow) -> None:
    window.go_to("finance-approvals")
    window.says("Count of [DRILL-18V]", "Waiting for finance")
    window.press("Reject", within="#message-list")
    window.press("Reject", within="#modal")
    window.until(lambda: "Please complete this required field." in window.words("#modal .input-error"))
    window.type("Count again, please")
    window.press("Reject", within="#modal")
    window.says("Count of [DRILL-18V]", "Rejected by Olivia Grant (finance). Confirmed in Odoo")
    window.says("Count of [DRILL-18V]", "“Count again, please”")
    window.is_in_state("DRILL-18V", "Count cleared")
    assert "64" in window.record("DRILL-18V").text


def test_an_order_is_approved_with_the_keyboard_alone(window: DemoWindow) -> None:
    window.tab_to("#\npurchasing")
    window.type(Keys.ENTER)
    window.until(lambda: window.words("#channel-name") == "# purchasing")
    window.says("P00003", "Waiting for purchasing manager")
    window.tab_to("Approve: ")
    window.type(Keys.ENTER)
    window.says("P00003", "Approved by Olivia Grant (purchasing manager). Confirmed in Odoo")
    window.is_in_state("P00003", "Purchase order")


def test_a_quotation_is_approved_on_a_phone(window: DemoWindow) -> None:
    window.resize(360, 740)
    window.press("Channels", within=".pane-switch")
    window.go_to("sales-approvals")
    window.says("Quotation S0", "Waiting for sales manager")
    assert window.script("return document.documentElement.scrollWidth") <= 360
    window.press("Approve", within="#message-list")
    window.says("Quotation S0", "Confirmed in Odoo")
    window.press("Odoo", within=".pane-switch")
    window.until(lambda: "Sales order" in window.record("Sam Keller").text)
    assert window.script("return document.documentElement.scrollWidth") <= 360


def test_a_refused_click_is_told_to_the_one_who_clicked(window: DemoWindow) -> None:
    window.press("Dana counts sealant")
    window.become("Dana Okafor")
    window.says("Count of [SEALANT-PU]", "Waiting for warehouse supervisor")
    window.card("Count of [SEALANT-PU]").find_element(By.CSS_SELECTOR, ".button.primary").click()
    window.until(lambda: "somebody else has to decide" in window.words("#message-list"))
    window.says("Count of [SEALANT-PU]", "Waiting for warehouse supervisor")
    window.is_in_state("SEALANT-PU", "Counted")
    window.become("Olivia Grant")
    window.until(lambda: "somebody else has to decide" not in window.words("#message-list"))
