"""Chat settings: empty is unset, and a malformed one is named in one sentence."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from chatbot.settings import ChatSettings


def test_defaults_serve_this_machine_only() -> None:
    settings = ChatSettings()
    assert (settings.dashboard_host, settings.dashboard_port) == ("127.0.0.1", 5000)
    assert settings.telegram_bot_token is None and settings.discord_user_ids == ()


def test_empty_values_are_unset() -> None:
    empty = dict.fromkeys(ChatSettings.model_fields, "")
    assert ChatSettings.model_validate(empty) == ChatSettings()


def test_ids_are_separated_by_commas() -> None:
    assert ChatSettings.model_validate({"telegram_user_ids": " 1, 22 ,"}).telegram_user_ids == ("1", "22")
    assert ChatSettings.model_validate({"telegram_chat_id": -1001}).telegram_chat_id == "-1001"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("telegram_chat_id", "@mychannel"),
        ("telegram_user_ids", "1,bob"),
        ("discord_channel_id", "-7"),
        ("discord_guild_id", "guild"),
        ("discord_user_ids", "1;2"),
        ("telegram_api_base_url", "127.0.0.1:8081"),
        ("discord_gateway_url", "https://gateway"),
        ("dashboard_port", "80800"),
        ("dashboard_port", "http"),
    ],
)
def test_a_malformed_setting_is_named(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ChatSettings.model_validate({field: value})
    message = caught.value.errors()[0]["msg"]
    assert field.upper() in message and message.endswith(".")


def test_tokens_are_shown_nowhere() -> None:
    settings = ChatSettings.model_validate({"telegram_bot_token": "123:secret", "discord_bot_token": "hidden"})
    assert "secret" not in repr(settings) and "hidden" not in str(settings)
