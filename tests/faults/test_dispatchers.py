"""A database that is locked for longer than anybody waits, and no leak."""

import sqlite3

from tests.faults.conftest import SECRETS, until


def test_a_locked_database_delays_and_loses_nothing(site):
    site.publish("line", "facebook")
    for channel in ("line", "facebook"):
        site.sandbox.fault(channel=channel, fault="hold", seconds=5.0, accepted=True)
    dispatcher = site.dispatcher()
    until(lambda: site.sandbox.report()["held"] == 2)
    lock = sqlite3.connect(site.folder / "site.sqlite3", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    until(lambda: site.sandbox.report()["held"] == 0)
    # Longer than a connection waits (20 s): neither answer can be written down.
    until(lambda: "database is locked" in site.log())
    lock.execute("ROLLBACK")
    lock.close()
    until(lambda: site.states() == ["sent", "sent"], seconds=60)
    assert dispatcher.poll() is None
    assert [len(site.sent(channel)) for channel in ("line", "facebook")] == [1, 1]


def test_no_token_is_in_any_row_or_log(site):
    site.more["LOG_LEVEL"] = "DEBUG"
    site.publish("line", "facebook")
    for channel, secrets in SECRETS.items():
        said = " ".join(secrets)
        body = {"message": said, "error": {"code": 2, "message": said}}
        site.sandbox.fault(channel=channel, fault="status", status=500, body=body, accepted=True)
    site.sandbox.fault(channel="facebook", operation="read", fault="status", status=400, body=body)
    site.dispatcher()
    until(lambda: site.states() == ["sent", "sent"])
    files = [path.read_bytes() for path in site.folder.glob("*") if path.is_file()]
    everything = b"".join(files) + repr(site.sandbox.report()).encode()
    assert b"[redacted]" in everything  # a service did repeat them
    assert b"/feed" in everything  # and the libraries did say something
    for secret in (*SECRETS["line"], *SECRETS["facebook"]):
        assert secret.encode() not in everything
