"""A file that is chosen in a modal of the page gets into the workspace, and its id to the app."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from bot.slack.file_modal import ask_files
from tests.browser.stage import SUP, Stage
from tests.browser.window import Window
from tests.factories import a_case

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_chosen_file_is_uploaded_and_sent_with_the_modal(window: Window, stage: Stage, tmp_path: Path) -> None:
    photo = tmp_path / "dock.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9000)
    trigger = stage.slack.workspace.new_trigger(stage.slack.person(SUP).id)
    stage.run(stage.bot.client.views_open(trigger_id=trigger.id, view=ask_files(a_case(), "")))
    window.button("Add photo", within="#modal")
    window.driver.find_element(By.CSS_SELECTOR, "#modal input[type=file]").send_keys(str(photo))
    uploaded = window.until(lambda: list(stage.slack.workspace.files.values()))
    assert [(one.name, one.content) for one in uploaded] == [("dock.png", photo.read_bytes())]
    window.press("Add photo", within="#modal")
    window.until(lambda: stage.bot.heard)
    sent = stage.bot.heard[-1]["view"]["state"]["values"]["files"]["given"]["files"]
    assert [one["id"] for one in sent] == [uploaded[0].id]
