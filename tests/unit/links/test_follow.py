"""Following an address to its end: table of hostile addresses and hosts (security, attack 8; CWE-918)."""

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from itertools import chain, repeat

import pytest

import adapters.links
from adapters.errors import Unavailable
from adapters.links.follow import LONGEST, MOST_HOPS, Network, NotFollowedError, follow, is_public

PUBLIC = "198.41.0.4"  # only a key of the table below; nothing is sent there
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"


def leads(to: str, status: int = 302) -> bytes:
    """An answer that sends whoever asks somewhere else."""
    return f"HTTP/1.1 {status} X\r\nLocation: {to}\r\n\r\n".encode()


class World:
    """Hosts and what they answer, each over a pair of sockets; what was resolved, reached and asked for is kept."""

    def __init__(self, answers: dict[str, bytes], names: dict[str, list[str]] | None = None) -> None:
        self.answers = answers
        self.names = names or {}
        self.resolved: list[str] = []
        self.reached: list[tuple[str, str]] = []
        self.asked: list[bytes] = []

    def resolve(self, host: str) -> list[str]:
        self.resolved.append(host)
        return self.names.get(host, [PUBLIC])

    def connect(self, host: str, address: str) -> socket.socket:
        self.reached.append((host, address))
        ours, theirs = socket.socketpair()
        ours.settimeout(20)
        threading.Thread(target=self._serve, args=(host, theirs), daemon=True).start()
        return ours

    def _serve(self, host: str, theirs: socket.socket) -> None:
        with theirs:
            request = theirs.recv(65536)
            self.asked.append(request)
            path = request.split(b" ")[1].decode()
            theirs.sendall(self.answers.get(f"{host}{path}", OK))

    @property
    def network(self) -> Network:
        return Network(self.resolve, self.connect)


def why_not(address: str, world: World) -> str:
    """The code of why an address is not followed."""
    with pytest.raises(NotFollowedError) as caught:
        follow(address, world.network)
    return str(caught.value)


FOLLOWED = [
    ("https://a.example", {}, "https://a.example"),
    ("http://a.example/x", {}, "http://a.example/x"),
    ("https://a.example:443/x?y#z", {}, "https://a.example:443/x?y#z"),
    ("https://a.example/x", {"a.example/x": leads("/y")}, "https://a.example/y"),
    ("https://a.example/x#part", {"a.example/x": leads("https://b.example/y")}, "https://b.example/y#part"),
    ("https://a.example/x#part", {"a.example/x": leads("//b.example/y#new")}, "https://b.example/y#new"),
    ("https://a.example/x", {"a.example/x": leads("http://b.example/")}, "http://b.example/"),
    ("https://a.example/x", {"a.example/x": leads("https://b.example/é")}, "https://b.example/é"),
    ("https://a.example/x", {"a.example/x": b"HTTP/1.1 404 No\r\n\r\n"}, "https://a.example/x"),
    ("https://a.example/x", {"a.example/x": b"HTTP/1.1 302 No address\r\n\r\n"}, "https://a.example/x"),
    ("https://ysgol-tŷ.example/", {}, "https://ysgol-tŷ.example/"),
]


@pytest.mark.parametrize(("address", "answers", "end"), FOLLOWED)
def test_an_address_is_followed_to_its_end(address: str, answers: dict[str, bytes], end: str) -> None:
    assert follow(address, World(answers).network) == end


def test_every_permanent_and_passing_redirect_counts() -> None:
    for status in (301, 302, 303, 307, 308):
        assert follow("https://a.example/x", World({"a.example/x": leads("/y", status)}).network).endswith("/y")


def test_what_is_asked_carries_no_more_than_it_must() -> None:
    world = World({})
    follow("https://a.example/bîn?q=1 2#part", world.network)
    lines = world.asked[0].decode("ascii").split("\r\n")
    assert lines[0] == "GET /b%C3%AEn?q=1%202 HTTP/1.1"
    assert {line.partition(":")[0].lower() for line in lines[1:] if line} == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
    }


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ftp://a.example/", "not_an_address"),
        ("file:///etc/passwd", "not_an_address"),
        ("https://", "not_an_address"),
        ("https://[::1", "not_an_address"),
        ("https://a.example:x/", "not_an_address"),
        (f"https://{'a' * 64}.example/", "not_an_address"),
        ("https://a.example/" + "x" * LONGEST, "not_an_address"),
        ("https://user@a.example/", "names_a_user"),
        ("https://user:secret@a.example/", "names_a_user"),
        ("https://a.example:8443/", "other_port"),
        ("https://a.example:80/", "other_port"),
        ("http://a.example:22/", "other_port"),
    ],
)
def test_what_no_reader_should_be_sent_to_is_not_asked(address: str, code: str) -> None:
    for start, answers in ((address, {}), ("https://first.example/", {"first.example/": leads(address)})):
        if start != address and address == "https://":
            continue  # as a reference that is the page itself
        world = World(answers)
        assert why_not(start, world) == code
        assert {host for host, _ in world.reached} <= {"first.example"}


