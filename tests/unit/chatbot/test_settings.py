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


def test_chats_and_channels_may_be_several_the_main_one_first() -> None:
    settings = ChatSettings.model_validate({"telegram_chat_id": "-1001/45, 42", "discord_channel_id": "7,8"})
    assert settings.telegram_chats == ("-1001/45", "42")
    assert settings.discord_channels == ("7", "8")
    assert ChatSettings().telegram_chats == ChatSettings().discord_channels == ()


def test_who_is_listed_without_a_role_is_an_owner() -> None:
    settings = ChatSettings.model_validate(
        {"telegram_chat_id": "42", "telegram_user_ids": "1,2:trader", "discord_user_ids": "3:viewer"}
    )
    assert settings.telegram_roles == {"42": "owner", "1": "owner", "2": "trader"}
    assert settings.discord_user_roles == {"3": "viewer"}


def test_a_role_of_the_server_grants_what_is_said() -> None:
    settings = ChatSettings.model_validate({"discord_roles": "5:trader, 6:owner"})
    assert settings.discord_server_roles == {"5": "trader", "6": "owner"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("telegram_chat_id", "@mychannel"),
        ("telegram_user_ids", "1,bob"),
        ("discord_channel_id", "-7"),
        ("discord_guild_id", "guild"),
        ("discord_user_ids", "1;2"),
        ("discord_user_ids", "1:admin"),
        ("discord_roles", "5"),
        ("telegram_chat_id", "-1001/general"),
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
