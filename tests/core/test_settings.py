"""Settings come from the environment, all problems at once, and no secret is ever printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.settings import DEFAULT_DATABASE, SLACK_API, Address, database_url, from_environment

GOOD = {"SLACK_BOT_TOKEN": "xoxb-secret", "SLACK_SIGNING_SECRET": "hush"}


def test_defaults_are_filled_in_once() -> None:
    settings = from_environment(GOOD)
    assert (settings.database_url, settings.slack_api_url) == (DEFAULT_DATABASE, SLACK_API)
    assert (str(settings.listen), str(settings.admin_listen)) == ("127.0.0.1:8080", "127.0.0.1:9180")


def test_no_secret_prints() -> None:
    told = repr(from_environment(GOOD))
    assert "xoxb" not in told
    assert "hush" not in told


def test_everything_missing_or_wrong_is_told_at_once() -> None:
    wrong = {"SIGNOFF_LISTEN": "nowhere", "SIGNOFF_ADMIN_LISTEN": "1:99999", "SLACK_API_URL": "ftp://x"}
    with pytest.raises(ConfigError) as refused:
        from_environment(wrong)
    told = refused.value.sentence.splitlines()
    assert [line.split()[0].rstrip(":") for line in told] == [
        "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "SIGNOFF_LISTEN", "SIGNOFF_ADMIN_LISTEN",
    ]  # fmt: skip


def test_with_an_app_token_slack_comes_over_sockets_and_no_signing_secret_is_owed() -> None:
    sockets = {name: value for name, value in GOOD.items() if name != "SLACK_SIGNING_SECRET"}
    assert from_environment({**sockets, "SLACK_APP_TOKEN": "xapp-1"}).uses_sockets
    assert not from_environment(GOOD).uses_sockets


def test_a_token_that_is_no_app_token_is_refused() -> None:
    with pytest.raises(ConfigError, match="SLACK_APP_TOKEN"):
        from_environment({**GOOD, "SLACK_APP_TOKEN": "xoxb-1"})


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    settings = from_environment({"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.slack_bot_token.reveal() == "from-a-file"


def test_a_file_that_cannot_be_read_is_a_problem_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN_FILE: the file cannot be read") as refused:
        from_environment({"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN_FILE": str(tmp_path / "gone")})
    assert "gone" not in refused.value.sentence
    with pytest.raises(ConfigError):
        database_url({"SIGNOFF_DATABASE_URL_FILE": str(tmp_path / "gone")})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8080", Address("127.0.0.1", 8080)),
        ("0.0.0.0:0", Address("0.0.0.0", 0)),  # noqa: S104  # text, not a socket
        ("[::1]:9", Address("::1", 9)),
    ],
)
def test_addresses(text: str, expected: Address) -> None:
    assert Address.parse(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize("text", ["", "8080", ":8080", "host:", "host:x", "host:65536", "host:-1"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        Address.parse(text)


def test_the_web_api_base_ends_with_a_slash() -> None:
    """The library joins method names to it without one."""
    assert from_environment({**GOOD, "SLACK_API_URL": "http://127.0.0.1:9/api"}).slack_api_url.endswith("/api/")


@pytest.mark.parametrize(("text", "days"), [("", None), ("90", 90), ("0", "wrong"), ("soon", "wrong"), ("-1", "wrong")])
def test_evidence_is_kept_for_ever_or_for_some_days(text: str, days: int | str | None) -> None:
    env = {**GOOD, "SIGNOFF_EVIDENCE_DAYS": text}
    if days == "wrong":
        with pytest.raises(ConfigError, match="SIGNOFF_EVIDENCE_DAYS must be a number of days"):
            from_environment(env)
    else:
        kept = from_environment(env).evidence_kept
        assert (kept.days if kept else None) == days
