"""The page as a person sees and uses it: by words and roles, not by the structure of its markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.stage import Stage

Seen = TypeVar("Seen")
WAIT_S = 5


class Window:
    """One browser window on the page."""

    def __init__(self, driver: WebDriver, stage: Stage) -> None:
        self.driver = driver
        self.stage = stage

    def open(self) -> None:
        """Load the page and wait for the first screen."""
        self.driver.get(self.stage.page.url)
        self.until(lambda: self.words("#channel-name"))

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page in CSS pixels, also below what a desktop window allows."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def until(self, holds: Callable[[], Seen]) -> Seen:
        """Wait until something is seen."""
        wait = WebDriverWait(self.driver, WAIT_S, 0.02, ignored_exceptions=[StaleElementReferenceException])
        return wait.until(lambda _driver: holds())

    def words(self, selector: str) -> str:
        """The text of an element, empty while it is not there."""
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found[0].text if found else ""

    def button(self, label: str, within: str = "body") -> WebElement:
        """A visible button or link whose words begin so."""

        def find() -> WebElement | None:
            for node in self.driver.find_elements(By.CSS_SELECTOR, f"{within} button, {within} a.button"):
                if node.is_displayed() and node.text.startswith(label):
                    return node
            return None

        found = self.until(find)
        assert found is not None
        return found

    def press(self, label: str, within: str = "body") -> None:
        """Click a button."""
        self.button(label, within).click()

    def become(self, email: str) -> None:
        """Switch to another person."""
        person = self.stage.slack.person(email)
        self.driver.find_element(By.ID, "me-button").click()
        self.until(lambda: self.words(f"[data-person='{person.id}']"))
        self.driver.find_element(By.CSS_SELECTOR, f"[data-person='{person.id}']").click()
        self.until(lambda: self.words("#me-name") == person.real_name)

    def type(self, *keys: str) -> None:
        """Keys on the keyboard, to whatever has the focus."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, label: str, most: int = 60) -> None:
        """Press Tab until the focus is on something with this label."""
        for _ in range(most):
            self.type(Keys.TAB)
            if self.focused().startswith(label):
                return
        msg = f"{label!r} cannot be reached with Tab"
        raise AssertionError(msg)

    def focused(self) -> str:
        """The label or the words of what has the focus."""
        script = (
            "const e = document.activeElement;"
            "return e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || e.id || '';"
        )
        return str(self.script(script))

    def script(self, code: str) -> Any:
        """Ask the page."""
        return self.driver.execute_script(code)
