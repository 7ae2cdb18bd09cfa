"""Where an https address leads in the end, found out in a process of its own: `python follow.py < address`.

The address was written by somebody, so whoever runs what it names is not trusted (server-side request forgery,
CWE-918): https only, standard port, every address of the host public, and the connection goes to exactly the address
that was judged, so that a name that means something else a moment later gains nothing. No body is read. Only the
standard library is needed, and no secret is at hand: the bot starts this with an empty environment.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

MOST_HOPS = 5
"""Redirects that are followed; browsers give up at about twenty."""

MOST_TRIED = 3
"""Addresses of one host that are tried; big hosts name a dozen."""

LONGEST = 2_000
"""Characters of an address; what is longer is not for people."""

SECONDS = 5.0
"""For one connection, and for each piece of an answer."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
HTTPS = 443

Connect = Callable[[str, str], socket.socket]
"""(host, judged IP address) -> an encrypted connection to exactly that address."""


class NotFollowedError(Exception):
    """Where it leads cannot be found out; the argument is a code."""


@dataclass(frozen=True, slots=True)
class Network:
    """The way to names and hosts."""

    resolve: Callable[[str], list[str]]
    connect: Connect


def follow(address: str, network: Network) -> str:
    """The address at the end of all redirects. Raises `NotFollowedError`."""
    here = address
    for _ in range(MOST_HOPS + 1):
        host, parts = _judged(here)
        ahead = _asked(host, parts, network)
        if ahead is None:
            return here
        here = _next(here, ahead)
    raise NotFollowedError("too_many_hops")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also behind the forms that carry another inside.

    Source: the IANA registries of special-purpose addresses, as `ipaddress` has them; RFC 6052 for 64:ff9b::/96.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped or ip in NAT64:
            return is_public(str(ip.ipv4_mapped or ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.is_site_local or any(ip in block for block in TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""A public IPv4 address as networks of IPv6 alone write it."""

TUNNELS = tuple(map(ipaddress.IPv6Network, ("::/96", "2001::/32", "2002::/16", "64:ff9b:1::/48")))
"""Ways of writing an IPv4 address that lead nowhere public today (RFC 4291, 4380, 7526, 8215)."""


def _judged(address: str) -> tuple[str, SplitResult]:
    """The host's name in ASCII and the parts. A plain http address is asked for over https, as browsers try first."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
        name = host if ":" in host else host.encode("idna").decode("ascii")
    except (UnicodeError, ValueError) as error:
        raise NotFollowedError("not_an_address") from error
    if parts.scheme.lower() not in {"http", "https"} or not name or len(address) > LONGEST:
        raise NotFollowedError("not_an_address")
    if parts.username is not None or parts.password is not None:
        raise NotFollowedError("names_a_user")
    if port not in {None, HTTPS, 80 if parts.scheme.lower() == "http" else HTTPS}:
        raise NotFollowedError("other_port")
    return name, parts


def _asked(host: str, parts: SplitResult, network: Network) -> str | None:
    """Where the host sends us; None when it answers itself."""
    try:
        found = network.resolve(host)
    except (OSError, UnicodeError) as error:
        raise NotFollowedError("no_such_host") from error
    if not found or not all(is_public(one) for one in found):
        raise NotFollowedError("not_public")
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    try:
        with _connected(host, found, network) as connection:
            return _answer(connection, host, path)
    except ssl.SSLCertVerificationError as error:
        raise NotFollowedError("bad_certificate") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFollowedError("no_answer") from error


def _connected(host: str, found: list[str], network: Network) -> socket.socket:
    """A connection to the first address that takes one, such as the second where the machine has no IPv6."""
    for address in found[: MOST_TRIED - 1]:
        try:
            return network.connect(host, address)
        except ssl.SSLError:
            raise
        except OSError:
            continue
    return network.connect(host, found[:MOST_TRIED][-1])


def _answer(connection: socket.socket, host: str, path: str) -> str | None:
    # The standard library reads at most 100 header lines of 65,536 bytes; the body is left where it is.
    asking = http.client.HTTPConnection("")  # the connection stands already
    asking.sock = connection
    name = f"[{host}]" if ":" in host else host
    asking.request("GET", _ascii(path), headers={"Host": name, "User-Agent": "switchboard", "Accept": "*/*"})
    answer = asking.getresponse()
    ahead = answer.getheader("Location") if answer.status in REDIRECTS else None
    answer.close()
    if answer.status >= http.client.INTERNAL_SERVER_ERROR:
        raise NotFollowedError("server_fault")
    return ahead


def _ascii(text: str) -> str:
    """What is not ASCII as percent-encoded UTF-8 (RFC 3987, 3.1); what is encoded already stays."""
    return "".join(
        one if "!" <= one <= "~" else "".join(f"%{byte:02X}" for byte in one.encode("utf-8", "replace")) for one in text
    )


def _next(here: str, ahead: str) -> str:
    """The next address; one without a fragment inherits that of the last (RFC 9110, 10.2.2)."""
    try:
        there = urlsplit(urljoin(here, ahead.encode("latin-1").decode("utf-8", "replace")))
    except ValueError as error:
        raise NotFollowedError("not_an_address") from error
    return urlunsplit(there if there.fragment else there._replace(fragment=urlsplit(here).fragment))


def resolve(host: str) -> list[str]:
    """Every IP address of a host, as the system finds it."""
    return [str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)]


def connect(host: str, address: str) -> socket.socket:
    """An encrypted connection to that address, its certificate checked against the host's name."""
    plain = socket.create_connection((address, HTTPS), timeout=SECONDS)
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def main() -> None:
    """Answer one line of JSON: the target, or the code of why there is none."""
    try:
        told = {"target": follow(sys.stdin.read(), Network(resolve, connect))}
    except NotFollowedError as fault:
        told = {"fault": str(fault)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
