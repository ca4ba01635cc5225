"""No test talks to anything but this machine: connecting elsewhere fails the test, whoever tries."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

_LOCAL_NAMES = frozenset({"", "localhost"})


class Outside(Exception):
    """A test tried to reach another machine. Not an OSError, so that nothing mistakes it for an outage."""


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Sockets reach loopback and local files only, and names are not looked up elsewhere."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
    yield
    patch.undo()


def is_local(address: Any) -> bool:
    """Whether `address`, as sockets take it, stays on this machine."""
    if not isinstance(address, tuple):
        return True  # A local file, or a netlink number.
    host = str(address[0])
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(reach: Any) -> Any:
    def guarded(sock: socket.socket, *arguments: Any) -> Any:
        # sendto(data, address) and sendto(data, flags, address); connect(address).
        if not is_local(arguments[-1]):
            raise Outside(f"a test tried to reach {arguments[-1]}; only loopback is allowed")
        return reach(sock, *arguments)

    return guarded


def _guarded_lookup(look_up: Any) -> Any:
    def guarded(host: Any, *arguments: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if not is_local((name,)):
            try:
                ipaddress.ip_address(name)
            except ValueError:
                raise Outside(f"a test tried to look up {name}; only loopback is allowed") from None
        return look_up(host, *arguments, **named)

    return guarded
