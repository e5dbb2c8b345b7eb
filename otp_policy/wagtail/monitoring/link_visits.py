"""
Follows one link as a reader would, and says what is there.

Editors name the addresses, and this server goes there: nothing that only this server can reach may
answer. Each name is looked up here, each of its addresses has to be open to the whole internet,
and the connection goes to the address that was looked at. Of an answer, only its head is read.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from ssl import SSLError
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

__all__ = ["Outcome", "Visit", "visit"]

_MOST_REDIRECTS = 5
_PORTS = frozenset({80, 443, 8080, 8443})
_AGENT = "Mozilla/5.0 (compatible; OTP-Policy-link-check)"
_REFUSED = frozenset({401, 402, 403, 407, 418, 429, 451, 999})
_GONE = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Outcome(StrEnum):
    """What came of following a link."""

    OPENS = "opens"
    GONE = "gone"
    """There is nothing, by what the server or the address itself says."""
    FAILS = "fails"
    """No answer, or none that tells: it may be an outage."""
    REFUSED = "refused"
    """The server answers, and not to a program."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What was found; `reason` is a code, `status` that of the last answer."""

    outcome: Outcome
    reason: str = ""
    status: int | None = None


class _Told(Exception):
    """What was found before the end of the way."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.visit = Visit(outcome, reason)


def visit(
    address: str, *, known_hosts: Collection[str] = (), timeout_seconds: float = 10.0
) -> Visit:
    """
    Follow *address* and its redirects, and return what is there. Raises nothing.

    Args:
        address: With `http://` or `https://`.
        known_hosts: Names of the agency's own, which may lead into its network: `host`, or
            `host:port` where the port is an unusual one.
        timeout_seconds: For connecting, and again for each answer.
    """
    seen: set[str] = set()
    try:
        for _turn in range(_MOST_REDIRECTS + 1):
            if address in seen:
                return Visit(Outcome.GONE, "redirects_in_a_circle")
            seen.add(address)
            status, leads_to = _ask(address, known_hosts, timeout_seconds)
            if status not in _REDIRECTS or not leads_to:
                return _judge(status)
            address = urljoin(address, leads_to)
        return Visit(Outcome.FAILS, "too_many_redirects")
    except _Told as told:
        return told.visit
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return Visit(Outcome.FAILS, _reason(error))


def _judge(status: int) -> Visit:
    if status < 400:
        return Visit(Outcome.OPENS, status=status)
    if status in _GONE:
        return Visit(Outcome.GONE, "nothing_there", status)
    if status in _REFUSED:
        return Visit(Outcome.REFUSED, "refuses_programs", status)
    return Visit(Outcome.FAILS, "error_of_server" if status >= 500 else "error", status)


def _ask(address: str, known_hosts: Collection[str], seconds: float) -> tuple[int, str | None]:
    """Return the status of the answer, and where it redirects to."""
    parts = _split(address)
    usual = 443 if parts.scheme == "https" else 80
    host, port = _host_of(parts), parts.port or usual
    written = f"[{host}]" if ":" in host else host
    named = written if port == usual else f"{written}:{port}"
    if named not in known_hosts and port not in _PORTS:
        raise _Told(Outcome.REFUSED, "unusual_port")
    is_known = named in known_hosts or written in known_hosts
    connection = _connection(parts.scheme, host, _look_up(host, port, is_known), port, seconds)
    headers = {"Host": named, "User-Agent": _AGENT, "Accept": "*/*"}
    # Against a server that sends a byte now and then: each of them is an answer in time.
    is_cut_off = threading.Event()
    watch = threading.Timer(3 * seconds, _cut_off, [connection, is_cut_off])
    watch.start()
    try:
        status, leads_to = _head_of("HEAD", connection, _path_of(parts), headers)
        # Not every server knows the question that costs it least.
        if status >= 400:
            status, leads_to = _head_of("GET", connection, _path_of(parts), headers)
    except http.client.HTTPException:
        raise _Told(Outcome.FAILS, "no_web_server") from None
    finally:
        watch.cancel()
        connection.close()
        # Half of an answer looks like a whole one, where its end was cut off.
        if is_cut_off.is_set():
            raise _Told(Outcome.FAILS, "no_answer_in_time")
    return status, leads_to


def _cut_off(connection: HTTPConnection, is_cut_off: threading.Event) -> None:
    is_cut_off.set()
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise _Told(Outcome.GONE, "no_address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Told(Outcome.GONE, "no_address")
    return parts


def _host_of(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise _Told(Outcome.GONE, "no_address") from None


def _path_of(parts: SplitResult) -> str:
    # As a browser writes what is typed in Thai; what is quoted already stays.
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path}?{query}" if query else path


def _look_up(host: str, port: int, is_known: bool) -> str:
    """Return an address of *host*, each of whose addresses anybody can reach."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        lost = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))
        raise _Told(Outcome.FAILS, "no_such_name" if lost else "name_not_found_out") from None
    except UnicodeError:
        raise _Told(Outcome.GONE, "no_address") from None
    addresses = [str(row[4][0]) for row in found]
    if not is_known and not all(_is_open_to_all(address) for address in addresses):
        # Nobody outside can follow such a link, and nobody shall find out what is there.
        raise _Told(Outcome.GONE, "inside_a_network")
    return addresses[0]


def _is_open_to_all(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo[1] if known.teredo else None)
        if inner is not None and not inner.is_global:
            return False
        # An IPv4 address in the clothes of NAT64.
        if known in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(known) & 0xFFFFFFFF).is_global
    return known.is_global and not known.is_multicast


def _connection(scheme: str, host: str, address: str, port: int, seconds: float) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(address, port, timeout=seconds)
    # The certificate is that of the name, whatever the address.
    return HTTPSConnection(
        address,
        port,
        timeout=seconds,
        server_hostname=host,
        assert_hostname=host,
        cert_reqs="CERT_REQUIRED",
    )


def _head_of(
    method: str, connection: HTTPConnection, target: str, headers: dict[str, str]
) -> tuple[int, str | None]:
    # Each on a connection of its own: what follows the head is not read.
    connection.close()
    connection.request(method, target, headers=headers, preload_content=False)
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers.get("Location")
    finally:
        answer.close()


def _reason(error: Exception) -> str:
    if isinstance(error, SSLError | urllib3.exceptions.SSLError):
        return "certificate"
    if isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return "no_answer_in_time"
    return "no_connection"
