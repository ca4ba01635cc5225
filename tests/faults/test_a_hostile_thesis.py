"""A model's words in the thesis log are words: no link, picture, heading or tag comes to life."""

from __future__ import annotations

from pathlib import Path

from tests.world import START
from trading.domain.plan import Thesis
from trading.store.memory import MemoryStore
from trading.store.mirrors import Mirrors

HOSTILE = "# Top\n![seen](https://evil.example/pixel.png) [go](javascript:alert(1)) <script>x</script> `a` **b** &lt;i>"


async def test_markup_is_shown_as_it_was_written(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    async with store.transaction() as tx:
        await tx.add_thesis(Thesis(START, "a model", HOSTILE, "cycle"))
    await Mirrors(tmp_path, store, "USD").catch_up()
    log = (tmp_path / "thesis_log.md").read_text()
    assert "> \\# Top\n" in log
    assert "\\!\\[seen\\](https" in log and "\\[go\\](javascript" in log
    assert "<script" not in log and "\\`a\\` \\*\\*b\\*\\*" in log and "\\&lt;i>" in log
