"""One instance per state directory, and where to find it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trading.errors import Fatal
from trading.instance import ADDRESS, LOCK, Address, Instance, running_at

HERE = Address("http://127.0.0.1:5000", "one-time")
HOLDS = """
import sys
from pathlib import Path
from trading.instance import Address, Instance
with Instance(Path(sys.argv[1])) as instance:
    instance.publish(Address("http://127.0.0.1:1", "t"))
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_running_instance_can_be_found_and_a_stopped_one_cannot(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert running_at(state) is None
    with Instance(state) as instance:
        assert running_at(state) is None
        instance.publish(HERE)
        assert running_at(state) == HERE
    assert running_at(state) is None
    assert not (state / ADDRESS).exists()


def test_a_second_instance_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with Instance(tmp_path) as first:
        first.publish(HERE)
        with pytest.raises(Fatal, match="Another Purser is running") as error, Instance(tmp_path):
            pass
        assert str(tmp_path) in str(error.value)
        assert running_at(tmp_path) == HERE
    with Instance(tmp_path):
        pass


def test_two_directories_do_not_know_each_other(tmp_path: Path) -> None:
    with Instance(tmp_path / "a") as a, Instance(tmp_path / "b"):
        a.publish(HERE)
        assert running_at(tmp_path / "b") is None


def test_an_address_left_behind_by_a_crash_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch()
    (tmp_path / ADDRESS).write_text('{"url": "http://127.0.0.1:1", "token": "t"}')
    assert running_at(tmp_path) is None


def test_only_the_user_may_read_the_token(tmp_path: Path) -> None:
    with Instance(tmp_path) as instance:
        instance.publish(HERE)
        assert (tmp_path / ADDRESS).stat().st_mode & 0o077 == 0


def test_publishing_again_replaces_the_address(tmp_path: Path) -> None:
    with Instance(tmp_path) as instance:
        instance.publish(Address("http://127.0.0.1:50000/a-long-path", "a-long-token"))
        instance.publish(HERE)
        assert running_at(tmp_path) == HERE


def test_the_lock_goes_with_the_process_however_that_ends(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert running_at(tmp_path) == Address("http://127.0.0.1:1", "t")
        with pytest.raises(Fatal), Instance(tmp_path):
            pass
    finally:
        other.kill()
        other.communicate()
    assert running_at(tmp_path) is None
    with Instance(tmp_path):
        pass
