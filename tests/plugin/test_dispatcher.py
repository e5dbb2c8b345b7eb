"""The dispatcher's rounds: what one that waits costs, and what it does after an outage."""

import threading

import pytest
from django.db import OperationalError, connection

from otp_policy.wagtail.dispatcher import repeat

pytestmark = pytest.mark.django_db(transaction=True)


def rounds(work, count):
    """Do *count* rounds in a thread of their own; return after which ones it disconnected."""
    done, disconnected, stopping = [], [], threading.Event()

    def one():
        # A database in memory outlives its connection's end, which therefore is watched itself.
        connection.close = lambda: disconnected.append(len(done))
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        done.append(connection)
        if len(done) == count:
            stopping.set()
        work(len(done))

    thread = threading.Thread(target=repeat, args=(one, stopping, 0.01), daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert len(done) == count
    return disconnected


def test_rounds_share_a_connection_that_ends_with_the_last():
    assert rounds(lambda number: None, 3) == [3]


def test_a_round_after_an_outage_connects_anew():
    def work(number):
        if number == 1:
            raise OperationalError("the server went away")

    assert rounds(work, 3) == [1, 3]


def test_an_error_that_the_work_caught_is_followed_by_a_new_connection():
    def work(number):
        # As Django marks a connection that met with an error, whoever caught it.
        connection.errors_occurred = number == 1

    assert rounds(work, 3) == [1, 3]
