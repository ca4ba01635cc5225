import json
from pathlib import Path

import pytest

from trading.errors import SettingsError
from trading.exchange.scenario import DEMO, read_scenario


def test_the_demo_scenario_is_well_formed() -> None:
    scenario = read_scenario()
    assert {"BTC", "ETH"} <= set(scenario.assets)
    assert len(scenario.moods) == 3


def test_an_unknown_asset_is_the_other_asset() -> None:
    scenario = read_scenario()
    assert scenario.asset("DOGE") is scenario.other_asset


@pytest.mark.parametrize(
    ("place", "key", "value", "complaint"),
    [
        (("moods", 0), "volatility", -1, r"malformed at moods\.0\.volatility"),
        (("assets", "BTC"), "tick", "0.3", "a tick is a power of ten"),
        (("assets", "BTC"), "colour", "red", r"malformed at assets\.BTC\.colour"),
        ((), "moods", [], "malformed at moods"),
    ],
)
def test_a_malformed_scenario_names_the_place(
    tmp_path: Path, place: tuple[str | int, ...], key: str, value: object, complaint: str
) -> None:
    scenario = json.loads(DEMO.read_text())
    part = scenario
    for step in place:
        part = part[step]
    part[key] = value
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(scenario))
    with pytest.raises(SettingsError, match=complaint):
        read_scenario(path)


def test_a_missing_scenario_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.json cannot be read"):
        read_scenario(tmp_path / "nothing.json")
