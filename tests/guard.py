"""Tests touch this machine only: whatever tries to reach another fails its test, even when it is caught."""

import ipaddress
import socket
import sys
from collections.abc import Iterator

import pytest

attempts: list[str] = []


class LeftTheMachine(Exception):
    """Something under test tried to reach another machine."""


def is_near(host: object) -> bool:
    """Whether `host`, a name or address, is this machine."""
    text = host.decode() if isinstance(host, bytes) else str(host)
    if text in {"localhost", "None", ""}:
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def is_literal(host: object) -> bool:
    """Whether `host` is an address in digits, so that no name server is asked for it."""
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: Python tells it every connection and look-up before it happens."""
    if event in {"socket.connect", "socket.sendto"}:
        connection, address = arguments
        inet = isinstance(connection, socket.socket) and connection.family in {socket.AF_INET, socket.AF_INET6}
        if inet and isinstance(address, tuple) and not is_near(address[0]):
            _refuse(f"connection to {address[0]}")
    elif event == "socket.getaddrinfo" and not is_near(arguments[0]) and not is_literal(arguments[0]):
        _refuse(f"look-up of {arguments[0]!r}")


def _refuse(what: str) -> None:
    attempts.append(what)
    raise LeftTheMachine(f"{what}: tests touch this machine only")


def pytest_configure() -> None:
    """Start to watch; an audit hook cannot be taken away again, which suits us."""
    sys.addaudithook(watch)


@pytest.fixture(autouse=True)
def stay_home() -> Iterator[None]:
    """Fail the test that tried to leave the machine, also when the product swallowed the refusal."""
    attempts.clear()
    yield
    assert not attempts, f"left the machine: {', '.join(attempts)}"
