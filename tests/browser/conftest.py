"""The browser, the stage, and a window on both; without a Chromium these tests are skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from tests.browser import chromium
from tests.browser.stage import Stage
from tests.browser.window import Window


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """One browser for the whole run."""
    driver = chromium.start(tmp_path_factory.mktemp("profile"))
    if driver is None:
        pytest.skip("no Chromium found: apt-get install chromium chromium-driver")
    yield driver
    driver.quit()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A workspace, its page and a tiny bot."""
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def window(driver: WebDriver, stage: Stage) -> Iterator[Window]:
    """The page as Sam sees it, 1280 wide; closed afterwards, so that its stream ends."""
    window = Window(driver, stage)
    window.resize(1280, 800)
    window.open()
    yield window
    driver.get("about:blank")