NOT_PUBLIC = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1"),
    *("::1", "::", "::7f00:1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::a00:1"),
    *("2002:7f00:1::", "2002:c000:204::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_nothing_inside_is_reached(address: str) -> None:
    assert not is_public(address)
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        world = World({}, {"inside.example": found})
        assert why_not("https://inside.example/", world) == "not_public"
        assert world.reached == []
        led = World({"a.example/": leads("https://inside.example/admin")}, {"inside.example": found})
        assert why_not("https://a.example/", led) == "not_public"
        assert [host for host, _ in led.reached] == ["a.example"]


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "64:ff9b::c629:4", "::ffff:198.41.0.4"])
def test_the_public_internet_is_reached(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "0"])
@pytest.mark.asyncio
async def test_numbers_in_any_dress_are_judged_as_what_they_mean(host: str) -> None:
    """In the child, by the system's own resolver, which needs no network for numbers."""
    with pytest.raises(Unavailable, match="link_not_public"):
        await adapters.links.follower()(f"https://{host}/")


def test_a_name_that_means_something_else_a_moment_later_gains_nothing() -> None:
    """DNS rebinding: the connection goes to the address that was judged, and a name is asked for once a hop."""
    meanings = chain([[PUBLIC]], repeat(["127.0.0.1"]))
    world = World({})
    assert follow("https://rebinding.example/", Network(lambda _: next(meanings), world.connect))
    assert world.reached == [("rebinding.example", PUBLIC)]


def test_it_gives_up_on_a_ring_and_after_a_few_hops() -> None:
    world = World({"a.example/": leads("https://b.example/"), "b.example/": leads("https://a.example/")})
    assert why_not("https://a.example/", world) == "too_many_hops"
    assert len(world.reached) == MOST_HOPS + 1


def test_the_next_address_of_a_host_is_tried() -> None:
    world = World({}, {"a.example": ["2606:4700::1111", PUBLIC]})

    def connect(host: str, address: str) -> socket.socket:
        if ":" in address:
            raise OSError("no way there")
        return world.connect(host, address)

    assert follow("https://a.example/", Network(world.resolve, connect)) == "https://a.example/"


def _raising(error: Exception) -> Callable[..., socket.socket]:
    def connect(*_: object) -> socket.socket:
        raise error

    return connect


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ssl.SSLCertVerificationError(1, "for another host"), "bad_certificate"),
        (ssl.SSLError(1, "no TLS"), "no_answer"),
        (TimeoutError(), "no_answer"),
        (ConnectionRefusedError(), "no_answer"),
    ],
)
def test_without_a_good_connection_nothing_is_known(error: Exception, code: str) -> None:
    world = World({})
    with pytest.raises(NotFollowedError, match=code):
        follow("https://a.example/", Network(world.resolve, _raising(error)))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_none_is_no_answer(answer: bytes) -> None:
    assert why_not("https://a.example/", World({"a.example/": answer})) == "no_answer"


def test_a_fault_of_the_server_is_not_the_end() -> None:
    assert why_not("https://a.example/", World({"a.example/": b"HTTP/1.1 503 Later\r\n\r\n"})) == "server_fault"


@pytest.mark.asyncio
async def test_the_child_has_no_secret_and_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_SECRETS__MATRIX_TOKEN", "never")
    with pytest.raises(Unavailable, match="link_not_public"):
        await adapters.links.follower()("https://127.0.0.1/")
    tells = "import os, json; print(json.dumps({'target': repr(sorted(os.environ))}))"
    monkeypatch.setattr(adapters.links, "COMMAND", (sys.executable, "-I", "-c", tells))
    told = await adapters.links.follower()("https://a.example/")
    assert "SWITCHBOARD" not in told
    assert "PATH" in told


@pytest.mark.parametrize(
    "does", ["import time; time.sleep(600)", "print('x' * 10)", "print('[]')", "import sys; sys.exit(1)"]
)
@pytest.mark.asyncio
async def test_a_child_that_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """Such as one held up by a host that sends a byte a second."""
    monkeypatch.setattr(adapters.links, "COMMAND", (sys.executable, "-I", "-c", does))
    monkeypatch.setattr(adapters.links, "SECONDS", 2.0 if "sleep" in does else 60.0)
    with pytest.raises(Unavailable):
        await adapters.links.follower()("https://a.example/")


@pytest.mark.asyncio
async def test_only_a_few_are_followed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running = most = 0

    async def child(_address: str) -> dict[str, object]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return {"target": "https://a.example/"}

    monkeypatch.setattr(adapters.links, "_child", child)
    final_target = adapters.links.follower()
    await asyncio.gather(*(final_target(f"https://a.example/{n}") for n in range(20)))
    assert most == adapters.links.MOST_AT_ONCE
