"""What a state directory was last run with, secrets left out."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

from pydantic import SecretStr, TypeAdapter, ValidationError

from trading.errors import SettingsError
from trading.settings.addresses import holds_secret
from trading.settings.core import CoreSettings

KEPT = "settings.json"
_NOT_KEPT = ("state_dir", "database_url", "log_level")


def keep_settings(core: CoreSettings) -> None:
    """Write down what this state directory was run with, secrets left out, for whoever asks it later."""
    texts = {name: _text(getattr(core, name)) for name in CoreSettings.model_fields if name not in _NOT_KEPT}
    # An address with a person in it holds a password.
    kept = {name.upper(): text for name, text in texts.items() if text and not holds_secret(text)}
    core.state_dir.mkdir(parents=True, exist_ok=True)
    # Written aside and moved: a crash in the middle leaves the old file whole.
    fresh = core.state_dir / f"{KEPT}.new"
    fresh.write_text(json.dumps(kept, indent=1))
    fresh.replace(core.state_dir / KEPT)


def kept_settings(state_dir: Path) -> dict[str, str]:
    """What `state_dir` was last run with; empty when it never was."""
    path = state_dir / KEPT
    if not path.exists():
        return {}
    try:
        return TypeAdapter(dict[str, str]).validate_json(path.read_bytes())
    except ValidationError:
        raise SettingsError(f"{path} is damaged; start the bot as before, which writes it anew.") from None


def _text(value: object) -> str:
    """A setting as it would stand in `.env`; empty for secrets and what is not set."""
    match value:
        case None | SecretStr():
            return ""
        case tuple():
            return ",".join(str(part) for part in value)
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)
