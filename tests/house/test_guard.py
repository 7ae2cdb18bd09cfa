"""The guard of the network catches who leaves the machine, and the environment is clean."""

import os
import socket
from collections.abc import Iterator

import pytest

from tests import guard


@pytest.fixture
def forgiven(stay_home: None) -> Iterator[None]:
    """Take the attempts back, so that the guard of this very test stays quiet."""
    yield
    guard.attempts.clear()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_a_connection_to_another_machine_is_refused(forgiven: None, address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as connection, pytest.raises(guard.LeftTheMachine):
        connection.connect(address)
    assert guard.attempts == [f"connection to {address[0]}"]


def test_asking_a_name_server_is_refused(forgiven: None) -> None:
    with pytest.raises(guard.LeftTheMachine):
        socket.getaddrinfo("council.example", 443)
    assert guard.attempts == ["look-up of 'council.example'"]


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        assert guard.attempts == []
    near, far = socket.socketpair()
    near.close()
    far.close()


def test_no_setting_of_the_developer_reaches_the_product() -> None:
    assert [name for name in os.environ if name.startswith("SWITCHBOARD_")] == []
