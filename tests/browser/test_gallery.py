"""The gallery on a phone: every card whole, nothing wider than the screen, no headline longer than two lines."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.browser.stage import Stage
from tests.browser.window import Window

pytestmark = pytest.mark.browser

_LINES = """return [...document.querySelectorAll('.block-header')].map(
    (each) => Math.round(each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).lineHeight)))"""


def test_every_type_is_shown_on_a_phone_with_headlines_of_two_lines_at_most(window: Window, stage: Stage) -> None:
    window.resize(360, 740)
    window.driver.get(f"{stage.page.url}gallery?state=waiting")
    window.until(lambda: len(window.driver.find_elements(By.CSS_SELECTOR, ".gallery-card")) >= 17)
    assert window.script("return document.documentElement.scrollWidth") == 360
    assert max(window.script(_LINES)) <= 2


def test_a_type_is_chosen_and_shown_in_every_state_with_its_modals(window: Window, stage: Stage) -> None:
    window.driver.get(f"{stage.page.url}gallery")
    window.until(lambda: bool(window.driver.find_elements(By.CSS_SELECTOR, ".gallery-card")))
    Select(window.driver.find_element(By.ID, "type")).select_by_visible_text("inventory.scrap")
    window.until(lambda: "Sealant" in window.words("#gallery"))
    assert "Confirmed in Odoo" in window.words("#gallery")
    assert len(window.driver.find_elements(By.CSS_SELECTOR, ".gallery-modal")) >= 9
