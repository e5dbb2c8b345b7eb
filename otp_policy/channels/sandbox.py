"""
A server on 127.0.0.1 that stands in for LINE and Facebook, and breaks on demand.

`python -m otp_policy.channels.sandbox --port 8100` runs it; tests use `with Sandbox() as s`. Its
state is in memory. `docs/reference/sandbox.md` is its manual.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import select
import signal
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from otp_policy.channels import sandbox_control, sandbox_faults, sandbox_graph, sandbox_line
from otp_policy.channels import sandbox_settings as settings_of
from otp_policy.channels.sandbox_control import HTML
from otp_policy.channels.sandbox_faults import Fault
from otp_policy.channels.sandbox_state import Account, Answer, Record, Request, State, now

__all__ = ["Account", "Sandbox", "main"]

logger = logging.getLogger(__name__)

DEFAULT_PORT = 8100
LARGEST_BODY_BYTES = 16 * 1024 * 1024
LONGEST_LINE_BYTES = 8192
HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")
BODILESS = frozenset({204, 304})
JSON = "application/json; charset=utf-8"
OUTAGE = "<!doctype html><title>Sorry</title><p>Something went wrong.</p>"


class Sandbox:
    """The server, in threads of its own. Use it in a `with` block, or `start` and `stop` it."""

    def __init__(self, port: int = 0, *, account: Account | None = None) -> None:
        self.state = State(account or Account())
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.state = self.state
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server.url = self.url
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def start(self) -> Self:
        """Answer requests from now on. Returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop at once: requests that are held are dropped."""
        self._server.stopping.set()
        self.state.clear_faults()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fault(self, **fault: object) -> None:
        """Arrange a fault, as `POST /_sandbox/faults` does. Raises FaultError."""
        with self.state.lock:
            self.state.faults.append(sandbox_faults.parse(fault))

    def configure(self, **settings: object) -> None:
        """Change settings, as `POST /_sandbox/settings` does. Raises SettingsError."""
        with self.state.lock:
            self.state.change(
                settings_of.parse(settings, settings=self.state.settings),
                lines=settings_of.line_accounts(settings),
                pages=settings_of.pages(settings),
            )

    def report(self) -> Record:
        """Return what was received, as `GET /_sandbox/messages` does."""
        return self.state.report()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    state: State
    url: str
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        self.stopping = threading.Event()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for this machine's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that went away is not worth a word
            logger.exception("sandbox: a request failed")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "otp-policy-sandbox"
    sys_version = ""
    timeout = 120
    wbufsize = -1  # an answer leaves in one piece
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: request lines carry tokens."""

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            told = f"the request body is no body, or over {LARGEST_BODY_BYTES} bytes"
            self._send(Answer(status=413, body={"message": told}))
            self.close_connection = True
        elif request.path == "/" or request.path.startswith(("/_sandbox", "/favicon")):
            self._send(sandbox_control.answer(request, state=self.server.state))
        elif _is_browser(request):
            self._send(Answer(status=302, headers={"Location": f"/#{request.path.strip('/')}"}))
        else:
            self._serve_service(request)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _read(self) -> Request | None:
        """Return the request, None when its body is too large or of unknown length."""
        body = self._body()
        if body is None:
            return None
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def _body(self) -> bytes | None:
        coding = self.headers.get("Transfer-Encoding", "").strip().lower()
        if coding:
            return self._chunks() if coding == "chunked" else None
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES:
            return None
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes | None:
        """Return a body that comes in pieces, each with its length before it, the last empty."""
        body = bytearray()
        while True:
            size = self.rfile.readline(LONGEST_LINE_BYTES).partition(b";")[0].strip()
            if not size or not set(size) <= HEX_DIGITS or len(size) > 8:
                return None
            wanted = int(size, 16)
            if len(body) + wanted > LARGEST_BODY_BYTES:
                return None
            if not wanted:
                break
            body += self.rfile.read(wanted)
            self.rfile.readline(LONGEST_LINE_BYTES)
        while self.rfile.readline(LONGEST_LINE_BYTES).strip():
            pass  # what may follow the last piece
        return bytes(body)

    def _serve_service(self, request: Request) -> None:
        state = self.server.state
        operation = sandbox_line.operation(request)
        channel = "facebook" if operation is None else "line"
        if operation is None:
            operation = sandbox_graph.operation(request)
            account = sandbox_graph.account(request, state=state)
        else:
            account = sandbox_line.account(request, state=state)
        fault = state.take_fault(channel=channel, operation=operation, account=account)
        entry: Record = {
            "channel": channel,
            "account": account,
            "operation": operation,
            "method": request.method,
            "path": request.path,
            "status": None,  # stays null while held, and when no answer went out
            "accepted": False,
            "fault": fault.fault if fault else "",
            "retry_key": request.headers.get("x-line-retry-key", ""),
            "received_at": now(),
        }
        with state.lock:
            state.requests.append(entry)
        self._play(fault, request, channel, entry)

    def _play(self, fault: Fault | None, request: Request, channel: str, entry: Record) -> None:
        kind = fault.fault if fault else ""
        if fault and kind == "delay":
            self.server.stopping.wait(fault.seconds)
        carried_out = fault is None or kind == "delay" or fault.accepted
        answer = self._answer(request, channel) if carried_out else None
        entry["accepted"] = answer is not None and answer.accepted
        if fault and kind == "hold":
            self._hold(fault.seconds)
            answer = answer or _unavailable(channel)
            if self._client_gone():
                answer = None
        if fault and kind == "reset":
            self._reset()
            return
        if fault and kind in {"status", "html", "error"}:
            answer = _broken(fault, answer)
        if kind == "half":
            answer = replace(answer or _unavailable(channel), cut=True)
        if latency := self.server.state.settings.latency_seconds:
            self.server.stopping.wait(latency)
        if answer is None or self.server.stopping.is_set():
            self._reset()
            return
        entry["status"] = answer.status
        self._send(answer)

    def _answer(self, request: Request, channel: str) -> Answer:
        state = self.server.state
        if channel == "line":
            return sandbox_line.answer(request, state=state)
        return sandbox_graph.answer(request, state=state, base_url=self.server.url)

    def _hold(self, seconds: float) -> None:
        """Wait, until time is up, faults are cleared, or the client has gone."""
        event = self.server.state.hold()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end and not event.wait(0.05) and not self._client_gone():
                pass
        finally:
            self.server.state.let_go(event)

    def _client_gone(self) -> bool:
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    def _reset(self) -> None:
        """Drop the connection so that the client sees a reset, not an end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _send(self, answer: Answer) -> None:
        raw = isinstance(answer.body, str)
        text = answer.body if raw else json.dumps(answer.body, ensure_ascii=False)
        body = b"" if answer.status in BODILESS else str(text).encode("utf-8", "replace")
        headers: dict[str, str | None] = {"Content-Type": JSON, **answer.headers}
        self.send_response(answer.status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value.encode("utf-8").decode("latin-1"))
        if answer.status not in BODILESS:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(body[: len(body) // 2] if answer.cut else body)
        if answer.cut:
            self.close_connection = True


def _is_browser(request: Request) -> bool:
    """Whether a person follows the permanent link of a post."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and wants_page and "access_token" not in request.query


