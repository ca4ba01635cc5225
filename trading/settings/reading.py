"""Reading declared settings: the environment, then the file, then the default; one sentence where that fails."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import BaseModel, ValidationError

from trading.errors import SettingsError
from trading.redaction import without_tokens
from trading.settings.addresses import holds_secret

Settings = TypeVar("Settings", bound=BaseModel)


class SettingsReader:
    """Reads declared settings from the environment and a `.env` file; the environment wins, empty means default.

    `defaults` stand in for what neither gives; `forced` wins over both. `declarations` are all models of the
    program, so that a name which belongs to none of them can be told. Raises SettingsError with one sentence.
    """

    def __init__(
        self,
        declarations: Sequence[type[BaseModel]],
        env_file: Path,
        environ: Mapping[str, str] | None = None,
        defaults: Mapping[str, str] | None = None,
        forced: Mapping[str, str] | None = None,
    ) -> None:
        self._names = [name.upper() for model in declarations for name in model.model_fields]
        _refuse_unreadable(env_file)
        in_file = {k: v for k, v in dotenv_values(env_file, interpolate=False).items() if v is not None}
        self._refuse_mistyped(in_file, env_file)
        environment = os.environ if environ is None else environ
        sources = (defaults or {}, in_file, {k: v for k, v in environment.items() if k in self._names}, forced or {})
        self._given: dict[str, str] = {}
        for source in sources:
            self._given.update({name: value.strip() for name, value in source.items() if value.strip()})

    def read(self, model: type[Settings]) -> Settings:
        """The settings of `model`, validated."""
        values = {name: self._given[name.upper()] for name in model.model_fields if name.upper() in self._given}
        try:
            return model(**values)
        except ValidationError as error:
            # A token in the wrong place is a token all the same.
            raise SettingsError(without_tokens(_sentence(model, error, values))) from None

    def _refuse_mistyped(self, in_file: Mapping[str, str], env_file: Path) -> None:
        for name in in_file:
            if name in self._names:
                continue
            near = difflib.get_close_matches(name.upper(), self._names, n=1, cutoff=0.8)
            if near:
                raise SettingsError(f"{env_file.name} has {name}, which is not a setting; did you mean {near[0]}?")


def _refuse_unreadable(env_file: Path) -> None:
    """A line that is no setting would be passed over. Its text is not told: it may hold a secret."""
    if not env_file.is_file():
        return
    with env_file.open(encoding="utf-8") as lines:
        for found in parse_stream(lines):
            if found.error or (found.key is not None and found.value is None):
                text = found.original.string
                line = found.original.line + text[: len(text) - len(text.lstrip())].count("\n")
                raise SettingsError(f"{env_file.name}, line {line}: this is not a setting; write it as NAME=value.")


def _sentence(model: type[BaseModel], error: ValidationError, values: Mapping[str, str]) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    if not first["loc"]:
        return str(first["msg"]).removeprefix("Value error, ")
    name, message = str(first["loc"][0]), str(first["msg"]).removeprefix("Value error, ")
    if message.startswith(name.upper()):
        return message
    field = model.model_fields[name]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    allowed = extra.get("allowed") or message
    text = str(values.get(name, field.default))
    secret = "SecretStr" in str(field.annotation) or (name.endswith("_url") and holds_secret(text))
    given = "not shown here, as it holds a secret" if secret else f'"{text}"'
    return f"{name.upper()} is {given}; allowed is {allowed}."
