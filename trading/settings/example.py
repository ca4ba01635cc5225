"""The text of `.env.example`, from the declarations."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel


def env_example(declarations: Sequence[tuple[str, type[BaseModel]]]) -> str:
    """The text of `.env.example`: every setting with what it is for, what it allows, and its default."""
    lines = [
        "# Copy to .env and fill in what you need. Every line is optional; what is commented out shows the default.",
        "# The environment wins over this file. An empty value means the default.",
    ]
    for heading, model in declarations:
        lines += ["", "", f"# ---- {heading} ----"]
        for name, field in model.model_fields.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            default = "" if field.default in (None, ()) else str(field.default)
            default = default.lower() if isinstance(field.default, bool) else default
            lines += [
                "",
                f"# {field.description}.",
                f"# Allowed: {extra.get('allowed')}.",
                f"# {name.upper()}={default}",
            ]
    return "\n".join(lines) + "\n"