def _unavailable(channel: str) -> Answer:
    if channel == "facebook":
        return sandbox_graph.error(2, "Service temporarily unavailable", status=500)
    return Answer(status=503, body={"message": "Service unavailable"})


def _broken(fault: Fault, answer: Answer | None) -> Answer:
    """Return what goes out instead of *answer*, which is None when nothing was carried out."""
    if fault.fault == "html":
        headers = {"Content-Type": HTML, **fault.headers}
        return Answer(status=fault.status, body=OUTAGE, headers=headers)
    if fault.fault == "error":
        broken = sandbox_graph.error(
            fault.code, fault.message, subcode=fault.subcode, status=fault.status
        )
        return Answer(status=broken.status, body=broken.body, headers=fault.headers)
    own = dict(answer.headers) if answer else {}
    body = answer.body if answer and fault.status < 300 else _usual_body(fault)
    body = fault.body if fault.has_body else body
    return Answer(status=fault.status, body=body, headers={**own, **fault.headers})


def _usual_body(fault: Fault) -> object:
    if fault.channel == "facebook":
        return {}
    limited = "The API rate limit has been exceeded. Try again later."
    return {"message": limited if fault.status == 429 else f"(sandbox) {fault.status}"}


def _account(environ: Mapping[str, str], *, line_quota: int | None) -> Account:
    """Return the credentials that the site's environment names, or the sandbox's own."""
    usual = Account()
    return Account(
        line_token=environ.get("LINE_CHANNEL_ACCESS_TOKEN") or usual.line_token,
        line_channel_id=environ.get("LINE_CHANNEL_ID") or usual.line_channel_id,
        line_channel_secret=environ.get("LINE_CHANNEL_SECRET") or usual.line_channel_secret,
        line_quota=line_quota,
        page_id=environ.get("FACEBOOK_PAGE_ID") or usual.page_id,
        page_token=environ.get("FACEBOOK_PAGE_TOKEN") or usual.page_token,
        app_id=environ.get("FACEBOOK_APP_ID", ""),
        app_secret=environ.get("FACEBOOK_APP_SECRET", ""),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit status: 0, or 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m otp_policy.channels.sandbox")
    usual = int(os.environ.get("SANDBOX_PORT") or DEFAULT_PORT)
    parser.add_argument("--port", type=int, default=usual, help="0 for any free port")
    parser.add_argument("--line-quota", type=int, help="monthly messages; default no limit")
    options = parser.parse_args(arguments)
    account = _account(os.environ, line_quota=options.line_quota)
    try:
        sandbox = Sandbox(options.port, account=account)
    except OSError as error:
        print(f"port {options.port}: {error.strerror}", file=sys.stderr)
        return 1
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    with sandbox:
        print(f"Sandbox: {sandbox.url}/", flush=True)
        done.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
