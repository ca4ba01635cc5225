"""Where the models' answers come from: from the models, from them while they are recorded, or from the records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from trading.brain.model import CompletingModel
from trading.brain.recordings import RecordedModel, RecordingModel, Recordings
from trading.contract import LanguageModel
from trading.errors import SettingsError
from trading.settings import CoreSettings


def are_replayed(settings: CoreSettings) -> bool:
    """Whether no model is asked, because its answers are on record."""
    return settings.model_answers is not None and settings.model_answers_mode == "replay"


def recorder(settings: CoreSettings) -> Callable[[CompletingModel], CompletingModel]:
    """What is put around each model that a rebalance asks; nothing where answers are not recorded."""
    if settings.model_answers is None or settings.model_answers_mode != "record":
        return lambda model: model
    recordings = Recordings(settings.model_answers)
    return lambda model: RecordingModel(model, recordings)


class RecordedModels:
    """The configured models' records. Raises SettingsError where there are none."""

    def __init__(self, settings: CoreSettings) -> None:
        path = settings.model_answers
        assert path is not None, "only where answers are replayed"
        if not path.is_file():
            raise SettingsError(
                f"MODEL_ANSWERS is {path}, which is no file; record it with MODEL_ANSWERS_MODE=record, or name another."
            )
        recordings = Recordings(path)
        self.names = (settings.openai_model, *settings.model_agree_with)
        self.panel = [RecordedModel(name, recordings) for name in self.names for _ in range(settings.model_samples)]

    @property
    def asked(self) -> Sequence[str]:
        """Nobody is."""
        return ()

    def questions(self, prompts: Path) -> LanguageModel | None:
        """Questions are not recorded: the offline grammar answers them."""
        return None

    async def close(self) -> None:
        """Nothing was opened."""
