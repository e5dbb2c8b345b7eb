"""What fails while the connection is made was not sent; what fails once it stands is not known."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
import requests
import urllib3

from otp_policy.channels.base import OutcomeState
from otp_policy.channels.connecting import POOLS
from otp_policy.channels.line_errors import proves_nothing_was_sent


@pytest.fixture
def hangs_up() -> Iterator[str]:
    """The address of somebody who takes a connection, hears what comes first, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    visitor, _ = server.accept()
                except OSError:
                    return
                with visitor:
                    visitor.recv(65_536)

        threading.Thread(target=answer, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def says_nothing() -> Iterator[str]:
    """The address of somebody who takes a connection and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(params=["line", "facebook"])
def send(request, line_at, facebook_at, notice, key):
    """Send a notice on a channel that is at that address."""

    def at(url):
        adapter = facebook_at(url)
        if request.param == "line":
            adapter = line_at(url, access_token="planted-line-token-8f31")
        return adapter.send(adapter.render(notice), key=key)

    return at


@pytest.mark.parametrize("server", ["hangs_up", "says_nothing"])
def test_a_handshake_that_fails_proves_that_nothing_was_sent(request, send, server):
    outcome = send(f"https://{request.getfixturevalue(server)}")
    assert (outcome.state, outcome.error_class) == (OutcomeState.NOT_SENT, "retry")


def test_who_speaks_no_tls_was_sent_nothing(sandbox, send):
    outcome = send(sandbox.url.replace("http://", "https://"))
    assert (outcome.state, outcome.error_class) == (OutcomeState.NOT_SENT, "retry")
    assert not sandbox.report()["messages"]


@pytest.mark.parametrize("server", ["hangs_up", "says_nothing"])
def test_a_connection_that_stood_proves_nothing(request, send, server):
    outcome = send(f"http://{request.getfixturevalue(server)}")
    assert (outcome.state, outcome.error_class) == (OutcomeState.UNKNOWN, "unknown")


def test_tls_that_breaks_after_the_handshake_proves_nothing():
    broken = urllib3.exceptions.SSLError(ssl.SSLEOFError("EOF occurred in violation of protocol"))
    assert not proves_nothing_was_sent(broken)
    assert not proves_nothing_was_sent(requests.exceptions.SSLError(broken))


def test_an_error_is_found_through_whatever_was_made_of_it(says_nothing):
    pools = urllib3.PoolManager(timeout=0.2, retries=False)
    pools.pool_classes_by_scheme = POOLS
    with pytest.raises(urllib3.exceptions.HTTPError) as caught:
        pools.request("POST", f"https://{says_nothing}")
    circle = RuntimeError("told again")
    circle.__cause__ = requests.exceptions.ConnectionError(caught.value)
    circle.__cause__.__context__ = circle
    assert proves_nothing_was_sent(circle)
