"""The guard around the tests themselves: it would see a test that reaches out."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import aiohttp
import pytest

from tests.network import Outside
from trading.exchange.ccxt_client import make_client

ELSEWHERE = "192.0.2.1"
"""An address that is reserved for documentation: nobody is there."""


def test_connecting_elsewhere_fails() -> None:
    with socket.socket() as tcp, pytest.raises(Outside):
        tcp.connect((ELSEWHERE, 443))
    with socket.socket() as tcp, pytest.raises(Outside):
        tcp.connect_ex((ELSEWHERE, 443))
    with socket.socket(type=socket.SOCK_DGRAM) as udp, pytest.raises(Outside):
        udp.sendto(b"", (ELSEWHERE, 53))


def test_looking_up_a_name_fails() -> None:
    with pytest.raises(Outside):
        socket.getaddrinfo("exchange.example", 443)


async def test_coroutines_do_not_get_around_it() -> None:
    with pytest.raises(Outside):
        await asyncio.open_connection(ELSEWHERE, 443)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Outside):
            await session.get(f"http://{ELSEWHERE}/")


async def test_ccxt_does_not_get_around_it() -> None:
    client = make_client("kraken", f"http://{ELSEWHERE}", timedelta(seconds=1), None)
    try:
        with pytest.raises(Outside):
            await client.fetch_time()
    finally:
        await client.close()


async def test_this_machine_can_be_reached() -> None:
    async with await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
        await writer.wait_closed()
