"""The house stays as it was drawn: who may know whom, who may call what, and where time and floats come in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.architecture.modules import ROOT, Module, calls, dotted, imports, imports_at_start, modules

WALL_CLOCK = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.localtime",
    "time.gmtime",
    "loop.time",
)
CHAT_MAY_IMPORT = ("trading.contract", "trading.domain", "trading.errors", "trading.clock", "trading.redaction")
FLOATS = (
    "trading/exchange/",
    "trading/market/",
    "trading/portfolio/figures.py",
    "trading/portfolio/performance.py",
    "trading/strategy/",
    "trading/brain/",
    "trading/research/replay.py",
    "trading/research/grid.py",
    "trading/simulation.py",
    "trading/decision/snapshots/",
    "chatbot/present/",
)
"""Where a number may become a float: the border to the exchange, indicators, figures, replays over columns, charts."""

NEVER_MONEY = {
    "trading/research/session.py": "prices read out of candle columns",
    "trading/views/risk_map.py": "weights beside correlations",
    "chatbot/transports/telegram_errors.py": "seconds to wait",
}


def within(path: str, places: Sequence[str]) -> bool:
    return any(path.startswith(place) for place in places)


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other (Tarjan's strongly connected components of more than one)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1 or name in graph[name]:
                found.append(sorted(group))

    for name in graph:
        if name not in index:
            visit(name)
    return found


def test_the_modules_are_found() -> None:
    assert {"main", "trading.core", "trading.orders.manager", "chatbot.router"} <= modules().keys()


def test_a_cycle_would_be_seen() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert cycles({"a": {"b"}, "b": set()}) == []


def test_no_module_imports_itself_by_a_detour() -> None:
    assert cycles({name: set(imports(module)) - {name} for name, module in modules().items()}) == []


def test_trading_knows_nothing_of_the_chat_or_of_main() -> None:
    found = [
        (module.name, other)
        for module in modules().values()
        if module.name.startswith("trading")
        for other in imports(module)
        if other == "main" or other.startswith("chatbot")
    ]
    assert found == []


def test_the_chat_knows_the_door_and_the_words_and_nothing_else_of_trading() -> None:
    found = [
        (module.name, other)
        for module in modules().values()
        if module.name.startswith("chatbot")
        for other in imports(module)
        if other.startswith("trading")
        and not any(other == name or other.startswith(f"{name}.") for name in CHAT_MAY_IMPORT)
    ]
    assert found == []


def test_nothing_imports_main() -> None:
    assert [module.name for module in modules().values() if "main" in imports(module)] == []


def test_the_domain_is_pure_standard_library() -> None:
    allowed = set(sys.stdlib_module_names) | {"trading"}
    for module in modules().values():
        if module.name.startswith("trading.domain"):
            names = {
                alias.name for node in ast.walk(module.tree) if isinstance(node, ast.Import) for alias in node.names
            }
            names |= {node.module or "" for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom)}
            assert {name.split(".")[0] for name in names} <= allowed, module.path
            assert all(other.startswith(("trading.domain", "trading.errors")) for other in imports(module)), module.path


def test_orders_are_placed_from_one_file_only() -> None:
    """The gate in front of a venue only passes on what it was given."""
    placing = {
        module.path
        for module in modules().values()
        for call in calls(module)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "place_order"
    }
    assert placing == {"trading/orders/manager.py", "trading/exchange/gated_venue.py"}


def wall_clock_reads(module: Module) -> Iterator[tuple[str, int]]:
    """Every mention, called or handed on, of something that tells the time of day."""
    names = _imported_as(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            text = dotted(node)
            head, _, rest = text.partition(".")
            full = f"{names.get(head, head)}.{rest}"
            if any(full == name or full.endswith(f".{name}") for name in WALL_CLOCK):
                yield module.path, node.lineno
        elif isinstance(node, ast.Name) and names.get(node.id, "") in WALL_CLOCK:
            yield module.path, node.lineno


def _imported_as(module: Module) -> dict[str, str]:
    """What a name stands for: `from time import monotonic as now` makes `now` stand for `time.monotonic`."""
    names: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_the_wall_clock_is_read_in_one_file_only() -> None:
    found = [
        read for module in modules().values() for read in wall_clock_reads(module) if read[0] != "trading/clock.py"
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.datetime.utcnow()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "import time as t\nclock = t.monotonic",
        "from time import monotonic\nmonotonic()",
        "from time import monotonic as now\nnow()",
    ],
)
def test_a_wall_clock_would_be_seen(source: str) -> None:
    assert list(wall_clock_reads(Module("m", "m.py", ast.parse(source), False)))


def test_money_becomes_a_float_only_at_the_border_in_indicators_in_figures_and_in_charts() -> None:
    found = {
        (module.path, call.lineno)
        for module in modules().values()
        for call in calls(module)
        if dotted(call.func) == "float" and not within(module.path, (*FLOATS, *NEVER_MONEY)) and module.name != "main"
    }
    assert found == set()


def test_heavy_libraries_are_not_loaded_with_the_core() -> None:
    """What a start pays for: the core and the chat's own parts, not every platform they could talk to."""
    heavy = {"openai", "matplotlib", "discord", "telegram", "ccxt", "plotly", "pandas", "pyarrow"}
    script = (
        "import sys, trading.core, trading.worlds, trading.research.session, chatbot.router, chatbot.app;"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_module_can_say_what_it_imports() -> None:
    """The lazy imports are a subset of all imports, so that the rules above see both."""
    for module in modules().values():
        assert set(imports_at_start(module)) <= set(imports(module))


def test_the_declared_layers_hold() -> None:
    lint_imports = ROOT / ".venv" / "bin" / "lint-imports"
    if not lint_imports.exists():
        pytest.skip("import-linter is not installed: make check installs it")
    run = subprocess.run([str(lint_imports), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
